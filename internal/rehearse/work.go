package rehearse

import (
	"fmt"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// poll is the pause between two looks at a step under way.
const poll = 5 * time.Second

// do begins a step, as package patcher would.
func (c *controller) do(t plan.Task) {
	w := &work{c: c, t: t, n: c.byName[t.Step.Node], began: c.now, green: never}
	if t.Step.Action.Mutates() && !t.Adopt {
		c.begins(w.n, c.s.Paused)
	}
	switch t.Step.Action {
	case plan.ActionStage:
		c.later(c.fetch(w.n), w.staged)
	case plan.ActionBaseline:
		c.later(c.around(baselineTakes), w.compared)
	case plan.ActionPatch:
		begin := w.patch
		if t.Remedy != plan.RemedyNone {
			begin = w.mend
		}
		c.later(c.around(lookTakes), begin)
	case plan.ActionReturn, plan.ActionServe:
		w.verify()
	case plan.ActionProbe:
		c.probing[w.n.Name] = true
		c.later(c.around(probeTakes), w.probe)
	case plan.ActionPreflight:
		c.later(c.around(preflightTakes), w.quiet)
	case plan.ActionPostflight:
		c.later(c.around(preflightTakes), w.quiet)
	default:
		w.quiet()
	}
}

// fetch is how long fetching the packages takes.
func (c *controller) fetch(n *node) time.Duration {
	if n.Staged {
		return c.around(stagedTakes)
	}
	return c.around(stageTakes)
}

// work is one step under way.
type work struct {
	c       *controller
	t       plan.Task
	n       *node // nil for a step of the cluster
	began   time.Duration
	green   time.Duration // the cluster has been green since then; never: it is not
	holding bool          // the engine was asked to admit nothing

	unanswered bool          // a call of finish-swap, which may be on its way
	until      time.Duration // which the node takes until then
}

func (w *work) again(act func()) { w.c.later(poll, act) }

// late reports whether the step's patience is over.
func (w *work) late() bool {
	limit := w.t.Step.Timeout.D()
	return limit > 0 && w.c.now >= w.began+limit
}

// ends reports the step's end; it may not be heard.
func (w *work) ends(rep plan.Report) {
	if w.n != nil {
		delete(w.c.holding, w.n.Name)
		if w.t.Remedy != plan.RemedyNone && rep.Outcome != plan.NotRun {
			delete(w.c.approved, w.n.Name)
		}
		if _, yes := w.c.hit(fault.AnswerLost, w.n.Name); yes {
			rep = plan.Report{Outcome: plan.InDoubt, Detail: "nobody heard how it ended"}
		}
		if w.t.Step.Action == plan.ActionProbe && rep.Outcome != plan.InDoubt {
			rep.Undone = true
			delete(w.c.probing, w.n.Name)
		}
		if rep.Outcome == plan.Failed {
			w.n.lost = true
			delete(w.c.admitted, w.n.Name)
		}
		if rep.Outcome == plan.Done && w.t.Step.Action == plan.ActionServe {
			w.c.verified[w.n.Name] = true
		}
	}
	w.c.news(journal.Event{Kind: journal.StepEnded, Step: w.t.Step.ID, Node: w.t.Step.Node, Report: &rep})
}

func (w *work) fails(class plan.Class, format string, args ...any) {
	w.ends(plan.Report{Outcome: plan.Failed, Class: class, Detail: fmt.Sprintf(format, args...)})
}

func (w *work) staged() {
	_, broken := w.c.hit(fault.StageFails, w.n.Name)
	switch {
	case !w.n.reachable(w.c.now):
		w.fails(plan.BeforeSwap, "fetching packages: the node does not answer; nothing was started")
	case broken:
		w.fails(plan.BeforeSwap, "fetching packages: exit 1; nothing was started")
	default:
		w.ends(plan.Report{Outcome: plan.Done})
	}
}

func (w *work) compared() {
	if !w.n.reachable(w.c.now) {
		w.fails(plan.BeforeSwap, "no baseline, so nothing was started: the node does not answer")
		return
	}
	adopt := w.n.look(w.t.Run, w.t.Attempt).Outcome != plan.NotRun
	w.ends(plan.Report{Outcome: plan.Done, Evidence: []byte("{}"), Ready: &plan.Ready{Attempt: w.t.Attempt, BootID: "boot", Uptime: plan.Duration(w.c.now), Adopt: adopt}})
}

// patch begins the script, unless the node says that it has begun already.
func (w *work) patch() {
	c, n := w.c, w.n
	if !w.t.Adopt {
		if why := w.t.Unlaunchable(); why != "" {
			c.breaks("%s is to be launched, and %s", n.Name, why)
		}
		if w.t.Until.Over() || c.wall().After(w.t.Until.By) {
			w.ends(plan.Report{Outcome: plan.NotRun, Class: plan.BeforeSwap, Detail: "the launch was not sent in time; nothing was started"})
			return
		}
	}
	if !n.reachable(c.now) && !w.t.Adopt {
		w.ends(plan.Report{Outcome: plan.NotRun, Class: plan.BeforeSwap, Detail: "the launch was not sent: the node does not answer; nothing was started"})
		return
	}
	if !n.reachable(c.now) {
		w.insist(w.patch)
		return
	}
	if rep := n.look(w.t.Run, w.t.Attempt); rep.Outcome != plan.NotRun {
		w.watch()
		return
	}
	if _, yes := c.hit(fault.SSHCutBeforeExec, n.Name); yes {
		w.ends(plan.Report{Outcome: plan.NotRun, Class: plan.BeforeSwap, Detail: "the connection broke; the launch was called off"})
		return
	}
	if lasts, yes := c.hit(fault.LaunchLate, n.Name); yes {
		c.launchLater(n, w.t, lasts)
		w.again(w.watch)
		return
	}
	c.launch(n, w.t.Run, w.t.Attempt)
	if lasts, yes := c.hit(fault.SSHCutAfterExec, n.Name); yes {
		c.sever(n, lasts)
	}
	w.again(w.watch)
}

// insist asks a node that does not answer again, until the patience is over.
func (w *work) insist(act func()) {
	if w.late() {
		w.ends(plan.Report{Outcome: plan.InDoubt, Detail: fmt.Sprintf("nobody knows how %s ended: the node does not answer", w.t.Step.ID)})
		return
	}
	w.again(act)
}

// watch waits for the end of the script.
func (w *work) watch() {
	if !w.missed() {
		return
	}
	if !w.n.reachable(w.c.now) {
		w.insist(w.watch)
		return
	}
	rep := w.n.look(w.t.Run, w.t.Attempt)
	switch {
	case rep.Outcome == plan.Running && w.late():
		w.ends(plan.Report{Outcome: plan.InDoubt, Class: rep.Class, Detail: "stopped watching, still running: " + rep.Detail})
	case rep.Outcome == plan.Running:
		w.again(w.watch)
	case rep.Outcome == plan.NotRun && !w.t.Adopt:
		w.n.callOff(w.t)
		w.ends(plan.Report{Outcome: plan.NotRun, Class: plan.BeforeSwap, Detail: "the launch was called off; nothing was started"})
	default:
		w.ends(rep)
	}
}

// missed asks that nobody be admitted while an agent has been away for most of
// what Mesos allows, and says when it is back. It reports whether the
// controller is still there.
func (w *work) missed() bool {
	c, n := w.c, w.n
	if n.master() {
		return true
	}
	away := n.out(c.now) && n.ours && c.now-n.gone >= pingBudget*6/10
	if away == w.holding {
		return true
	}
	w.holding = away
	note := plan.Note{Hold: away, Detail: "is back at the leader"}
	if away {
		note.Detail = fmt.Sprintf("away %s of %s; then Mesos marks it unreachable", (c.now - n.gone).Truncate(pingBudget/10), pingBudget)
		c.holding[n.Name] = true
	} else {
		delete(c.holding, n.Name)
	}
	life := c.life
	c.news(journal.Event{Kind: journal.StepNoted, Step: w.t.Step.ID, Node: n.Name, Note: &note})
	return c.up && c.life == life
}

// verify waits for the step's gates.
func (w *work) verify() {
	if w.t.Step.Asks("registered") {
		if !w.missed() {
			return
		}
		if w.n.out(w.c.now) && w.n.ours && w.c.now-w.n.gone >= pingBudget {
			w.unverified("registered", fmt.Sprintf("away %s of %s", w.c.now-w.n.gone, pingBudget), "gate registered on %s failed: Mesos has marked the agent unreachable", w.n.Name)
			return
		}
	}
	holds := true
	for _, g := range w.t.Step.Gates {
		if w.c.holds(w.n, g) {
			continue
		}
		holds = false
		if w.c.now >= w.began+g.Within.D() && w.c.now < w.c.since(w.n, g.Gate) {
			w.unverified(g.Gate, "not in time", "gate %s on %s did not hold within %s", g.Gate, w.n.Name, g.Within)
			return
		}
	}
	if holds {
		w.ends(plan.Report{Outcome: plan.Done})
		return
	}
	w.again(w.verify)
}

// unverified ends a verification by one of its gates.
func (w *work) unverified(gate, seen, format string, args ...any) {
	f := dcos.Finding{Check: gate, Node: string(w.n.Name), Status: dcos.Failed, Observed: seen}
	w.ends(plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Detail: fmt.Sprintf(format, args...), Findings: []dcos.Finding{f}})
}

