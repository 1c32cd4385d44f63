package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"pgregory.net/rapid"
)

func masters(n int) (ms []Node, names []inventory.NodeName) {
	for i := range n {
		name := inventory.NodeName(fmt.Sprintf("m%d", i+1))
		ms = append(ms, Node{Name: name, Role: dcos.Master})
		names = append(names, name)
	}
	return ms, names
}

func TestProveMaster(t *testing.T) {
	three, all := masters(3)
	five, all5 := masters(5)
	q := func(size int, age time.Duration, serving ...inventory.NodeName) Quorum {
		return Quorum{Name: "zookeeper", Size: size, Serving: serving, Age: Duration(age)}
	}
	for _, c := range []struct {
		name      string
		masters   []Node
		candidate inventory.NodeName
		needAll   bool
		quorums   []Quorum
		want      string // in the error; empty: proved
	}{
		{"three of three serve", three, "m2", false, []Quorum{q(3, time.Second, all...)}, ""},
		{"a second quorum is short", three, "m2", false, []Quorum{q(3, 0, all...), {Name: "cockroach", Size: 3, Serving: all[:2]}}, "cockroach: 2/3 serve, quorum 2: m2 stops, 1 would remain"},
		{"the candidate is the one that is down", three, "m3", false, []Quorum{q(3, 0, all[:2]...)}, ""},
		{"the candidate is down, and all others serve as demanded", three, "m3", true, []Quorum{q(3, 0, all[:2]...)}, ""},
		{"one of five is down", five, "m1", false, []Quorum{q(5, 0, all5[:4]...)}, ""},
		{"one of five is down where all others must serve", five, "m1", true, []Quorum{q(5, 0, all5[:4]...)}, "m5 does not serve"},
		{"nothing known", three, "m1", false, nil, "no quorum is known"},
		{"a zero quorum", three, "m1", false, []Quorum{{}}, "size is unknown"},
		{"a stale yes", three, "m1", false, []Quorum{q(3, FreshFor+time.Second, all...)}, "old"},
		{"a yes from the future", three, "m1", false, []Quorum{q(3, -time.Second, all...)}, "age"},
		{"an ensemble that shrank to those who serve", three, "m1", false, []Quorum{q(2, 0, all[:2]...)}, "has 2 members, the plan 3"},
		{"one member counted twice", three, "m1", false, []Quorum{q(3, 0, "m2", "m2", "m3")}, "counted twice"},
		{"a stranger serves", three, "m1", false, []Quorum{q(3, 0, "m1", "m2", "x")}, "x serves in it"},
		{"the candidate is no master", three, "a1", false, []Quorum{q(3, 0, all...)}, "not a master"},
	} {
		t.Run(c.name, func(t *testing.T) {
			proof, err := ProveMaster(Observation{Green: true, Quorums: c.quorums}, c.candidate, c.masters, c.needAll)
			switch {
			case c.want == "" && (err != nil || proof == ""):
				t.Errorf("no proof: %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("proof %q, error %v, want an error with %q", proof, err, c.want)
			}
		})
	}
}

// (h), the rest of it: the only master is taken by an explicit waiver alone, and
// while it serves.
func TestTheOnlyMasterIsTakenByAWaiverAlone(t *testing.T) {
	lone := Waiver{Check: CheckSingleMaster, Reason: "a test cluster"}
	serves := Observation{Green: true, Quorums: []Quorum{{Name: "zookeeper", Size: 1, Serving: []inventory.NodeName{"m1"}}}}
	with := func(change func(*Observation)) Observation {
		obs := serves
		obs.Quorums = slices.Clone(serves.Quorums)
		change(&obs)
		return obs
	}
	for _, c := range []struct {
		name    string
		masters int
		waivers []Waiver
		obs     Observation
		want    string // in the error; empty: proved
	}{
		{"it serves, and that is waived", 1, []Waiver{lone}, serves, ""},
		{"nothing is waived", 1, nil, serves, "0 would remain"},
		{"something else is waived", 1, []Waiver{{Check: CheckDisk, Reason: "r"}}, serves, "0 would remain"},
		{"the waiver gives no reason", 1, []Waiver{{Check: CheckSingleMaster}}, serves, "0 would remain"},
		{"it does not serve", 1, []Waiver{lone}, with(func(o *Observation) { o.Quorums[0].Serving = nil }), "it does not serve"},
		{"the sample is old", 1, []Waiver{lone}, with(func(o *Observation) { o.Quorums[0].Age = Duration(FreshFor + time.Second) }), "old"},
		{"the cluster is red", 1, []Waiver{lone}, with(func(o *Observation) { o.Green = false }), "not green"},
		{"nothing is known", 1, []Waiver{lone}, Observation{Green: true}, "no quorum is known"},
		{"the ensemble has three", 1, []Waiver{lone}, with(func(o *Observation) { o.Quorums[0].Size = 3 }), "has 3 members"},
		{"there are three masters, of which one serves", 3, []Waiver{lone}, with(func(o *Observation) { o.Quorums[0].Size = 3 }), "would remain"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &Plan{Waivers: c.waivers, From: "2.1.0"}
			p.Nodes, _ = masters(c.masters)
			proof, err := p.ProveMaster(c.obs, "m1")
			switch {
			case c.want == "" && (err != nil || !strings.Contains(proof, lone.Reason)):
				t.Errorf("proof %q, error %v", proof, err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("proof %q, error %v, want an error with %q", proof, err, c.want)
			}
		})
	}
}

func TestNoProofWhileTheClusterIsNotGreen(t *testing.T) {
	ms, names := masters(3)
	_, err := ProveMaster(Observation{Quorums: []Quorum{{Name: "zk", Size: 3, Serving: names}}}, "m1", ms, false)
	var q *QuorumError
	if !errors.As(err, &q) || q.Quorum != "" {
		t.Errorf("got %v", err)
	}
}

func TestNoQuorumAtAllProvesNothing(t *testing.T) {
	ms, _ := masters(3)
	for _, quorums := range [][]Quorum{nil, {}} {
		if proof, err := ProveMaster(Observation{Green: true, Quorums: quorums}, "m1", ms, false); err == nil {
			t.Errorf("%#v proved %q", quorums, proof)
		}
	}
}

// While one master is out no member may serve whole: whom they wait for is said.
func TestMembersThatOnlyWaitForAnotherAreSaidToDoSo(t *testing.T) {
	by := func(names ...inventory.NodeName) []inventory.NodeName { return names }
	for _, row := range []struct {
		q    Quorum
		want string
	}{
		{Quorum{Size: 3}, ""},
		{Quorum{Size: 3, Hindered: map[inventory.NodeName][]inventory.NodeName{"m3": by("m2"), "m1": by("m2"), "m2": by("m2")}}, " (m1, m3 wait for m2)"},
		{Quorum{Size: 3, Serving: by("m1"), Hindered: map[inventory.NodeName][]inventory.NodeName{"m1": by("m2"), "m3": by("m2")}}, " (m3 waits for m2)"},
		{Quorum{Size: 5, Hindered: map[inventory.NodeName][]inventory.NodeName{"m1": by("m4", "m5"), "m2": by("m4"), "m3": by("m4")}}, " (m2, m3 wait for m4; m1 waits for m4, m5)"},
		{Quorum{Size: 3, Serving: by("m1", "m2"), Unknown: by("m3")}, " (no answer of m3)"},
		{Quorum{Size: 3, Hindered: map[inventory.NodeName][]inventory.NodeName{"m1": by("m2")}, Unknown: by("m3")}, " (m1 waits for m2; no answer of m3)"},
	} {
		if got := row.q.Waits(); got != row.want {
			t.Errorf("%+v: %q, want %q", row.q, got, row.want)
		}
	}
}

func TestTheProofIsInWords(t *testing.T) {
	ms, names := masters(3)
	got, err := ProveMaster(Observation{Green: true, Quorums: []Quorum{
		{Name: "zookeeper", Size: 3, Serving: names, Age: Duration(2 * time.Second)},
		{Name: "cockroach", Size: 3, Serving: names},
	}}, "m2", ms, true)
	want := "zookeeper 3/3 serve, quorum 2: m2 stops, 2 remain (2s old); cockroach 3/3 serve, quorum 2: m2 stops, 2 remain (0s old)"
	if err != nil || got != want {
		t.Errorf("got %q, %v\nwant %q", got, err, want)
	}
}

// (h): whatever is observed, a proved candidate leaves a majority of every
// quorum serving, so that at most floor((n-1)/2) masters are out with it.
func TestPropertyAProofLeavesAMajorityInEveryQuorum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 7).Draw(t, "masters")
		ms, names := masters(n)
		obs := Observation{Green: true}
		for i := range rapid.IntRange(0, 3).Draw(t, "quorums") {
			obs.Quorums = append(obs.Quorums, Quorum{
				Name:    fmt.Sprint(i),
				Size:    rapid.IntRange(0, 8).Draw(t, "size"),
				Serving: rapid.SliceOfN(rapid.SampledFrom(append(names, "x")), 0, 8).Draw(t, "serving"),
				Age:     Duration(rapid.Int64Range(-1e9, 70e9).Draw(t, "age")),
			})
		}
		candidate := rapid.SampledFrom(names).Draw(t, "candidate")
		needAll := rapid.Bool().Draw(t, "needAll")
		if _, err := ProveMaster(obs, candidate, ms, needAll); err != nil {
			return
		}
		if len(obs.Quorums) == 0 {
			t.Fatal("proved from nothing")
		}
		for _, q := range obs.Quorums {
			out := n
			for _, m := range names {
				if m != candidate && slices.Contains(q.Serving, m) {
					out--
				}
			}
			if out > (n-1)/2 || needAll && out > 1 {
				t.Fatalf("%d of %d would be out of %+v", out, n, q)
			}
		}
	})
}

