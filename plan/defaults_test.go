package plan

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
)

// A default that has a second copy somewhere changes nothing here.
func TestEveryFieldOfAPolicyChangesThePlan(t *testing.T) {
	build := func(change func(*inventory.Policy)) []byte {
		in := healthy(agents("general", "a", 15, "x", "y", "z"))
		in.Facts.Script.Packages = append(slices.Clone(in.Facts.Script.Packages), "etcd--1")
		in.Inventory.Policy, in.Inventory.Groups[0].Policy = inventory.DefaultPolicy("2.1.2"), inventory.DefaultPolicy("2.1.2")
		change(&in.Inventory.Policy)
		change(&in.Inventory.Groups[0].Policy)
		b, err := Marshal(mustBuild(t, in))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	was, tried := build(func(*inventory.Policy) {}), 0
	for _, f := range reflect.VisibleFields(reflect.TypeFor[inventory.Policy]()) {
		within := []reflect.StructField{{}}
		if f.Type.Kind() == reflect.Struct && f.Name == "Timeouts" {
			within = reflect.VisibleFields(f.Type)
		}
		for _, inner := range within {
			tried++
			now := build(func(p *inventory.Policy) {
				at := reflect.ValueOf(p).Elem().FieldByIndex(f.Index)
				if inner.Name != "" {
					at = at.FieldByIndex(inner.Index)
				}
				if what, without := strings.CutPrefix(f.Name, "No"); without {
					reflect.ValueOf(p).Elem().FieldByName(what).SetZero()
				}
				changed(t, at)
			})
			if bytes.Equal(was, now) {
				t.Errorf("%s%s: another value makes the same plan", f.Name, inner.Name)
			}
		}
	}
	if tried < 25 {
		t.Errorf("only %d fields were tried", tried)
	}
}

// changed gives a field of a policy another value.
func changed(t *testing.T, v reflect.Value) {
	switch old := v.Interface().(type) {
	case time.Duration:
		v.Set(reflect.ValueOf(old + time.Minute))
	case int:
		v.SetInt(int64(old + 1))
	case bool:
		v.SetBool(!old)
	case inventory.Limit:
		v.Set(reflect.ValueOf(inventory.Count(old.N + 2)))
	case inventory.Switch:
		v.Set(reflect.ValueOf(inventory.Off))
	case []inventory.NodeName:
		v.Set(reflect.ValueOf([]inventory.NodeName{"a2"}))
	case []string:
		v.Set(reflect.ValueOf(old[1:]))
	case map[string]int:
		v.Set(reflect.ValueOf(map[string]int{"zone": 2}))
	default:
		t.Fatalf("no other value of a %s is known", v.Type())
	}
}