// quiet waits until the cluster has been green, and the node in service, for
// the step's span.
func (w *work) quiet() {
	c, span := w.c, w.t.Step.Span.D()
	obs := c.look()
	switch ok := obs.Green && !slices.Contains(obs.Out, w.t.Step.Node); {
	case !ok:
		w.green = never
	case w.green == never:
		w.green = c.now
	}
	switch {
	case w.green != never && c.now-w.green >= span && w.t.Step.Action == plan.ActionPostflight:
		w.last(obs)
	case w.green != never && c.now-w.green >= span:
		w.ends(plan.Report{Outcome: plan.Done})
	case w.late():
		w.fails(plan.NotVerified, "the cluster did not stay green in time")
	default:
		c.later(max(span/6, 2*time.Second), w.quiet)
	}
}

// last asks every node of the plan once more.
func (w *work) last(obs plan.Observation) {
	for _, n := range w.c.nodes {
		if n.Disposition == plan.Excluded || slices.Contains(w.t.ExemptAgents, n.Name) {
			continue
		}
		if n.Disposition == plan.Patch && !n.script.atTarget || slices.Contains(obs.Out, n.Name) || !n.reachable(w.c.now) {
			w.fails(plan.NotVerified, "1 of %d nodes is not as it should be: %s", len(w.c.nodes), n.Name)
			return
		}
	}
	w.ends(plan.Report{Outcome: plan.Done})
}