func TestPropertyAdmissionStaysWithinItsLimits(t *testing.T) {
	names := []inventory.NodeName{"a", "b", "c", "d", "e", "f"}
	rapid.Check(t, func(t *rapid.T) {
		some := rapid.SliceOfN(rapid.SampledFrom(names), 0, 6)
		a := Admission{
			Candidate:  rapid.SampledFrom(names).Draw(t, "candidate"),
			InFlight:   some.Draw(t, "in flight"),
			Out:        some.Draw(t, "out"),
			Foreign:    rapid.IntRange(0, 2).Draw(t, "foreign"),
			Width:      rapid.IntRange(0, 6).Draw(t, "width"),
			MaxOut:     rapid.IntRange(0, 8).Draw(t, "max out"),
			ZoneSpread: rapid.IntRange(0, 3).Draw(t, "spread"),
			Zones:      map[inventory.NodeName]string{"a": "x", "b": "x", "c": "y", "d": "y", "e": "z"},
		}
		_, err := Admit(a)
		ours, all, zones := map[inventory.NodeName]bool{a.Candidate: true}, map[inventory.NodeName]bool{a.Candidate: true}, map[string]bool{}
		for _, n := range a.InFlight {
			ours[n], all[n] = true, true
		}
		for _, n := range a.Out {
			all[n] = true
		}
		for n := range ours {
			zones[a.Zones[n]] = true
		}
		ok := !slices.Contains(a.InFlight, a.Candidate) && len(ours) <= a.Width && len(all)+a.Foreign <= a.MaxOut &&
			(a.ZoneSpread == 0 || len(zones) <= a.ZoneSpread)
		if ok != (err == nil) {
			t.Fatalf("admitted %v, want %v: %v", err == nil, ok, err)
		}
	})
}

