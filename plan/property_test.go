package plan

import (
	"fmt"
	"math/rand"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"pgregory.net/rapid"
)

// anyCluster draws a healthy cluster: some nodes are at the target, some
// excluded, some out, and leaders and tasks are anywhere.
func anyCluster(t *rapid.T) Input {
	var groups []inventory.Group
	for i := range rapid.IntRange(0, 3).Draw(t, "groups") {
		zones := [][]string{nil, {"x"}, {"x", "y", "z"}}[rapid.IntRange(0, 2).Draw(t, "zones")]
		g := agents(fmt.Sprintf("g%d", i), string(rune('a'+i)), rapid.IntRange(1, 9).Draw(t, "nodes"), zones...)
		settle := time.Duration(rapid.IntRange(0, 1).Draw(t, "settle")) * time.Minute
		g.Policy = complete(inventory.Policy{
			Width:    anyLimit(t, "width"),
			NoCanary: rapid.Bool().Draw(t, "no canary"),
			Settle:   settle, NoSettle: settle == 0,
		})
		groups = append(groups, g)
	}
	in := healthy(groups...)
	in.Inventory.Policy.StageParallel = rapid.IntRange(1, 12).Draw(t, "stage parallel")
	for _, n := range in.Inventory.Nodes() {
		if rapid.IntRange(0, 3).Draw(t, "at target") == 0 {
			observe(in, n.Name, patched)
		}
		if n.Role.IsAgent() && rapid.IntRange(0, 5).Draw(t, "excluded") == 0 {
			in.Inventory.Exclusions = append(in.Inventory.Exclusions, inventory.Exclusion{Node: n.Name, Reason: "x"})
		}
		in.Facts.Cluster.Tasks[n.Name] = rapid.IntRange(0, 4).Draw(t, "tasks")
	}
	in.Facts.Cluster.Weights = map[inventory.NodeName]int{"m1": rapid.IntRange(0, 7).Draw(t, "m1"), "m2": rapid.IntRange(0, 7).Draw(t, "m2")}
	return in
}

func anyLimit(t *rapid.T, label string) inventory.Limit {
	if rapid.Bool().Draw(t, label+" in percent") {
		return inventory.Percent(rapid.IntRange(0, 100).Draw(t, label))
	}
	return inventory.Count(rapid.IntRange(0, 20).Draw(t, label))
}

// (a) to (e) of the planner's laws.
func TestPropertyOfEveryPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := anyCluster(t)
		p := mustBuild(t, in)
		patchedBy := map[inventory.NodeName]int{}
		ids := map[StepID]bool{}
		agentSeen := false
		for _, s := range p.Stages {
			if len(s.Lanes) == 0 || s.Width < 1 {
				t.Fatalf("stage %s has %d lanes and width %d", s.ID, len(s.Lanes), s.Width)
			}
			for _, l := range s.Lanes {
				for _, st := range l.Steps {
					if ids[st.ID] || st.Node != l.Node || st.Timeout <= 0 {
						t.Fatalf("step %s: twice, on another node than its lane, or without patience", st.ID)
					}
					ids[st.ID] = true
				}
				if disrupts(l) {
					patchedBy[l.Node]++
					mustVerify(t, l)
				}
			}
			switch s.Kind {
			case StageMasters:
				if s.Width != 1 || agentSeen || s.MaxFailures != 0 {
					t.Fatalf("masters: width %d, agents before them %v, failures %d", s.Width, agentSeen, s.MaxFailures)
				}
			case StageCanary, StageGroup:
				agentSeen = true
				if s.Width > p.MaxOut {
					t.Fatalf("%s: width %d of max_out %d", s.ID, s.Width, p.MaxOut)
				}
			default:
				if slices.ContainsFunc(s.Lanes, disrupts) {
					t.Fatalf("%s disrupts", s.ID)
				}
			}
		}
		for _, n := range p.Nodes {
			want := 0
			if n.Disposition == Patch {
				want = 1
			}
			if patchedBy[n.Name] != want {
				t.Fatalf("%s (%s) is patched %d times", n.Name, n.Disposition, patchedBy[n.Name])
			}
		}
		if err := Verify(p); err != nil {
			t.Fatal(err)
		}
	})
}

func disrupts(l Lane) bool {
	return slices.ContainsFunc(l.Steps, func(s Step) bool { return s.Action.Mutates() })
}

// mustVerify: after the patch comes the serving half of verification, with
// gates, before the lane gives its place up.
func mustVerify(t *rapid.T, l Lane) {
	patch := slices.IndexFunc(l.Steps, func(s Step) bool { return s.Action == ActionPatch })
	serve := slices.IndexFunc(l.Steps, func(s Step) bool { return s.Action == ActionServe })
	if l.Steps[0].Action != ActionBaseline || serve < patch || len(l.Steps[serve].Gates) == 0 {
		t.Fatalf("lane of %s: baseline first, then patch, then serve with gates; got %v", l.Node, l.Steps)
	}
}

// (f): the order of nodes in the file changes nothing, not one byte.
func TestPropertyAShuffledInventoryGivesTheSamePlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := anyCluster(t)
		want, err := Marshal(mustBuild(t, in))
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewSource(rapid.Int64().Draw(t, "seed")))
		c := *in.Inventory
		c.Masters = shuffled(r, c.Masters)
		c.Exclusions = shuffled(r, c.Exclusions)
		c.Groups = slices.Clone(c.Groups)
		for i := range c.Groups {
			c.Groups[i].Nodes = shuffled(r, c.Groups[i].Nodes)
		}
		in.Inventory = &c
		got, err := Marshal(mustBuild(t, in))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Fatalf("shuffled:\n%s\nwant:\n%s", got, want)
		}
	})
}

