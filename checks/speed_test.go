package checks

import (
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/gates"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// race is one gate, and how what it waits for comes true in the fake cluster.
type race struct {
	gate  string
	what  string // comes true
	node  inventory.NodeName
	begin func(*fakeCluster) // before the step; nil: nothing but an old process
	comes func(*fakeCluster)
	// median is the most that half of the waits may go on after the condition
	// came true, beyond the span.
	median time.Duration
}

// races are in the order of the table. Metrics may be read once in 600 ms, and
// what makes the node work (Exhibitor asks its peers, cockroach and the node's
// checks start programs) is asked less often, too.
func races() []race {
	patched := func(n inventory.NodeName) func(*fakeCluster) { return func(f *fakeCluster) { f.nodes[n].patch() } }
	const (
		cheap   = 250 * time.Millisecond
		lists   = 350 * time.Millisecond // several answers one after the other
		metrics = 450 * time.Millisecond
	)
	gone := func(f *fakeCluster) { f.agents[0].Active = false }
	back := func(f *fakeCluster) {
		f.agents[0].Active, f.agents[0].ReregisteredAt, f.agents[0].Version = true, time.Now(), "1.10.1"
	}
	late := func(n inventory.NodeName) func(*fakeCluster) {
		return func(f *fakeCluster) { f.nodes[n].patch(); gone(f) }
	}
	newWith := func(n inventory.NodeName, what string, err error) (begin, comes func(*fakeCluster)) {
		begin = func(f *fakeCluster) { f.nodes[n].patch(); f.nodes[n].broken[what] = err }
		return begin, func(f *fakeCluster) { delete(f.nodes[n].broken, what) }
	}
	zkDown, zkUp := newWith("m1", "srvr", errDown)
	checksDown, checksUp := newWith("a037", "checks", errDown)
	missing := func(f *fakeCluster) { f.nodes["m1"].patch(); f.nodes["m1"].metrics["registrar/log/recovered"] = 0 }
	const restart, asksPeers, runs = "a new process", 1300 * time.Millisecond, 2700 * time.Millisecond
	return []race{
		{gate: "exhibitor", what: restart, node: "m1", comes: patched("m1"), median: cheap},
		{gate: "exhibitor", what: "its ZooKeeper serves", node: "m1", begin: zkDown, comes: zkUp, median: asksPeers},
		{gate: "mesos-master", what: restart, node: "m1", comes: patched("m1"), median: cheap},
		{gate: "registrar", what: restart, node: "m1", comes: patched("m1"), median: cheap},
		{gate: "registrar", what: "recovered", node: "m1", begin: missing, comes: func(f *fakeCluster) { clear(f.nodes["m1"].metrics) }, median: metrics},
		{gate: "cockroach", what: restart, node: "m1", comes: patched("m1"), median: 1500 * time.Millisecond},
		{gate: "leader", what: "a leader", node: "m1", begin: func(f *fakeCluster) { f.leader = "" }, comes: func(f *fakeCluster) { f.leader = "m2" }, median: metrics},
		{gate: "agents-back", what: "the agent", node: "m1", begin: late("m1"), comes: back, median: lists},
		{gate: "registered", what: "the agent", node: "a037", begin: late("a037"), comes: back, median: lists},
		{gate: "tasks", what: "the agent", node: "a037", begin: late("a037"), comes: back, median: lists},
		{gate: "mesos-version", what: restart, node: "a037", comes: patched("a037"), median: cheap},
		{gate: "check-runner", what: restart, node: "a037", comes: patched("a037"), median: cheap},
		{gate: "check-runner", what: "the checks", node: "a037", begin: checksDown, comes: checksUp, median: runs},
		{gate: "units", what: restart, node: "a037", comes: patched("a037"), median: cheap},
	}
}

// lag is how long after the condition came true, beyond the span, the gate
// held: each answer of a node takes 20 ms, and the wait some 10 to 60 s.
func (r race) lag(t *testing.T, rng *rand.Rand) (lag time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.takes = 20 * time.Millisecond
		c := New(f, fakeSubject())
		task := step(t, c, r.node, r.gate)
		if r.begin != nil {
			f.set(func() { r.begin(f) })
		}
		after := 10*time.Second + time.Duration(rng.Int64N(int64(50*time.Second)))
		var came time.Time
		time.AfterFunc(after, func() { f.set(func() { r.comes(f); came = time.Now() }) })
		if _, err := c.Await(t.Context(), task, nil); err != nil {
			t.Fatal(err)
		}
		lag = time.Since(came) - task.Step.Gates[0].Span.D()
		for name, n := range f.nodes {
			for i := 1; i < len(n.reads); i++ {
				if gap := n.reads[i].Sub(n.reads[i-1]); gap < 600*time.Millisecond {
					t.Fatalf("%s: two reads of its metrics within %s", name, gap)
				}
			}
		}
	})
	return lag
}

