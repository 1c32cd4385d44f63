package inventory

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
)

// compiled is the schema, checked against the rules of its draft.
func compiled(t interface{ Fatalf(string, ...any) }) *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(Schema()))
	if err != nil {
		t.Fatalf("the schema is no JSON: %v", err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("inventory.schema.json", doc); err != nil {
		t.Fatalf("%v", err)
	}
	s, err := c.Compile("inventory.schema.json")
	if err != nil {
		t.Fatalf("the schema is none: %v", err)
	}
	return s
}

// asEditorsDo is YAML as editors hand it to a schema: a day is a text.
func asEditorsDo(t interface{ Fatalf(string, ...any) }, text []byte) any {
	var n yaml.Node
	if err := yaml.Unmarshal(text, &n); err != nil {
		t.Fatalf("%v", err)
	}
	b, err := json.Marshal(plainly(&n))
	if err != nil {
		t.Fatalf("%v", err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("%v", err)
	}
	return v
}

func plainly(n *yaml.Node) any {
	switch n.Kind {
	case yaml.DocumentNode:
		return plainly(n.Content[0])
	case yaml.SequenceNode:
		all := []any{}
		for _, c := range n.Content {
			all = append(all, plainly(c))
		}
		return all
	case yaml.MappingNode:
		all := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			all[n.Content[i].Value] = plainly(n.Content[i+1])
		}
		return all
	}
	var v any
	switch n.ShortTag() {
	case "!!int", "!!float", "!!bool", "!!null":
		if err := n.Decode(&v); err == nil {
			return v
		}
	}
	return n.Value
}

func TestEveryExampleIsOfTheSchema(t *testing.T) {
	s := compiled(t)
	files, err := filepath.Glob("../examples/*/inventory.yaml")
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range append(files, "testdata/everything.yaml") {
		text, err := onDisk(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(asEditorsDo(t, text)); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func TestWhatIsAcceptedIsOfTheSchema(t *testing.T) {
	s := compiled(t)
	rapid.Check(t, func(t *rapid.T) {
		inv := anInventory(t)
		if err := s.Validate(asEditorsDo(t, []byte(inv))); err != nil {
			t.Fatalf("%v\n%s", err, inv)
		}
	})
}

func TestTheSchemaRefusesWhatAnEditorCanSee(t *testing.T) {
	s := compiled(t)
	wrong, err := os.ReadFile("testdata/everything-wrong.yaml")
	if err != nil {
		t.Fatal(err)
	}
	bad := map[string]string{"everything wrong": string(wrong)}
	for _, name := range []string{
		"an unknown field is refused with the one that was meant", "a field in the wrong place is told its place", "a missing field is named",
		"a key without a value is refused", "a text where a mapping belongs is refused", "a mapping where a list belongs is refused", "a truth value is no text",
		"an old or new format is refused", "a duration without a unit is refused", "a limit that is none is refused", "one canary is a list too",
		"a canary for the cluster is told its place", "a group cannot say what is of the cluster", "an exclusion without a reason is refused",
		"a target hash that is none is refused", "a password is refused, and not repeated", "a secret in two places is refused", "a secret in no place is refused",
		"a rehearsal that runs slower is refused", "an expectation that is none is refused",
	} {
		i := slices.IndexFunc(problemCases, func(c struct{ name, old, text, want string }) bool { return c.name == name })
		if i < 0 {
			t.Fatalf("no such case: %q", name)
		}
		bad[name] = with(t, problemCases[i].old, problemCases[i].text)
	}
	for name, text := range bad {
		if s.Validate(asEditorsDo(t, []byte(text))) == nil {
			t.Errorf("%s: accepted\n%s", name, text)
		}
	}
}

// place of a mapping, as the parser names it, to its place in the schema.
var inList = regexp.MustCompile(`\[\d+\]`)

func schemaPlace(path string) string {
	path = inList.ReplaceAllString(path, "[]")
	return regexp.MustCompile(`^agents\.general`).ReplaceAllString(path, "agents.*")
}

// The parser's own fields, mapping by mapping, are those of the schema, and
// what it refuses by name is not in it.
func TestTheSchemaHasTheParsersFieldsAndNoOthers(t *testing.T) {
	text, err := os.ReadFile("testdata/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	type seen struct {
		f        fields
		required []string
	}
	parsed := map[string]seen{}
	problems := &Problems{}
	doc := &document{file: "everything.yaml", problems: problems, watch: func(at value, f fields, required []string) {
		parsed[schemaPlace(at.path)] = seen{f, slices.Sorted(slices.Values(required))}
	}}
	b := newBuilder(source{name: "everything.yaml", dir: "etc", readFile: from(nil), home: atHome}, problems)
	root, ok := readDocument(doc, text)
	if !ok {
		t.Fatal(problems)
	}
	b.read(root)
	b.finish()
	if err := problems.orNil(""); err != nil {
		t.Fatalf("not everything is right: %v", err)
	}
	declared := map[string]object{}
	collect(t, "", schemaObject(t), declared)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(declared)), slices.Sorted(maps.Keys(parsed))); diff != "" {
		t.Errorf("mappings of the schema (-) and of the parser (+):\n%s", diff)
	}
	for path, p := range parsed {
		var accepted []string
		for name, read := range p.f {
			if !refusedByName(read) {
				accepted = append(accepted, name)
			}
		}
		slices.Sort(accepted)
		if diff := cmp.Diff(slices.Sorted(maps.Keys(declared[path].Properties)), accepted); diff != "" {
			t.Errorf("%q: fields of the schema (-) and of the parser (+):\n%s", path, diff)
		}
		if diff := cmp.Diff(slices.Sorted(slices.Values(declared[path].Required)), p.required); diff != "" {
			t.Errorf("%q: required by the schema (-) and by the parser (+):\n%s", path, diff)
		}
	}
}

// refusedByName reports whether a field is known only in order to be refused.
func refusedByName(read func(value)) bool {
	problems := &Problems{}
	read(value{doc: &document{problems: problems}, node: &yaml.Node{Kind: yaml.ScalarNode, Anchor: "a", Value: "x"}})
	return slices.ContainsFunc(problems.List, func(p Problem) bool {
		return p.What == "is not supported yet" || p.What == "does not belong here"
	})
}

// object is a schema, as far as it tells of fields.
type object struct {
	Ref         string            `json:"$ref"`
	Description string            `json:"description"`
	Default     json.RawMessage   `json:"default"`
	Properties  map[string]object `json:"properties"`
	Required    []string          `json:"required"`
	Items       *object           `json:"items"`
	Any         []object          `json:"anyOf"`
	More        json.RawMessage   `json:"additionalProperties"`
	Defs        map[string]object `json:"$defs"`
}

func schemaObject(t *testing.T) object {
	t.Helper()
	var o object
	if err := json.Unmarshal([]byte(Schema()), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

// collect finds every mapping with fields of its own, by its place.
func collect(t *testing.T, path string, o object, into map[string]object) {
	t.Helper()
	defs := schemaObject(t).Defs
	if name, ok := strings.CutPrefix(o.Ref, "#/$defs/"); ok {
		collect(t, path, defs[name], into)
	}
	for _, a := range o.Any {
		collect(t, path, a, into)
	}
	if o.Items != nil {
		collect(t, path+"[]", *o.Items, into)
	}
	if len(o.Properties) == 0 {
		var each object
		if json.Unmarshal(o.More, &each) == nil && each.Ref != "" {
			collect(t, path+".*", each, into)
		}
		return
	}
	into[strings.TrimPrefix(path, ".")] = o
	for name, p := range o.Properties {
		if p.Description == "" {
			t.Errorf("%s.%s: nothing is said of it", path, name)
		}
		if string(o.More) != "false" {
			t.Errorf("%s: an unknown field would be accepted", path)
		}
		collect(t, strings.TrimPrefix(path+"."+name, "."), p, into)
	}
}

func TestTheDefaultsOfTheSchemaAreTheParsers(t *testing.T) {
	seen := 0
	try := func(where string, props map[string]object, text func(field string) string) {
		for _, name := range slices.Sorted(maps.Keys(props)) {
			if len(props[name].Default) == 0 {
				continue
			}
			seen++
			said, err := read(text(fmt.Sprintf("%s: %s", name, props[name].Default)), nil)
			if err != nil {
				t.Errorf("%s.%s: %v", where, name, err)
				continue
			}
			want := load(t, text(""))
			if where == "policy" { // which its groups take over where they are silent, too
				want.Groups = said.Groups
			}
			if diff := cmp.Diff(want, said); diff != "" {
				t.Errorf("%s.%s: %s is not what is taken without it:\n%s", where, name, props[name].Default, diff)
			}
		}
	}
	root := schemaObject(t)
	policy, group := root.Properties["policy"], root.Defs["group"].Properties["policy"]
	try("policy", policy.Properties, func(f string) string { return base + "policy: {" + f + "}\n" })
	try("policy.timeouts", policy.Properties["timeouts"].Properties, func(f string) string { return base + "policy: {timeouts: {" + f + "}}\n" })
	try("ssh", root.Properties["ssh"].Properties, func(f string) string { return base + "ssh: {" + f + "}\n" })
	try("a group's policy", group.Properties, func(f string) string { return strings.Replace(base, "{width: 1}", "{"+f+"}", 1) })
	try("a group's timeouts", group.Properties["timeouts"].Properties, func(f string) string { return strings.Replace(base, "{width: 1}", "{timeouts: {"+f+"}}", 1) })
	try("a gate", root.Defs["gate"].Properties, func(f string) string { return base + "gates: [{name: a, http: \"http://h/\", " + f + "}]\n" })
	if seen < 35 {
		t.Errorf("only %d defaults were tried", seen)
	}
}
