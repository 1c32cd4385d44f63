package inventory

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// readTarget reads a target: a mapping, or the name of a file that holds one.
func (b *builder) readTarget(v value) {
	if v.node.Kind != yaml.ScalarNode {
		b.cluster.Target = Target{Source: b.src.name}
		b.targetFields(v)
		return
	}
	name, ok := v.text()
	if !ok {
		return
	}
	if strings.Contains(name, "://") {
		v.refuse("is a URL; a file name or a mapping is wanted", "write target: {url: \""+name+"\", from: ..., to: ...}")
		return
	}
	file, ok := b.path(v)
	if !ok {
		return
	}
	data, err := b.src.readFile(file)
	if err != nil {
		v.doc.problems.add(Problem{
			File: v.doc.file, Line: v.node.Line, Column: v.node.Column, Field: v.path, Err: err,
			What: fmt.Sprintf("%s cannot be read: %s", b.src.show(file), reason(err)),
			Hint: "a path starts at the folder of the inventory",
		})
		return
	}
	b.cluster.Target = Target{Source: file}
	doc := &document{file: b.src.show(file), problems: v.doc.problems}
	if root, ok := readDocument(doc, data); ok {
		b.targetFields(root)
	}
}

func (b *builder) targetFields(v value) {
	t := &b.cluster.Target
	var from, to string
	var toAt value
	v.mapping(fields{
		"url":    text(&t.URL, scriptAddress),
		"sha256": text(&t.SHA256, sha256),
		"from":   text(&from, release),
		"to": func(v value) {
			toAt = v
			text(&to, release)(v)
		},
		"mesos": text(&t.Mesos, mesosVersion),
	}, "url", "from", "to")
	t.From, t.To = dcos.Version(from), dcos.Version(to)
	if from == "" || to == "" {
		return
	}
	switch {
	case t.To.Compare(t.From) < 0:
		toAt.refuse(fmt.Sprintf("is %s, older than the %s it comes from", to, from), "DC/OS has no way back: are from and to swapped?")
	case t.To.Minor() != t.From.Minor():
		toAt.refuse(fmt.Sprintf("is %s; from %s that is an upgrade, not a patch", to, from), "patches stay within "+t.From.Minor())
	}
}
