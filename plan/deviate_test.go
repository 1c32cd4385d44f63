package plan

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
)

func deviationText(blocks []Block) string {
	var all []string
	for _, b := range blocks {
		all = append(all, b.String())
	}
	return strings.Join(all, "\n")
}

func TestAPlanOfTheSameInventoryDeviatesInNothing(t *testing.T) {
	for name, change := range map[string]func(*Input){
		"as it is": func(*Input) {},
		"some at the target, some staged": func(in *Input) {
			f := in.Facts.Nodes["a1"]
			f.Active, f.Version = newPk, "2.1.2"
			in.Facts.Nodes["a1"] = f
			f = in.Facts.Nodes["m2"]
			f.Fetched = newPk
			in.Facts.Nodes["m2"] = f
		},
		"tasks choose the canary": func(in *Input) {
			in.Facts.Cluster.Tasks = map[inventory.NodeName]int{"a1": 9, "a2": 3, "s2": 2}
		},
		"an exclusion that is over since": func(in *Input) {
			in.Inventory.Exclusions = []inventory.Exclusion{{Node: "a2", Reason: "PSU", Until: today}}
		},
		"a waiver": func(in *Input) {
			in.Waivers = []Waiver{{Check: "tasks", Node: "a1", Reason: "known", Until: today.Add(48 * time.Hour)}}
		},
		"an inventory that pins no script": func(in *Input) { in.Inventory.Target.SHA256 = "" },
		"expected red":                     func(in *Input) { in.Inventory.Policy.ExpectedRed = []string{"dcos-marathon.service"} },
		"a rehearsal": func(in *Input) {
			in.Inventory.Rehearsal.TimeScale = 0.1
			for n, f := range in.Facts.Nodes {
				f.Rehearsal = true
				in.Facts.Nodes[n] = f
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := withGates()
			change(&in)
			p := mustBuild(t, in)
			in.Inventory.Exclusions = append(in.Inventory.Exclusions, inventory.Exclusion{Node: "s1", Reason: "died since"})
			if got := Deviations(p, in.Inventory); len(got) > 0 {
				t.Errorf("%s", deviationText(got))
			}
			ahead := *p
			ahead.Stages = nil
			for _, st := range p.Stages {
				if st.Kind == StagePreflight || st.Kind == StageAhead {
					st.Width++
					ahead.Stages = append(ahead.Stages, st)
				}
			}
			ahead.Stages[0].Width = 1
			if got := Deviations(ok(Sealed(&ahead)), in.Inventory); len(got) > 0 {
				t.Errorf("cut down to what stops nothing: %s", deviationText(got))
			}
		})
	}
}

// A forger has the tool: every plan here has a right id and a right seal.
func TestEveryChangeOfADecisionIsADeviation(t *testing.T) {
	for name, row := range map[string]struct {
		forge func(*Plan)
		says  string
	}{
		"one more gate": {func(p *Plan) {
			p.Gates = append(p.Gates, CustomGate{Name: "x", OfCluster: true, Command: "touch /tmp/owned"})
		}, `observed command: touch /tmp/owned; wanted nothing`},
		"another command of a gate":  {func(p *Plan) { p.Gates[0].HTTP, p.Gates[0].Command = "", "touch /tmp/owned" }, `gate "site"`},
		"another URL of a gate":      {func(p *Plan) { p.Gates[0].HTTP = "http://elsewhere/" }, `gate "site"`},
		"a gate sent through a node": {func(p *Plan) { p.Gates[0].ViaNode = true }, `gate "site"`},
		"another server":             {func(p *Plan) { p.Gates[1].Server = "http://elsewhere" }, `gate "kafka-urp"`},
		"a gate left out":            {func(p *Plan) { p.Gates = p.Gates[:2] }, `gate "broker"`},
		"another script":             {func(p *Plan) { p.Script.SHA256 = strings.Repeat("a", 64) }, "the script's SHA-256"},
		"a script from elsewhere":    {func(p *Plan) { p.Script.URL = "http://elsewhere/s.sh" }, "the script's URL"},
		"another target":             {func(p *Plan) { p.To, p.Script.To = "9.9", "9.9" }, "the version to which it patches"},
		"a wider group":              {func(p *Plan) { p.Groups[0].Width = 2 }, "the policy of group general"},
		"more may be out":            {func(p *Plan) { p.MaxOut = 99 }, "max_out"},
		"a longer hold":              {func(p *Plan) { p.HoldLimit *= 9 }, "hold_limit"},
		"more may be red":            {func(p *Plan) { p.ExpectedRed = []string{"dcos-mesos-master.service"} }, "expected_red"},
		"a wider stage":              {func(p *Plan) { p.Stages[len(p.Stages)-2].Width = 2 }, "stage stateful"},
		"two masters at once": {func(p *Plan) {
			for i := range p.Stages {
				if p.Stages[i].Kind == StageMasters {
					p.Stages[i].Width = 2
				}
			}
		}, "stage masters"},
		"a gate taken from a step": {func(p *Plan) {
			st := &p.Stages[len(p.Stages)-2].Lanes[0].Steps[3]
			st.Gates = st.Gates[1:]
		}, "step stateful/"},
		"one sample is enough": {func(p *Plan) { p.Stages[len(p.Stages)-2].Lanes[0].Steps[3].Gates[0].Need = 0 }, "step stateful/"},
		"no postflight":        {func(p *Plan) { p.Stages = p.Stages[:len(p.Stages)-1] }, "stage postflight"},
		"a lane left out": {func(p *Plan) {
			st := &p.Stages[len(p.Stages)-2]
			st.Lanes = st.Lanes[:0]
		}, "stage stateful"},
		"another role":            {func(p *Plan) { p.Nodes[3].Role = 3 }, "the node of the copied plan"},
		"a node of nobody":        {func(p *Plan) { p.Nodes[3].Name = "a99" }, "a99"},
		"a master less":           {func(p *Plan) { p.Nodes = p.Nodes[1:] }, "m1"},
		"a node twice":            {func(p *Plan) { p.Nodes = append(p.Nodes, p.Nodes[3]) }, "listed twice"},
		"another cluster":         {func(p *Plan) { p.Cluster.ID = "x" }, "the cluster"},
		"another name":            {func(p *Plan) { p.Cluster.Name = "x" }, "the cluster"},
		"the spans of rehearsals": {func(p *Plan) { p.TimeScale = 0.01 }, "time scale"},
	} {
		t.Run(name, func(t *testing.T) {
			in := withGates()
			b, err := json.Marshal(mustBuild(t, in))
			if err != nil {
				t.Fatal(err)
			}
			var p Plan
			if err := json.Unmarshal(b, &p); err != nil {
				t.Fatal(err)
			}
			row.forge(&p)
			p.ID = ok(Identity(&p))
			forged := ok(Sealed(&p))
			if err := Verify(forged); err != nil {
				t.Fatal(err)
			}
			got := Deviations(forged, in.Inventory)
			if !strings.Contains(deviationText(got), row.says) {
				t.Errorf("%q, want %q in it", deviationText(got), row.says)
			}
		})
	}
}
