package orchestrator

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// world is what the nodes would know: the truth that the engine has to find.
type world struct {
	p       *plan.Plan
	begun   map[plan.StepID]int         // attempts really begun on the node
	ended   map[plan.StepID]plan.Report // how the last begun attempt ended; absent while it runs
	touched map[inventory.NodeName]bool // script begun, lane not verified since
}

// walk drives the engine through a random story: completions in any order,
// failures of each class, doubts, red and stale observations, notes, crashes
// of the controller, people who interrupt and resume.
func walk(t *rapid.T) (end journal.Kind, resumes int) {
	sh := shape{
		masters: rapid.SampledFrom([]int{3, 5}).Draw(t, "masters"), agents: rapid.IntRange(0, 6).Draw(t, "agents"),
		width: rapid.IntRange(1, 3).Draw(t, "width"), maxOut: rapid.IntRange(1, 4).Draw(t, "maxOut"),
		maxFailures: rapid.IntRange(0, 1).Draw(t, "maxFailures"), canary: rapid.Bool().Draw(t, "canary"),
	}
	p := testPlan(sh)
	w := &world{p: p, begun: map[plan.StepID]int{}, ended: map[plan.StepID]plan.Report{}, touched: map[inventory.NodeName]bool{}}
	tp := newTape(p)
	for range 2000 {
		if bad := Violations(tp.s); len(bad) > 0 {
			t.Fatalf("violations: %v", bad)
		}
		checkView(t, tp.s)
		if tp.s.Ended == journal.RunDone {
			checkDone(t, tp)
			return tp.s.Ended, resumes
		}
		if tp.s.Ended == journal.RunStopped {
			if resumes++; resumes > 20 {
				return tp.s.Ended, resumes
			}
			leaveBehind(t, tp)
			tp.add(journal.Event{Kind: journal.RunResumed, Epoch: resumes + 1})
			continue
		}
		w.turn(t, tp)
	}
	t.Fatalf("no end in 2000 turns: stage %d, flight %v, held %q", tp.s.Stage, tp.s.Flight, tp.s.HeldWhy)
	return "", resumes
}

// turn lets one thing happen: either the first command is carried out, or
// something that was begun ends, or somebody interferes.
func (w *world) turn(t *rapid.T, tp *tape) {
	switch rapid.IntRange(0, 255).Draw(t, "turn") { // rapid favours small numbers: rare things have large ones
	case 201, 202: // the controller dies and another takes over: the fold of the journal is all it has
		tp.s = refold(tp.events)
		tp.add(journal.Event{Kind: journal.RunResumed, Epoch: tp.s.Epoch + 1})
		return
	case 211:
		tp.add(journal.Event{Kind: journal.Paused})
		return
	}
	var running []int
	for _, i := range tp.s.Flight {
		if tp.s.Lanes[tp.s.Stage][i].Progress == Started {
			running = append(running, i)
		}
	}
	if len(running) > 0 && (len(tp.cmds) == 0 || rapid.Bool().Draw(t, "end")) {
		i := rapid.SampledFrom(running).Draw(t, "which")
		w.finish(t, tp, tp.s.step(i))
		return
	}
	if len(tp.cmds) == 0 {
		t.Fatalf("nothing to do and nothing under way: stage %d flight %v stop %v", tp.s.Stage, tp.s.Flight, tp.s.Stop)
	}
	w.perform(t, tp, tp.cmds[0])
}

func (w *world) perform(t *rapid.T, tp *tape, c Command) {
	switch {
	case c.Record != nil:
		if c.Record.Kind == journal.LaneAdmitted && (tp.s.Stop != nil || tp.s.Paused) {
			t.Fatalf("%s admitted after a stop", c.Record.Node)
		}
		tp.add(*c.Record)
	case c.Start != nil:
		w.begin(t, tp, *c.Start)
	case c.Reconcile != nil:
		tp.add(journal.Event{Kind: journal.Reconciled, Step: c.Reconcile.Step.ID, Report: w.look(t, *c.Reconcile)})
	case c.Observe != nil:
		obs := green(w.p)
		asked := tp.s.Seq
		switch rapid.IntRange(0, 4).Draw(t, "observation") {
		case 0:
			obs.Green = false
		case 1:
			asked = 0 // begun before anything happened
		}
		tp.add(journal.Event{Kind: journal.Observed, Observation: &obs, Asked: asked})
	}
}

// begin carries out a start, as a node would: an attempt begins once.
func (w *world) begin(t *rapid.T, tp *tape, task plan.Task) {
	id := task.Step.ID
	tp.add(journal.Event{Kind: journal.StepStarted, Step: id, Attempt: task.Attempt})
	if !task.Step.Action.Mutates() {
		return
	}
	for n := range w.touched {
		if tp.s.node(n).Role == tp.s.node(task.Step.Node).Role && n != task.Step.Node && !tp.s.node(n).Role.IsAgent() {
			t.Fatalf("%s begun while master %s is out", id, n)
		}
	}
	if rapid.IntRange(0, 255).Draw(t, "crash before the node heard") > 240 {
		tp.s = refold(tp.events)
		tp.add(journal.Event{Kind: journal.RunResumed, Epoch: tp.s.Epoch + 1})
		return
	}
	switch {
	case task.Attempt == w.begun[id]: // the node adopts
	case task.Attempt == w.begun[id]+1:
		if rep, over := w.ended[id]; w.begun[id] > 0 && (!over || rep.Class != plan.BeforeSwap) {
			t.Fatalf("%s: attempt %d while the last %+v (over %v)", id, task.Attempt, rep, over)
		}
		w.begun[id]++
		delete(w.ended, id)
		w.touched[task.Step.Node] = true
	default:
		t.Fatalf("%s: attempt %d after %d", id, task.Attempt, w.begun[id])
	}
}