func shuffled[T any](r *rand.Rand, s []T) []T {
	s = slices.Clone(s)
	r.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
	return s
}

func TestPropertyBuildChangesNeitherInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := anyCluster(t)
		before := fmt.Sprintf("%#v %#v", *in.Inventory, in.Facts)
		mustBuild(t, in)
		if after := fmt.Sprintf("%#v %#v", *in.Inventory, in.Facts); after != before {
			t.Fatal("an input was changed")
		}
	})
}

// What moves by itself never moves the id; everything that was observed here
// moves the plan's content. Which machine a node is does not move by itself.
func TestPropertyTheIdentityIgnoresWhatMovesByItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := anyCluster(t)
		id := mustBuild(t, in).ID
		for _, n := range in.Inventory.Nodes() {
			observe(in, n.Name, func(f *NodeFacts) {
				f.Tasks, f.FreeKB = 7, 1
				if rapid.Bool().Draw(t, "patched since") {
					patched(f)
				}
			})
		}
		in.Facts.Cluster.Weights = map[inventory.NodeName]int{"m3": 7}
		in.Facts.Cluster.Tasks = nil
		if got := mustBuild(t, in).ID; got != id {
			t.Fatalf("id %s became %s", id, got)
		}
	})
}

func TestTheIdentityMovesWithTheDecision(t *testing.T) {
	base := func() Input { return healthy(agents("general", "a", 20), agents("public", "p", 3)) }
	id := mustBuild(t, base()).ID
	seen := map[string]string{id: "the plan unchanged"}
	for name, change := range map[string]func(*Input){
		"a node less":        func(i *Input) { i.Inventory.Groups[0].Nodes = i.Inventory.Groups[0].Nodes[1:] },
		"a node excluded":    func(i *Input) { i.Inventory.Exclusions = []inventory.Exclusion{{Node: "a3"}} },
		"another width":      func(i *Input) { i.Inventory.Groups[0].Policy.Width = inventory.Count(3) },
		"another max_out":    func(i *Input) { i.Inventory.Policy.MaxOut = inventory.Count(9) },
		"failures allowed":   func(i *Input) { i.Inventory.Groups[1].Policy.MaxFailures = inventory.Count(1) },
		"no canary":          func(i *Input) { i.Inventory.Groups[0].Policy.NoCanary = true },
		"groups swapped":     func(i *Input) { slices.Reverse(i.Inventory.Groups) },
		"another spread":     func(i *Input) { i.Inventory.Groups[0].Policy.Spread = map[string]int{"zone": 2} },
		"another script":     func(i *Input) { i.Facts.Script.SHA256, i.Inventory.Target.SHA256 = "f00", "f00" },
		"another package":    func(i *Input) { i.Facts.Script.Packages = append(slices.Clone(newPk), "nginx--1") },
		"another version":    func(i *Input) { i.Facts.Script.To, i.Inventory.Target.To = "2.1.3", "2.1.3" },
		"another address":    func(i *Input) { observe(*i, "a3", func(f *NodeFacts) { f.IP = "10.77.0.1" }) },
		"another machine":    func(i *Input) { observe(*i, "a3", func(f *NodeFacts) { f.Machine = "5eed" }) },
		"another node of it": func(i *Input) { rename(i, "a3", "a99") },
	} {
		in := base()
		change(&in)
		got := mustBuild(t, in).ID
		if other, dup := seen[got]; dup {
			t.Errorf("%s has the id of %s", name, other)
		}
		seen[got] = name
	}
}

func rename(i *Input, from, to inventory.NodeName) {
	for g := range i.Inventory.Groups {
		for n := range i.Inventory.Groups[g].Nodes {
			if node := &i.Inventory.Groups[g].Nodes[n]; node.Name == from {
				node.Name = to
			}
		}
	}
	i.Facts.Nodes[to] = i.Facts.Nodes[from]
}

// Widths hold for every size and share: at least one, never more than there
// are, never more than max_out, rounded down.
func TestPropertyWidthArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 150).Draw(t, "agents")
		width, out := anyLimit(t, "width"), anyLimit(t, "max out")
		out.Set = rapid.Bool().Draw(t, "max_out said")
		g := agents("general", "a", n)
		g.Policy.Width = width
		in := healthy(g)
		in.Inventory.Policy.MaxOut = out
		p := mustBuild(t, in)
		got := p.Groups[0].Width
		want := max(1, min(n, width.N))
		if width.Percent {
			want = max(1, n*width.N/100)
		}
		if got != min(want, p.MaxOut) || got < 1 || got > n {
			t.Fatalf("width %s of %d agents, max_out %d: %d", width, n, p.MaxOut, got)
		}
		if !out.Set && p.MaxOut != want+max(2, n/50) {
			t.Fatalf("max_out %d for width %d of %d", p.MaxOut, want, n)
		}
	})
}

func TestPropertyNaturalOrderIsTotal(t *testing.T) {
	name := rapid.StringMatching(`[a-c0-1]{0,4}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := name.Draw(t, "a"), name.Draw(t, "b"), name.Draw(t, "c")
		if (natural(a, b) == 0) != (a == b) || natural(a, b) != -natural(b, a) {
			t.Fatalf("%q and %q: %d, %d", a, b, natural(a, b), natural(b, a))
		}
		if natural(a, b) < 0 && natural(b, c) < 0 && natural(a, c) >= 0 {
			t.Fatalf("%q < %q < %q, but not %q < %q", a, b, c, a, c)
		}
	})
}

func TestPropertyMarshalAndUnmarshalAreInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := mustBuild(t, anyCluster(t))
		b, err := Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		q, err := Unmarshal(b)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(q, p) {
			t.Fatalf("read %+v\nwrote %+v", q, p)
		}
	})
}
