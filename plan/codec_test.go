package plan

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestUnmarshalNamesLineAndField(t *testing.T) {
	good, err := Marshal(fullPlan(t))
	if err != nil {
		t.Fatal(err)
	}
	edit := func(old, new string) []byte { return bytes.Replace(good, []byte(old), []byte(new), 1) }
	for _, c := range []struct {
		name, field string
		in          []byte
		line        bool
		text        string
	}{
		{"a field that nobody knows", "nodes[0].force", edit(`"name": "m1"`, `"name": "m1", "force": true`), true, "unknown field"},
		{"a text for a number", "max_out", edit(`"max_out": `, `"max_out": "many", "x": `), true, ""},
		{"a newer format", "format", edit(`"format": 1`, `"format": 2`), false, "reads format 1"},
		{"a torn file", "", good[:len(good)/2], true, ""},
		{"something after the plan", "", append(bytes.Clone(good), "{}"...), true, ""},
		{"nothing", "", nil, false, ""},
	} {
		p, err := Unmarshal(c.in)
		var e *FormatError
		if !errors.As(err, &e) || p != nil {
			t.Errorf("%s: got %v", c.name, err)
			continue
		}
		if c.field != "" && e.Field != c.field && c.name != "a text for a number" || c.line != (e.Line > 0) && len(c.in) > 0 || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: line %d, field %q: %v", c.name, e.Line, e.Field, err)
		}
	}
}

func TestUnmarshalRefusesAnEditedPlan(t *testing.T) {
	good, err := Marshal(fullPlan(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new, what string }{
		"a wider limit":     {`"max_out": 3`, `"max_out": 30`, "id"},
		"a shorter timeout": {`"within": "5m0s"`, `"within": "1s"`, "seal"},
		"a second value":    {`"max_out": 3`, `"max_out": 3, "max_out": 4`, "id"},
		"another address":   {`"address": "10.20.0.11"`, `"address": "10.20.0.99"`, "seal"},
	} {
		bad := bytes.Replace(good, []byte(c.old), []byte(c.new), 1)
		if bytes.Equal(bad, good) {
			bad = bytes.Replace(good, []byte(`"within": "2m30s"`), []byte(`"within": "1s"`), 1)
		}
		var e *SealError
		if _, err := Unmarshal(bad); !errors.As(err, &e) || e.What != c.what {
			t.Errorf("%s: got %v, want a difference in the %s", name, err, c.what)
		}
	}
}

func TestAnUnknownFieldIsFoundOnItsLine(t *testing.T) {
	good, err := Marshal(fullPlan(t))
	if err != nil {
		t.Fatal(err)
	}
	bad := bytes.Replace(good, []byte(`"zone": "b",`), []byte("\"zone\": \"b\",\n\"skip\": true,"), 1)
	want := 1 + bytes.Count(bad[:bytes.Index(bad, []byte(`"skip"`))], []byte("\n"))
	var e *FormatError
	if _, err := Unmarshal(bad); !errors.As(err, &e) || e.Line != want || e.Field != "nodes[1].skip" {
		t.Errorf("got %v, want line %d, field nodes[1].skip", err, want)
	}
}

// The law: what is read is written again as the same bytes, and what is not
// read gives no plan.
func FuzzUnmarshal(f *testing.F) {
	p, err := Build(healthy(agents("general", "a", 2)))
	if err != nil {
		f.Fatal(err)
	}
	good, err := Marshal(p)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"format":1}`))
	f.Add([]byte(`{"format":1,"nodes":[{"x":[]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Unmarshal(b)
		if err != nil {
			if p != nil {
				t.Fatal("an error and a plan")
			}
			return
		}
		once, err := Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		q, err := Unmarshal(once)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if twice, err := Marshal(q); err != nil || !bytes.Equal(once, twice) {
			t.Fatal("written twice, different bytes")
		}
	})
}

func TestCompareNamesWhatTakesTheGroundFromUnderAPlan(t *testing.T) {
	base := func() Input { return healthy(agents("general", "a", 4)) }
	saved := mustBuild(t, base())
	for _, c := range []struct {
		name   string
		change func(*Input)
		want   string // the block's node and part of its text; empty: none
	}{
		{"nothing has moved", func(*Input) {}, ""},
		{"leaders and tasks have moved", func(i *Input) { i.Facts.Cluster.Weights, i.Facts.Cluster.Tasks = nil, nil }, ""},
		{"an agent is out", func(i *Input) { i.Facts.Cluster.Out = append(i.Facts.Cluster.Out, "a1") }, ""},
		{"it was carried out", func(i *Input) {
			for _, n := range i.Inventory.Nodes() {
				observe(*i, n.Name, patched)
			}
		}, "the plan is carried out"},
		{"a node was patched by hand", func(i *Input) { observe(*i, "a2", patched) }, "a2: it is not where the plan found it"},
		{"a node was taken out", func(i *Input) { i.Inventory.Groups[0].Nodes = i.Inventory.Groups[0].Nodes[1:] }, "a1: it is in the plan and no longer"},
		{"a node was added", func(i *Input) { *i = healthy(agents("general", "a", 5)) }, "a5: it is in the inventory and not in the plan"},
		{"a node moved to another group", func(i *Input) { *i = healthy(agents("other", "a", 4)) }, "a1: it has moved to another group"},
		{"another script", func(i *Input) { i.Inventory.Target.SHA256, i.Facts.Script.SHA256 = "f00", "f00" }, "the script has changed"},
		{"another variant", func(i *Input) {
			for _, n := range i.Inventory.Nodes() {
				observe(*i, n.Name, func(f *NodeFacts) { f.Variant = "enterprise" })
			}
		}, "the variant of DC/OS has changed"},
		{"a variant that no node says any more", func(i *Input) {
			for _, n := range i.Inventory.Nodes() {
				observe(*i, n.Name, func(f *NodeFacts) { f.Variant = "" })
			}
		}, "the variant of DC/OS has changed"},
	} {
		in := base()
		c.change(&in)
		blocks := Compare(saved, mustBuild(t, in))
		if (c.want == "") != (len(blocks) == 0) || len(blocks) > 0 && !strings.HasPrefix(blocks[0].String(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, blocks, c.want)
		}
	}
}

// Releases of 1.12 and 1.13 began to say the variant: nodes that are patched
// say one when the plan has none.
func TestAPatchThatBringsTheVariantIsNoChange(t *testing.T) {
	silent := func() Input {
		i := healthy(agents("general", "a", 4))
		for _, n := range i.Inventory.Nodes() {
			observe(i, n.Name, func(f *NodeFacts) { f.Variant = "" })
		}
		return i
	}
	saved, now := mustBuild(t, silent()), silent()
	observe(now, "a1", func(f *NodeFacts) { f.Variant = "open" })
	if blocks := Compare(saved, mustBuild(t, now)); len(blocks) > 0 {
		t.Errorf("blocked: %v", blocks)
	}
}