func (w *world) look(t *rapid.T, task plan.Task) *plan.Report {
	id := task.Step.ID
	rep, over := w.ended[id]
	switch {
	case w.begun[id] < task.Attempt:
		return &plan.Report{Outcome: plan.NotRun}
	case !over:
		return &plan.Report{Outcome: rapid.SampledFrom([]plan.Outcome{plan.Running, plan.InDoubt}).Draw(t, "look")}
	default:
		return &rep
	}
}

// finish lets a started step end in one of the ways there are.
func (w *world) finish(t *rapid.T, tp *tape, st plan.Step) {
	rep := plan.Report{Outcome: plan.Done}
	if st.Action == plan.ActionBaseline {
		rep.Evidence = []byte(fmt.Sprintf(`{"at":%d}`, tp.s.Seq))
	}
	switch rapid.IntRange(0, 255).Draw(t, "ending") {
	case 201, 202, 203, 204, 205, 206, 207, 208, 209, 210:
		rep = plan.Report{Outcome: plan.Failed, Class: plan.NotVerified}
	case 211:
		rep = plan.Report{Outcome: plan.InDoubt}
	}
	if st.Action.Mutates() && w.begun[st.ID] > 0 {
		if old, over := w.ended[st.ID]; over {
			rep = old
		} else {
			if rep.Outcome == plan.Failed {
				rep.Class = rapid.SampledFrom([]plan.Class{plan.BeforeSwap, plan.MidSwap}).Draw(t, "class")
			}
			if rep.Outcome != plan.InDoubt {
				w.ended[st.ID] = rep
			}
		}
		if rep.Class == plan.BeforeSwap {
			delete(w.touched, st.Node)
		}
	}
	if st.Action == plan.ActionProbe && (rep.Outcome == plan.Done || rep.Outcome == plan.Failed && rapid.Bool().Draw(t, "undone")) {
		rep.Undone = true
	}
	tp.add(journal.Event{Kind: journal.StepEnded, Step: st.ID, Report: &rep})
	if rep.Outcome == plan.Done && st.Action == plan.ActionServe {
		delete(w.touched, st.Node)
	}
}

// leaveBehind lets a person park, at times, one of the nodes that may be.
func leaveBehind(t *rapid.T, tp *tape) {
	if rapid.IntRange(0, 255).Draw(t, "park") < 200 {
		return
	}
	var may []inventory.NodeName
	for _, n := range tp.s.Plan.Nodes {
		if tp.s.Parkable(n.Name) == "" {
			may = append(may, n.Name)
		}
	}
	if len(may) > 0 {
		tp.add(journal.Event{Kind: journal.LaneParked, Node: rapid.SampledFrom(may).Draw(t, "which is parked"), Detail: "PSU"})
	}
}

func refold(events []journal.Event) State {
	s := New()
	for _, e := range events {
		s, _ = Next(s, e)
	}
	return s
}

func checkDone(t *rapid.T, tp *tape) {
	for _, o := range tp.s.Obligations() {
		for _, n := range o.Nodes {
			if o.ID == plan.OwesProbe && tp.s.LeftBehind(n) == "" {
				t.Fatalf("done, and a launch probe's framework may be left: %v", tp.s.Obligations())
			}
		}
	}
	for k, st := range tp.s.Plan.Stages {
		for i, l := range tp.s.Lanes[k] {
			if l.Phase == Verified || l.Phase == Parked && l.ParkReason != "" || st.Kind == plan.StageGroup && (l.Phase == Parked || l.Phase == Broken) {
				continue
			}
			t.Fatalf("done, but lane %s/%s is %s", st.ID, st.Lanes[i].Node, l.Phase)
		}
	}
}

// TestEveryStoryKeepsTheRules is the engine's property: whatever happens, the
// invariants hold, the same events give the same state, and the run can end.
func TestEveryStoryKeepsTheRules(t *testing.T) {
	endings, stops := map[journal.Kind]int{}, 0
	rapid.Check(t, func(t *rapid.T) {
		end, resumes := walk(t)
		endings[end]++
		stops += resumes
	})
	t.Logf("stories by their end: %v, with %d stops in between", endings, stops)
	if stops == 0 || endings[journal.RunDone] == 0 {
		t.Errorf("ends %v, %d stops: want some of each, or the property says little", endings, stops)
	}
}

// checkView wants the projection to have something to say of every state, and to leave
// the state as it is.
func checkView(t *rapid.T, s State) {
	before := s.Key()
	v := s.View(s.At.Add(time.Minute))
	if v.Word == "" || v.Safety.Why == "" || v.Ended == journal.RunStopped && (v.Stop == nil || len(v.Onward) == 0) || v.Hold != "" && v.Plan == nil {
		t.Fatalf("nothing is said of it: %+v", v)
	}
	for _, tally := range []Tally{v.Masters, v.Agents} {
		if n := tally.Verified + tally.InFlight + tally.InDoubt + tally.Failed + tally.Parked + tally.Untouched + tally.AtTarget + tally.Excluded; n != tally.Nodes {
			t.Fatalf("%d of %d nodes are counted: %+v", n, tally.Nodes, tally)
		}
	}
	if s.Key() != before {
		t.Fatal("looking at the run has changed it")
	}
}
