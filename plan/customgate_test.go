package plan

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/gates"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// withGates has a gate of the whole cluster, and one of the cluster and one of
// each node in its second group.
func withGates() Input {
	in := healthy(agents("general", "a", 2), agents("stateful", "s", 2))
	gate := inventory.Gate{Span: time.Minute, Every: 15 * time.Second, Within: 5 * time.Minute, Timeout: 15 * time.Second}
	c := in.Inventory
	c.Prometheus = "http://prom:9090"
	site, urp, broker := gate, gate, gate
	site.Name, site.HTTP, site.OfCluster = "site", "http://site/", true
	urp.Name, urp.Prometheus, urp.OfCluster, urp.Want = "kafka-urp", "sum(kafka_urp)", true, dcos.Comparison{Op: "=="}
	broker.Name, broker.HTTP, broker.ViaNode, broker.WantText = "broker", "http://${ADDRESS}:9092/", true, "ok"
	broker.WantJSON = []inventory.WantJSON{{Path: "status", Value: "green"}}
	c.Gates, c.Groups[1].Gates = []inventory.Gate{site}, []inventory.Gate{urp, broker}
	return in
}

func TestGatesOfAnOperatorStandInTheServingStepOfTheirLanes(t *testing.T) {
	in := withGates()
	p := mustBuild(t, in)
	for id, want := range map[string]string{
		"masters": "site", "general-canary": "site", "general": "site",
		"stateful-canary": "site kafka-urp broker", "stateful": "site kafka-urp broker",
	} {
		for _, l := range stage(t, p, id).Lanes {
			for _, s := range l.Steps {
				var own []string
				for _, g := range s.Gates {
					if slices.ContainsFunc(p.Gates, func(own CustomGate) bool { return own.Name == g.Gate }) {
						own = append(own, g.Gate)
						if g.Need != gates.OwnNeed || g.Span.D() != time.Minute || g.Within.D() != 5*time.Minute || s.Timeout < g.Within+g.Span {
							t.Errorf("%s demands %+v within %s", s.ID, g, s.Timeout)
						}
					}
				}
				if got := strings.Join(own, " "); s.Action == ActionServe && got != want || s.Action != ActionServe && got != "" {
					t.Errorf("%s: %q, want %q", s.ID, got, want)
				}
			}
		}
	}
	s1, _ := in.Inventory.Node("s1")
	if specs := VerifyGates(in.Inventory, s1); !slices.Equal(specs[len(specs)-3:], stage(t, p, "stateful-canary").Lanes[0].Steps[3].Gates[4:]) {
		t.Errorf("asked outside of a run: %+v", specs)
	}
}

func TestAGroupsGatesBindItsStagesAndAreForeseenBefore(t *testing.T) {
	p := mustBuild(t, withGates())
	for at, want := range map[string]string{
		"": "site | kafka-urp", "preflight/preflight": "site | kafka-urp", "masters": "site |", "masters/m1/settle": "site |",
		"general": "site |", "stateful-canary": "site kafka-urp |", "stateful/s2/settle": "site kafka-urp |", "postflight/postflight": "site kafka-urp |",
	} {
		binding, later := p.Ask(StepID(at)).ClusterGates(p.Gates)
		got := strings.TrimSpace(names(binding) + " | " + names(later))
		if got != want {
			t.Errorf("%q: %q, want %q", at, got, want)
		}
	}
}

func names(gates []CustomGate) string {
	var all []string
	for _, g := range gates {
		all = append(all, g.Name)
	}
	return strings.Join(all, " ")
}

func TestTheIdentityCoversWhatAnOperatorsGateAsks(t *testing.T) {
	was := mustBuild(t, withGates()).ID
	for name, c := range map[string]struct {
		change func(*inventory.Cluster)
		same   bool
	}{
		"another query":  {func(c *inventory.Cluster) { c.Groups[1].Gates[0].Prometheus = "min(up)" }, false},
		"another demand": {func(c *inventory.Cluster) { c.Groups[1].Gates[0].Want.Value = 1 }, false},
		"another server": {func(c *inventory.Cluster) { c.Prometheus = "http://other" }, false},
		"another text":   {func(c *inventory.Cluster) { c.Groups[1].Gates[1].WantText = "" }, false},
		"without it":     {func(c *inventory.Cluster) { c.Gates = nil }, false},
		"a shorter span": {func(c *inventory.Cluster) { c.Gates[0].Span = time.Second }, false},
		"more patience":  {func(c *inventory.Cluster) { c.Gates[0].Within = time.Hour }, true},
	} {
		in := withGates()
		c.change(in.Inventory)
		if id := mustBuild(t, in).ID; (id == was) != c.same {
			t.Errorf("%s: the id stays: %v, want %v", name, id == was, c.same)
		}
	}
}

func TestAGateThatLaterWorkWillWaitForIsWarnedOf(t *testing.T) {
	in := withGates()
	in.Facts.Cluster.Findings = []dcos.Finding{{Check: "kafka-urp", Status: dcos.Warned, Observed: "7", Want: "sum(kafka_urp) == 0", Hint: "stateful begins only when it is green"}}
	j, err := Judge(in)
	if err != nil || len(j.Blocks) > 0 {
		t.Fatalf("%v, %v", j.Blocks, err)
	}
	if len(j.Warnings) != 1 || j.Warnings[0].Observed != "7" || !strings.Contains(j.Warnings[0].Next.String(), "stateful") {
		t.Errorf("%+v", j.Warnings)
	}
}
