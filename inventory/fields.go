package inventory

import (
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

// fields says what a mapping may hold, and who reads each of it.
type fields map[string]func(value)

// entry is a key of a mapping and what it stands for.
type entry struct {
	name string
	key  value // the place of the key itself
	value
}

// entries are the entries of a mapping, those only that can be told apart.
func (v value) entries() ([]entry, bool) {
	if !v.plain() {
		return nil, false
	}
	if v.node.Kind != yaml.MappingNode {
		v.refuse("is "+kindName(v.node)+"; a mapping is wanted", "write \"field: value\" lines below it, or {field: value}")
		return nil, false
	}
	var all []entry
	first := map[string]int{}
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		k, val := v.node.Content[i], v.node.Content[i+1]
		if k.Kind != yaml.ScalarNode || k.ShortTag() == "!!merge" || k.Anchor != "" {
			v.child(k, "").refuse("has a key that is not a plain word", "merge keys, anchors and aliases are not read: write the fields out")
			continue
		}
		name := printable(k.Value)
		e := entry{name: name, key: v.child(k, "."+name), value: v.child(val, "."+name)}
		if line, twice := first[name]; twice {
			e.key.refuse(fmt.Sprintf("is here twice, first in line %d", line), "keep one; which of them holds is nothing to guess")
			continue
		}
		first[name] = max(k.Line, 1)
		all = append(all, e)
	}
	return all, true
}

// mapping reads a mapping field by field, in file order. Every field must be
// in f, and those required must be there.
func (v value) mapping(f fields, required ...string) {
	if v.doc.watch != nil {
		v.doc.watch(v, f, required)
	}
	all, ok := v.entries()
	if !ok {
		return
	}
	seen := map[string]bool{}
	for _, e := range all {
		seen[e.name] = true
		read, known := f[e.name]
		if !known {
			e.key.refuse("unknown field", fieldHint(e.name, f))
			seen[nearest(e.name, slices.Collect(maps.Keys(f)))] = true // misspelt, not missing
			continue
		}
		read(e.value)
	}
	for _, name := range required {
		if !seen[name] {
			v.child(v.node, "."+name).refuse("is missing", missingHint(name))
		}
	}
}

// notYet refuses a field that a later version gives life to. To ignore it
// would be to promise what is not kept.
func notYet(v value) {
	v.refuse("is not supported yet", "remove it: nothing would heed it")
}

// elsewhere refuses a field that has its place somewhere else.
func elsewhere(hint string) func(value) {
	return func(v value) { v.refuse("does not belong here", hint) }
}

// fieldHint helps with a field that is not known in its place.
func fieldHint(name string, f fields) string {
	allowed := slices.Sorted(maps.Keys(f))
	if near := nearest(name, allowed); near != "" {
		return didYouMean(name, allowed)
	}
	if home := homeOf(name); home != "" {
		return "it belongs in " + home
	}
	return didYouMean(name, allowed)
}

// homeOf names the place of fields that people put in the wrong one.
func homeOf(name string) string {
	if home := homeOfPolicy(name); home != "" {
		return home
	}
	switch name {
	case "user", "identity", "jump", "known_hosts", "dial", "dial_attempts", "keepalive", "keepalive_miss", "config", "sudo",
		"key_exchanges", "ciphers", "macs", "host_key_algorithms":
		return "ssh"
	case "sha256", "from", "to", "mesos":
		return "target"
	case "id":
		return "cluster"
	case "reason", "until":
		return "an entry of exclude"
	case "time_scale":
		return "rehearsal"
	}
	return ""
}

func missingHint(name string) string {
	switch name {
	case "version":
		return "write \"version: 1\""
	case "name":
		return "write \"name: ...\""
	case "address":
		return "the IP address or host name that SSH dials"
	case "masters":
		return "list 1, 3 or 5 masters"
	case "cluster":
		return "write \"cluster: {name: prod-eu}\""
	case "role":
		return "private or public"
	case "nodes":
		return "a group needs at least one node"
	case "reason":
		return "say why: it is shown where the node is found unpatched"
	case "url":
		return "where nodes fetch dcos_node_upgrade.sh from"
	case "from", "to":
		return "a DC/OS version such as 2.1.1; for a configuration patch from and to are the same"
	}
	return ""
}
