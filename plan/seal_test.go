package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/dcos-patch/dcos-patch/inventory"
)

// Every field of a plan, however deep, is under the seal: a field that is
// added later and forgotten in seal.go fails here.
func TestTheSealNoticesAChangeOfAnyField(t *testing.T) {
	p := fullPlan(t)
	n := 0
	mutate(reflect.ValueOf(p).Elem(), "plan", func(path string, undo func()) {
		defer undo()
		if path == "plan.Seal" {
			return
		}
		n++
		var e *SealError
		if err := Verify(p); !errors.As(err, &e) {
			t.Errorf("%s changed, and Verify says %v", path, err)
		}
	})
	if n < 60 {
		t.Errorf("only %d fields were changed", n)
	}
	if err := Verify(p); err != nil {
		t.Errorf("with every change undone: %v", err)
	}
}

func TestVerifySaysWhetherTheDecisionOrOnlyTheContentWasChanged(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Plan)
		want   string
	}{
		"a wider max_out is another decision":        {func(p *Plan) { p.MaxOut++ }, "id"},
		"a node more is another decision":            {func(p *Plan) { p.Nodes = append(p.Nodes, Node{Name: "z"}) }, "id"},
		"a written id is not believed":               {func(p *Plan) { p.ID = "7c41e09b22d4" }, "id"},
		"a shorter gate is other content":            {func(p *Plan) { p.Stages[3].Lanes[0].Steps[2].Gates[0].Need = 1 }, "seal"},
		"a lane taken out is other content":          {func(p *Plan) { p.Stages[3].Lanes = p.Stages[3].Lanes[1:] }, "seal"},
		"a wider stage under the same rule, content": {func(p *Plan) { p.Stages[3].Width = 2 }, "seal"},
		"a missing seal is no seal":                  {func(p *Plan) { p.Seal = "" }, "seal"},
	} {
		p := fullPlan(t)
		c.change(p)
		var e *SealError
		if err := Verify(p); !errors.As(err, &e) || e.What != c.want {
			t.Errorf("%s: got %v, want a difference in the %s", name, err, c.want)
		}
	}
}

// fullPlan is a plan in which no field has its zero value for want of facts.
func fullPlan(t *testing.T) *Plan {
	t.Helper()
	in := healthy(agents("general", "a", 9, "x", "y", "z"))
	in.Inventory.Exclusions = []inventory.Exclusion{{Node: "a9", Reason: "PSU"}}
	in.Inventory.Rehearsal.TimeScale = 0.5
	in.Inventory.Gates = withGates().Inventory.Groups[1].Gates
	for _, n := range in.Inventory.Nodes() {
		observe(in, n.Name, func(f *NodeFacts) { f.Rehearsal = true })
	}
	observe(in, "a8", patched)
	return mustBuild(t, in)
}

// mutate changes every leaf below v, one at a time.
func mutate(v reflect.Value, path string, try func(path string, undo func())) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			mutate(v.Field(i), path+"."+v.Type().Field(i).Name, try)
		}
	case reflect.Slice:
		for i := range v.Len() {
			mutate(v.Index(i), fmt.Sprintf("%s[%d]", path, i), try)
		}
		old := v.Interface()
		v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
		try(path+"[+]", func() { v.Set(reflect.ValueOf(old)) })
	default:
		old := reflect.New(v.Type()).Elem()
		old.Set(v)
		switch v.Kind() {
		case reflect.String:
			v.SetString(v.String() + "x")
		case reflect.Bool:
			v.SetBool(!v.Bool())
		case reflect.Float64:
			v.SetFloat(v.Float() + 1)
		case reflect.Uint8:
			v.SetUint(v.Uint() ^ 1)
		default:
			v.SetInt(v.Int() + 1)
		}
		try(path, func() { v.Set(old) })
	}
}

func TestIdentityIsNotTheSeal(t *testing.T) {
	p := fullPlan(t)
	q := *p
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &q); err != nil {
		t.Fatal(err)
	}
	q.Estimate++
	if ok(Identity(&q)) != p.ID || ok(seal(&q)) == p.Seal {
		t.Error("an estimate must change the seal and not the id")
	}
}

func TestAPlanThatCannotBeWrittenHasNoIdNoSealAndEqualsNothing(t *testing.T) {
	p := mustBuild(t, withGates())
	p.TimeScale = math.NaN()
	if id, err := Identity(p); err == nil {
		t.Errorf("it has the id %q", id)
	}
	if s, err := Sealed(p); err == nil {
		t.Errorf("it has the seal %q", s.Seal)
	}
	if err := Verify(p); err == nil || same(p, p) {
		t.Errorf("verified: %v", err)
	}
	in := withGates()
	in.Inventory.Rehearsal.TimeScale = math.NaN()
	if p, err := Build(in); err == nil {
		t.Errorf("built: %s", p.ID)
	}
}