func TestAdmit(t *testing.T) {
	type names = []inventory.NodeName
	zones := map[inventory.NodeName]string{"a1": "x", "a2": "x", "b1": "y"}
	for _, c := range []struct {
		name string
		a    Admission
		want string // the limit; empty: admitted
	}{
		{"the first lane", Admission{Candidate: "a1", Width: 1, MaxOut: 1}, ""},
		{"limits that nobody set", Admission{Candidate: "a1"}, "width"},
		{"the window is full", Admission{Candidate: "a1", InFlight: names{"a2"}, Width: 1, MaxOut: 5}, "width"},
		{"others are out", Admission{Candidate: "a1", Out: names{"a2", "b1"}, Width: 2, MaxOut: 2}, "max_out"},
		{"the candidate itself is out already", Admission{Candidate: "a1", Out: names{"a1", "b1"}, Width: 2, MaxOut: 2}, ""},
		{"a lane in flight is out, once", Admission{Candidate: "a1", InFlight: names{"a2"}, Out: names{"a2"}, Width: 2, MaxOut: 2}, ""},
		{"an agent nobody declared is out", Admission{Candidate: "a1", Foreign: 2, Width: 2, MaxOut: 2}, "max_out"},
		{"a second zone", Admission{Candidate: "b1", InFlight: names{"a1"}, Width: 2, MaxOut: 2, ZoneSpread: 1, Zones: zones}, "zones"},
		{"the same zone", Admission{Candidate: "a2", InFlight: names{"a1"}, Width: 2, MaxOut: 2, ZoneSpread: 1, Zones: zones}, ""},
		{"twice the same lane", Admission{Candidate: "a1", InFlight: names{"a1"}, Width: 2, MaxOut: 2}, "in flight"},
	} {
		_, err := Admit(c.a)
		var l *LimitError
		if got := errors.As(err, &l); got != (c.want != "") || got && l.Limit != c.want {
			t.Errorf("%s: got %v, want limit %q", c.name, err, c.want)
		}
	}
}
