package inventory

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// schema.json describes policies by their table: go test ./inventory -run SchemaOfPolicies -update
func TestTheSchemaOfPoliciesIsMadeOfTheirTable(t *testing.T) {
	root := jsonNode(t, schema)
	cluster, group := at(t, root, "properties", "policy"), at(t, root, "$defs", "group", "properties", "policy")
	*at(t, cluster, "properties") = *policySchema(t, DefaultPolicy, false)
	*at(t, group, "properties") = *policySchema(t, func(v dcos.Version) Policy { return DefaultGroupPolicy(v, nil) }, true)
	var compact, want bytes.Buffer
	writeJSON(t, &compact, root)
	if err := json.Indent(&want, compact.Bytes(), "", " "); err != nil {
		t.Fatal(err)
	}
	want.WriteByte('\n')
	if *update {
		if err := os.WriteFile("schema.json", want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want.String() != schema {
		t.Error("schema.json is stale: go test ./inventory -run SchemaOfPolicies -update")
	}
}

// policySchema describes the fields that a policy may have, with the defaults
// that do not depend on the version.
func policySchema(t *testing.T, defaults func(dcos.Version) Policy, group bool) *yaml.Node {
	all, timeouts := jsonNode(t, "{}"), jsonNode(t, `{"description": "the longest waits; none kills anything on a node", "type": "object", "additionalProperties": false, "properties": {}}`)
	for _, f := range policyFields() {
		if !f.in(group) {
			continue
		}
		var one bytes.Buffer
		if err := json.Compact(&one, []byte(f.schema)); err != nil {
			t.Fatalf("%s: %v", f.name, err)
		}
		said := jsonNode(t, `{"description": `+quoted(t, f.says)+"}")
		said.Content = append(said.Content, jsonNode(t, one.String()).Content...)
		shown, later := f.show(defaults("2.1.1")), f.show(defaults("2.2.0"))
		if shown.Node != nil && shown.Kind == yaml.ScalarNode && shown.Value == later.Value {
			v, err := plain(shown.Node)
			if err != nil {
				t.Fatal(err)
			}
			said.Content = append(said.Content, jsonNode(t, `"default"`), jsonNode(t, quoted(t, v)))
		}
		in := all
		if f.timeout != nil {
			in = at(t, timeouts, "properties")
		}
		in.Content = append(in.Content, jsonNode(t, quoted(t, f.name)), said)
	}
	all.Content = append(all.Content, jsonNode(t, `"timeouts"`), timeouts)
	return all
}

// jsonNode keeps the order of the fields, as encoding/json does not.
func jsonNode(t *testing.T, text string) *yaml.Node {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return doc.Content[0]
}

func at(t *testing.T, n *yaml.Node, path ...string) *yaml.Node {
	t.Helper()
	for i := 0; i+1 < len(n.Content) && len(path) > 0; i += 2 {
		if n.Content[i].Value == path[0] {
			return at(t, n.Content[i+1], path[1:]...)
		}
	}
	if len(path) > 0 {
		t.Fatalf("the schema has no %v", path)
	}
	return n
}

func quoted(t *testing.T, v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func writeJSON(t *testing.T, w *bytes.Buffer, n *yaml.Node) {
	open, end := "[", "]"
	if n.Kind == yaml.MappingNode {
		open, end = "{", "}"
	}
	switch {
	case n.Kind == yaml.ScalarNode && n.Style == yaml.DoubleQuotedStyle:
		w.WriteString(quoted(t, n.Value))
		return
	case n.Kind == yaml.ScalarNode:
		w.WriteString(n.Value)
		return
	}
	w.WriteString(open)
	for i, one := range n.Content {
		if i > 0 && n.Kind == yaml.MappingNode && i%2 == 1 {
			w.WriteByte(':')
		} else if i > 0 {
			w.WriteByte(',')
		}
		writeJSON(t, w, one)
	}
	w.WriteString(end)
}