// median is that of so many waits.
func (r race) medianOf(t *testing.T, waits int) time.Duration {
	rng := rand.New(rand.NewPCG(1, uint64(len(r.gate))))
	lags := make([]time.Duration, waits)
	for i := range lags {
		lags[i] = r.lag(t, rng)
	}
	slices.Sort(lags)
	return lags[waits/2]
}

func TestAGateNoticesSoonWhatItWaitsForWithoutAskingTooOften(t *testing.T) {
	for _, r := range races() {
		t.Run(r.gate+": "+r.what, func(t *testing.T) {
			got := r.medianOf(t, 11)
			t.Logf("half of the waits end within %s", got)
			if got > r.median {
				t.Errorf("half of the waits go on for %s after the condition came true: at most %s is bearable", got, r.median)
			}
		})
	}
}

// BenchmarkGateSpeed is how long after a condition came true the gate holds,
// beyond its span, in virtual time: the median of 101 waits.
func BenchmarkGateSpeed(b *testing.B) {
	for _, r := range races() {
		b.Run(r.gate+": "+r.what, func(b *testing.B) {
			var median time.Duration
			for b.Loop() {
				round := testing.InternalTest{Name: b.Name(), F: func(t *testing.T) { median = r.medianOf(t, 101) }}
				if !testing.RunTests(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{round}) {
					b.Fatal("a wait did not end well")
				}
			}
			b.ReportMetric(float64(median.Milliseconds()), "p50-ms")
		})
	}
}

func TestAGateIsAskedByItsPaceDuringARowAndSoonWhileItWaits(t *testing.T) {
	spec := plan.GateSpec{Gate: "units", Need: 2, Span: plan.Duration(60 * time.Second), Every: plan.Duration(20 * time.Second), Within: plan.Duration(10 * time.Minute)}
	row, _ := gates.Find("units")
	for _, c := range []struct {
		name    string
		samples []Sample
		now     int // seconds
		want    time.Duration
	}{
		{"soon at first", []Sample{at(1, dcos.Failed)}, 1, time.Second},
		{"less often the longer it takes", []Sample{at(1, dcos.Failed), at(300, dcos.Failed)}, 300, 2 * time.Second},
		{"by its pace after a good answer", []Sample{at(1, dcos.Failed), at(5, dcos.Passed)}, 5, 20 * time.Second},
		{"just when the span is over", []Sample{at(5, dcos.Passed), at(25, dcos.Passed), at(49, dcos.Passed)}, 50, 16 * time.Second},
		{"by its pace when it holds", []Sample{at(5, dcos.Passed), at(25, dcos.Passed), at(45, dcos.Passed), at(66, dcos.Passed)}, 66, 20 * time.Second},
		{"soon again after a bad answer", []Sample{at(5, dcos.Passed), at(25, dcos.Failed)}, 25, time.Second},
	} {
		b := newBoard([]plan.GateSpec{spec}, began)
		b.gates[0].eager = polled{gate: gate{Gate: row}, spec: spec}.eager()
		for _, s := range c.samples {
			b.add(0, s)
		}
		if got := b.pause(0, seconds(c.now)); got != c.want {
			t.Errorf("%s: asked again after %s, want %s", c.name, got, c.want)
		}
	}
	short := polled{gate: gate{Gate: row}, spec: plan.GateSpec{Every: plan.Duration(time.Second)}}
	if got := short.eager(); got != 200*time.Millisecond {
		t.Errorf("a rehearsal at a twentieth asks every %s while it waits", got)
	}
}
