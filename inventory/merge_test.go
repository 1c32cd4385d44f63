package inventory

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// knobs are the fields of a policy, each with two ways to say it.
var knobs = []struct {
	name string
	say  func(p *Policy, n int)
}{
	{"Width", func(p *Policy, n int) { p.Width = Count(n) }},
	{"MaxOut", func(p *Policy, n int) { p.MaxOut = Percent(n) }},
	{"MaxFailures", func(p *Policy, n int) { p.MaxFailures = Count(n - 1) }}, // 0 is said, too
	{"Canary", func(p *Policy, n int) {
		p.Canary, p.NoCanary = []NodeName{NodeName(fmt.Sprint("a", n))}, false
	}},
	{"NoCanary", func(p *Policy, n int) { p.Canary, p.NoCanary = nil, true }},
	{"Spread", func(p *Policy, n int) { p.Spread = map[string]int{zoneKey: n} }},
	{"LaunchProbe", func(p *Policy, n int) { p.LaunchProbe = Switch(n) }},
	{"Bake", func(p *Policy, n int) { p.Bake = minutes(n) }},
	{"Settle", func(p *Policy, n int) { p.Settle, p.NoSettle = minutes(n), false }},
	{"NoSettle", func(p *Policy, n int) { p.Settle, p.NoSettle = 0, true }},
	{"SettleLeading", func(p *Policy, n int) { p.SettleLeading = minutes(n) }},
	{"StageParallel", func(p *Policy, n int) { p.StageParallel = n }},
	{"HoldLimit", func(p *Policy, n int) { p.HoldLimit = minutes(n) }},
	{"ExpectedRed", func(p *Policy, n int) { p.ExpectedRed, p.NoExpectedRed = []string{fmt.Sprint("u", n)}, false }},
	{"NoExpectedRed", func(p *Policy, n int) { p.ExpectedRed, p.NoExpectedRed = nil, true }},
	{"Timeouts.Script", func(p *Policy, n int) { p.Timeouts.Script = minutes(n) }},
	{"Timeouts.Exhibitor", func(p *Policy, n int) { p.Timeouts.Exhibitor = minutes(n) }},
	{"Timeouts.Unit", func(p *Policy, n int) { p.Timeouts.Unit = minutes(n) }},
	{"Timeouts.Registrar", func(p *Policy, n int) { p.Timeouts.Registrar = minutes(n) }},
	{"Timeouts.Leader", func(p *Policy, n int) { p.Timeouts.Leader = minutes(n) }},
	{"Timeouts.Ranges", func(p *Policy, n int) { p.Timeouts.Ranges = minutes(n) }},
	{"Timeouts.AgentsBack", func(p *Policy, n int) { p.Timeouts.AgentsBack = minutes(n) }},
	{"Timeouts.Registered", func(p *Policy, n int) { p.Timeouts.Registered = minutes(n) }},
	{"Timeouts.Tasks", func(p *Policy, n int) { p.Timeouts.Tasks = minutes(n) }},
	{"Timeouts.Checks", func(p *Policy, n int) { p.Timeouts.Checks = minutes(n) }},
	{"Timeouts.Units", func(p *Policy, n int) { p.Timeouts.Units = minutes(n) }},
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

func TestEveryFieldOfAPolicyHasAKnob(t *testing.T) {
	for _, typ := range []struct {
		prefix string
		of     reflect.Type
	}{{"", reflect.TypeFor[Policy]()}, {"Timeouts.", reflect.TypeFor[Timeouts]()}} {
		for i := range typ.of.NumField() {
			name := typ.prefix + typ.of.Field(i).Name
			known := name == "Timeouts"
			for _, k := range knobs {
				known = known || k.name == name
			}
			if !known {
				t.Errorf("%s is not covered by the tests of Merge", name)
			}
		}
	}
}

// TestTheNarrowerPolicyWins walks every pair of knobs through every way of
// saying them: each in neither policy, one of them, or both.
func TestTheNarrowerPolicyWins(t *testing.T) {
	for _, a := range knobs {
		for _, b := range knobs {
			for way := range 16 {
				var narrow, wide, want Policy
				apply(&wide, way&1, a.say, 2)
				apply(&wide, way&2, b.say, 3)
				apply(&want, way&1, a.say, 2)
				apply(&want, way&2, b.say, 3)
				apply(&narrow, way&4, a.say, 4)
				apply(&narrow, way&8, b.say, 5)
				apply(&want, way&4, a.say, 4)
				apply(&want, way&8, b.say, 5)
				if diff := cmp.Diff(want, Merge(narrow, wide)); diff != "" {
					t.Fatalf("%s and %s, way %04b:\n%s", a.name, b.name, way, diff)
				}
			}
		}
	}
}

func apply(p *Policy, bit int, say func(*Policy, int), n int) {
	if bit != 0 {
		say(p, n)
	}
}

func TestMergeLeavesItsInputsAlone(t *testing.T) {
	full := func() Policy {
		var p Policy
		for _, k := range knobs {
			if k.name != "NoCanary" && k.name != "NoSettle" && k.name != "NoExpectedRed" {
				k.say(&p, 2)
			}
		}
		return p
	}
	for name, pair := range map[string][2]Policy{
		"both say all":        {full(), full()},
		"the narrow says all": {full(), {}},
		"the wide says all":   {{}, full()},
	} {
		t.Run(name, func(t *testing.T) {
			m := Merge(pair[0], pair[1])
			m.Canary[0], m.Spread[zoneKey], m.ExpectedRed[0] = "changed", 99, "changed"
			for i, p := range pair {
				if p.Width.Set {
					if diff := cmp.Diff(full(), p); diff != "" {
						t.Errorf("input %d changed:\n%s", i, diff)
					}
				}
			}
		})
	}
}
