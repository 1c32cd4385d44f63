package prove

import (
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// story is how a world of three masters and three agents came to be: the calm run up
// to a move, then moves by name, each after the calm ones before it.
func story(t *testing.T, moves ...string) world {
	t.Helper()
	w := begin(small(3, 3, 1, 0), Bounds{})
	for _, told := range moves {
		w = onTo(t, w, told)
	}
	return w
}

// onTo goes on by the first moves until one of that name can be taken, and takes it.
func onTo(t *testing.T, w world, told string) world {
	t.Helper()
	for range 200 {
		if w.broken() != "" {
			t.Fatalf("on the way to %q: %s", told, w.broken())
		}
		rich := w
		rich.left = Bounds{Troubles: 1, Crashes: 1}
		for _, m := range rich.moves() {
			if m.told == told {
				m.left = Bounds{}
				return m
			}
		}
		next := w.moves()
		if len(next) == 0 {
			break
		}
		w = next[0]
	}
	t.Fatalf("no story comes to %q", told)
	return w
}

// command is the step that the engine begins next.
func (w world) command(t *testing.T) plan.Task {
	t.Helper()
	if len(w.cmds) != 1 || w.cmds[0].Start == nil {
		t.Fatalf("commands %+v, want one step to start", w.cmds)
	}
	return *w.cmds[0].Start
}

// change edits the fate of a step.
func (w *world) change(id plan.StepID, edit func(f *fate)) {
	f := w.nodes[id]
	edit(&f)
	w.nodes = w.nodes.with(id, f)
}

// TestTheOracleSees: an oracle that never speaks proves nothing. Each rule is broken
// by hand, alone, in a world of a story; beside it is the like that breaks nothing.
func TestTheOracleSees(t *testing.T) {
	const m1, m2, a1, probe = "masters/m1/patch", "masters/m2/patch", "canary/a1/patch", "canary/a1/launch-probe"
	admitted := []string{"m1 is admitted to masters"}
	patching := []string{m1 + " starts (attempt 1)"}
	ready := []string{"masters/m1/baseline is done", "the cluster is looked at"}
	again := append([]string{m1 + " fails before the swap", "the run stops: failed", "somebody resumes"}, ready...)
	remedied := []string{m1 + " dies in the swap", "the run stops: failed", "somebody resumes, and approves finish-swap on [m1]", "the cluster is looked at"}
	launched := func(edit func(w *world, task *plan.Task)) func(*testing.T, *world) {
		return func(t *testing.T, w *world) {
			task := w.command(t)
			if edit != nil {
				edit(w, &task)
			}
			all := w.start(task)
			*w = all[len(all)-1]
		}
	}
	fated := func(id plan.StepID, edit func(f *fate)) func(*testing.T, *world) {
		return func(_ *testing.T, w *world) { w.change(id, edit) }
	}
	for _, c := range []struct {
		name  string
		moves []string
		do    func(t *testing.T, w *world)
		want  string // empty: nothing is broken
	}{
		{"one master out", patching, nil, ""},
		{"two masters out", patching, fated(m2, func(f *fate) { *f = fate{begun: 1, over: true, out: true} }), "two masters out at once: m1 and m2"},
		{"a lane that waits for its script", patching, fated(m1, func(f *fate) { f.over = false }), ""},
		{"a lane ahead of its script", []string{"masters/m1/serve starts (attempt 1)"}, fated(m1, func(f *fate) { f.over = false }), "m1: its lane has gone on, and its script still runs"},
		{"a lane ahead of finish-swap", []string{"masters/m1/serve starts (attempt 1)"}, fated(m1, func(f *fate) { f.finishing = true }), "m1: its lane has gone on, and its script still runs"},
		{"a lane that is done, its script at work", []string{"canary/a1/serve is done", probe + " is done"}, fated(a1, func(f *fate) { f.over = false }), "a1: its lane has gone on, and its script still runs"},
		{"a probe at work", []string{probe + " starts (attempt 1)"}, nil, ""},
		{"a lane ahead of what a probe left", []string{probe + " starts (attempt 1)"}, fated(a1, func(f *fate) { f.probe = true }), "a1: its lane has gone on, and the framework of its launch probe may be left"},
		{"a probe's framework that is not owed", []string{"canary/a1/serve starts (attempt 1)"}, fated(probe, func(f *fate) { f.probe = true }), "a1: the framework of its launch probe may be left, and the run does not owe to remove it"},
		{"an agent after the masters", []string{a1 + " starts (attempt 1)"}, nil, ""},
		{"an agent before a master", []string{a1 + " starts (attempt 1)"}, fated(m2, func(f *fate) { *f = fate{} }), "agents are taken before master m2 is done"},
		{"an agent before a master that is cut", []string{a1 + " starts (attempt 1)"}, fated(m2, func(f *fate) { f.class = plan.MidSwap }), "agents are taken before master m2 is done"},
		{"an agent before a master that is not verified", []string{a1 + " starts (attempt 1)"}, fated(m2, func(f *fate) { f.out = true }), "agents are taken before master m2 is done"},
		{"an agent before a master whose swap is being finished", []string{a1 + " starts (attempt 1)"}, fated(m2, func(f *fate) { f.class, f.finishing = plan.MidSwap, true }), "m2: its lane has gone on, and its script still runs"},

		{"safe to leave", admitted, nil, ""},
		{"safe to leave while a script runs", admitted, fated(m1, func(f *fate) { f.begun = 1 }), "SAFE TO LEAVE is said falsely: the script is running on m1"},
		{"safe to leave with a swap cut", admitted, fated(m1, func(f *fate) { f.begun, f.over, f.class = 1, true, plan.MidSwap }), "SAFE TO LEAVE is said falsely: m1 is in the middle of a swap"},
		{"safe to leave with a master that the run took", admitted, fated(m1, func(f *fate) { f.begun, f.over, f.out = 1, true, true }), "SAFE TO LEAVE is said falsely: master m1 does not serve"},
		{"safe to leave with a master that failed by itself", admitted, func(_ *testing.T, w *world) { w.other, w.waits = others{"m1": 0}, 1 }, ""},

		{"the engine breaks a rule of what it knows", admitted, func(_ *testing.T, w *world) { w.state.Flight = []int{0, 1} }, "2 nodes in flight, width 1"},
		{"the live monitor speaks", admitted, func(_ *testing.T, w *world) {
			w.state.Stop = &journal.Stop{Reason: journal.StopInvariant, Detail: "two"}
		}, "the live monitor stopped the engine: two"},
		{"another stop", admitted, func(_ *testing.T, w *world) { w.state.Stop = &journal.Stop{Reason: journal.StopFailed} }, ""},
		{"a run that hangs", admitted, func(_ *testing.T, w *world) { w.cmds = nil }, "nothing to do, nothing under way, and no end: the run hangs"},
		{"a run that waits", patching, func(_ *testing.T, w *world) { w.cmds = nil }, ""},

		{"a master is taken", ready, launched(nil), ""},
		{"a master taken in an interrupted run", ready, launched(func(w *world, _ *plan.Task) { w.state.Paused = true }), "m1 is taken although somebody has interrupted the run"},
		{"a master taken in a red cluster", ready, launched(func(w *world, _ *plan.Task) { w.red = true }), "m1 is taken although the cluster was red when it was last looked at"},
		{"a master taken beside one that failed", ready, launched(func(w *world, _ *plan.Task) { w.other, w.waits = others{"m3": 0}, 1 }), "m1 is taken while master m3 does not serve"},
		{"a master taken beside one that fails just now", ready, launched(func(w *world, _ *plan.Task) { w.other = others{"m3": 0} }), ""},
		{"a script begun again that changed nothing", again, launched(nil), ""},
		{"a script begun again", again, launched(func(w *world, _ *plan.Task) { w.change(m1, func(f *fate) { f.class = plan.NotStarted }) }), "the script is begun again on m1, and nothing proves that the last time changed nothing"},
		{"a script begun again while it runs", again, launched(func(w *world, _ *plan.Task) { w.change(m1, func(f *fate) { f.over = false }) }), "the script is begun again on m1, and nothing proves that the last time changed nothing"},

		{"a swap is finished", remedied, launched(nil), ""},
		{"a swap finished that nobody approved", remedied, launched(func(w *world, _ *plan.Task) { w.approved = nil }), "the swap of m1 is finished without approval"},
		{"a swap finished that was approved for another", remedied, launched(func(w *world, _ *plan.Task) { w.approved = []inventory.NodeName{"m2"} }), "the swap of m1 is finished without approval"},
		{"a swap finished without a proof", remedied, launched(func(_ *world, task *plan.Task) { task.Proof = "" }), "the swap of m1 is finished without a fresh proof"},
		{"a swap finished that was not cut", remedied, launched(func(w *world, _ *plan.Task) { w.change(m1, func(f *fate) { f.cut = false }) }), "the swap of m1 is finished, and it was not cut"},
		{"a swap finished that was finished", remedied, launched(func(w *world, _ *plan.Task) { w.change(m1, func(f *fate) { f.class = plan.ClassNone }) }), "the swap of m1 is finished, and it was not cut"},
		{"a swap finished beside another call", remedied, launched(func(w *world, _ *plan.Task) { w.change(m1, func(f *fate) { f.finishing = true }) }), "the swap of m1 is finished beside another call"},
		{"a swap finished in an interrupted run", remedied, launched(func(w *world, _ *plan.Task) { w.state.Paused = true }), "m1 is taken although somebody has interrupted the run"},
		{"a swap finished beside a master that failed", remedied, launched(func(w *world, _ *plan.Task) { w.other, w.waits = others{"m3": 0}, 1 }), "m1 is taken while master m3 does not serve"},

		{"done", []string{"run-done"}, nil, ""},
		{"done before all is", []string{"run-done"}, fated("general/a3/patch", func(f *fate) { *f = fate{} }), "done is said, and a3 is not patched and verified"},
		{"done with one taken", []string{"run-done"}, fated("general/a3/patch", func(f *fate) { f.out = true }), "done is said, and a3 is not patched and verified"},
		{"done with one whose services do not start", []string{"run-done"}, fated("general/a3/patch", func(f *fate) { f.class = plan.NotStarted }), "done is said, and a3 is not patched and verified"},
		{"done but for one that is left behind", []string{"general/a3/patch fails before the swap", "the run stops: failed", "somebody leaves a3 behind", "somebody resumes", "run-done"}, nil, ""},
		{"not done yet", []string{"the cluster is looked at", "a3 is admitted to general"}, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := story(t, c.moves...)
			if c.do != nil {
				c.do(t, &w)
			}
			if got := w.broken(); got != c.want {
				t.Errorf("the oracle says %q, want %q\n%s", got, c.want, strings.Join(c.moves, "\n"))
			}
		})
	}
}
