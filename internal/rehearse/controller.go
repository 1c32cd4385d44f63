package rehearse

import (
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// evening is when every rehearsal begins. Only differences count.
var evening = time.Date(2026, 1, 3, 22, 0, 0, 0, time.UTC)

// pace is the pause before another look at a cluster that admitted nothing.
const pace = 2 * time.Second

// controller does with Next what orchestrator.Driver does, in virtual time and
// on a single thread. Its journal is all that outlives it.
type controller struct {
	*twin
	s       orchestrator.State
	cmds    []orchestrator.Command
	journal []journal.Event
	run     int // counts runs: one that touched nothing is not resumed, but begun again
	epoch   int
	events  int           // of all runs
	life    int           // of the process; what an earlier one was told, nobody hears
	asleep  time.Duration // until then the process does nothing
	skew    time.Duration // of its wall clock
	up      bool

	observing, reluctant bool // reluctant: the last look admitted nothing
	looking              map[plan.StepID]bool
	wakes                time.Time    // the last moment that Next wanted to be asked at
	strikes              []Fault      // at events of the journal
	pending              []fault.Kind // that strike before anything else is done
	night                *Night
	told                 bool // somebody listens to the story
}

// begin starts the first run, or another after one that touched nothing.
func (c *controller) begin() {
	c.run++
	c.s, c.journal = orchestrator.New(), nil
	c.start(journal.Event{Kind: journal.RunStarted, Run: fmt.Sprintf("night-%d", c.run), Plan: c.plan})
}

// resume takes up what an earlier controller left: the fold of its journal is
// all there is.
func (c *controller) resume(finish []inventory.NodeName) {
	folded := orchestrator.Fold(c.journal)
	if was, is := c.s.Key(), folded.Key(); was != is {
		c.breaks("the journal does not lead to the state that was:\n%s\n%s", was, is)
	}
	c.s = folded
	c.start(journal.Event{Kind: journal.RunResumed, Finish: finish})
}

func (c *controller) start(first journal.Event) {
	c.life++
	c.epoch++
	c.up, c.observing, c.reluctant, c.looking = true, false, false, map[plan.StepID]bool{}
	first.Epoch = c.epoch
	if c.fact(first) {
		c.perform()
	}
}

// fact makes an event durable and folds it. It reports whether the controller
// is still there.
func (c *controller) fact(e journal.Event) bool {
	e.Seq, e.At = c.s.Seq+1, c.wall()
	c.events++
	struck := c.due(e)
	if struck == fault.ControllerDiskFull {
		c.tell("the journal cannot be written")
		c.dies()
		return false
	}
	c.journal = append(c.journal, e)
	if c.told {
		c.tell("%s", words(e))
	}
	c.s, c.cmds = orchestrator.Next(c.s, e)
	c.night.hear(c, e)
	c.heard(e, c.s)
	switch struck {
	case "":
	case fault.ControllerDiesBeforeActing:
		c.tell("the controller dies")
		c.dies()
		return false
	case fault.Election:
		c.elect()
	default:
		c.pending = append(c.pending, struck)
	}
	return true
}

// due is the fault that strikes at this event, if any.
func (c *controller) due(e journal.Event) fault.Kind {
	for i, f := range c.strikes {
		if f.remedy && !comesTo(f.What, e) || !f.remedy && f.Nth != c.events {
			continue
		}
		c.strikes = append(c.strikes[:i:i], c.strikes[i+1:]...)
		if t, _ := f.What.Rehearsed(); !t.Hourly {
			c.armed = append(c.armed, f)
			return ""
		}
		if f.What == fault.LeaderStuck || f.What == fault.AgentDead || f.What == fault.MasterDead {
			c.cluster(f)
			return ""
		}
		c.struck[f.What]++
		return f.What
	}
	return ""
}

// cluster lets a fault of the cluster strike now.
func (c *controller) cluster(f Fault) {
	switch f.What {
	case fault.Election:
		c.struck[f.What]++
		c.elect()
	case fault.AgentDead:
		c.agentDies(f)
	case fault.MasterDead:
		c.masterDies(f)
	case fault.LeaderStuck:
		lasts, _ := c.chance.strikes(f)
		c.red = max(c.red, plus(c.now, lasts))
		c.tell("no leader works")
	}
}

// people lets a fault of the controller strike now, between two things it does.
func (c *controller) people(k fault.Kind) {
	if !c.up || c.s.Ended != "" {
		return
	}
	switch k {
	case fault.Interrupted:
		if !c.s.Paused {
			c.fact(journal.Event{Kind: journal.Paused})
		}
	case fault.ControllerAsleep:
		t, _ := k.Rehearsed()
		c.asleep = c.now + t.Lasts
		c.tell("the controller sleeps")
	case fault.ClockAhead:
		c.skew += clockStep
	case fault.InterruptedTwice:
		c.life++ // what runs on nodes goes on there
		c.fact(journal.Event{Kind: journal.RunStopped, Stop: &journal.Stop{Reason: journal.StopInterrupted, Detail: "stopped watching"}})
	default:
		c.tell("the controller dies")
		c.dies()
	}
}

// dies ends the process; somebody notices.
func (c *controller) dies() {
	c.life++
	c.up = false
	again := func() { c.resume(c.approvals(c.s.Suspects())) }
	if len(c.journal) == 0 { // not even its beginning is on disk
		again = c.begin
	}
	c.night.handOver(c, c.between(time.Minute, 5*time.Minute), again)
}

// perform carries out what Next wants until nothing more is to be done now.
func (c *controller) perform() {
	for c.up {
		if len(c.pending) > 0 {
			k := c.pending[0]
			c.pending = c.pending[1:]
			c.people(k)
			continue
		}
		if c.now < c.asleep {
			c.later(c.asleep-c.now, c.wake)
			return
		}
		if c.s.Ended != "" {
			c.up = false
			c.night.ended(c)
			return
		}
		if !c.one() {
			return
		}
	}
}

// wake goes on after a sleep: what was fresh before may be too old now.
func (c *controller) wake() {
	c.tell("the controller is awake")
	c.tick()
}

// tick decides again: time has passed.
func (c *controller) tick() {
	c.cmds = orchestrator.Tick(c.s, c.wall())
	c.perform()
}

// wall is what the controller's wall clock says.
func (c *controller) wall() time.Time { return evening.Add(c.now + c.skew) }

// clockStep is by how much the wall clock is set.
const clockStep = time.Hour

// one carries out the first command that is not under way, and reports whether
// there may be others.
func (c *controller) one() bool {
	for _, cmd := range c.cmds {
		switch {
		case cmd.Record != nil:
			return c.fact(*cmd.Record)
		case cmd.Start != nil:
			t := *cmd.Start
			if c.fact(journal.Event{Kind: journal.StepStarted, Step: t.Step.ID, Node: t.Step.Node, Attempt: t.Attempt, Remedy: t.Remedy, Detail: t.Proof}) {
				if !c.s.Refused() {
					c.do(t)
				}
				return true
			}
			return false
		case cmd.Reconcile != nil:
			c.reconcile(*cmd.Reconcile)
		case cmd.Undo != nil:
			return c.fact(journal.Event{Kind: journal.ObligationClosed, Obligation: &journal.Obligation{ID: cmd.Undo.Kind, Nodes: []inventory.NodeName{cmd.Undo.Node}}})
		case cmd.Observe != nil:
			c.observe()
		case !cmd.Wake.IsZero() && !cmd.Wake.Equal(c.wakes):
			c.wakes = cmd.Wake
			c.later(cmd.Wake.Sub(c.wall()), c.tick)
		}
	}
	return false
}

// later has this process do something after a while, if it still lives.
func (c *controller) later(d time.Duration, act func()) {
	life := c.life
	var due func()
	due = func() {
		switch {
		case !c.up || c.life != life:
		case c.now < c.asleep: // its timers stand still
			c.in(c.asleep-c.now, due)
		default:
			act()
		}
	}
	c.in(d, due)
}

// news folds what a worker has to say, and goes on.
func (c *controller) news(e journal.Event) {
	if c.fact(e) {
		c.perform()
	}
}

// reconcile looks how a step has ended.
func (c *controller) reconcile(t plan.Task) {
	if c.looking[t.Step.ID] {
		return
	}
	c.looking[t.Step.ID] = true
	c.later(c.around(lookTakes), func() { c.reconciled(t) })
}

func (c *controller) reconciled(t plan.Task) {
	n := c.byName[t.Step.Node]
	rep := plan.Report{Outcome: plan.InDoubt, Detail: "the node does not answer"}
	if n.reachable(c.now) {
		rep = n.look(t.Run, t.Attempt)
	}
	if rep.Outcome == plan.Failed && n.script.finishing { // a call of an earlier controller
		c.later(poll, func() { c.reconciled(t) })
		return
	}
	delete(c.looking, t.Step.ID)
	if rep.Outcome == plan.Failed {
		n.lost, n.epoch = true, max(n.epoch, c.epoch)
	}
	c.news(journal.Event{Kind: journal.Reconciled, Step: t.Step.ID, Node: t.Step.Node, Report: &rep})
}

// observe looks at the cluster, once at a time.
func (c *controller) observe() {
	if c.observing {
		return
	}
	c.observing = true
	wait, asked := time.Duration(0), c.s.Seq
	if c.reluctant {
		wait = pace
	}
	c.later(wait, func() {
		obs, out, askedAt := c.look(), c.agentsOut(), c.wall()
		takes := c.around(lookTakes)
		if lasts, yes := c.hit(fault.LookLate, ""); yes {
			takes = lasts
		}
		if _, yes := c.hit(fault.LookUnreadable, ""); yes {
			obs = plan.Observation{}
		}
		c.later(takes, func() {
			c.observing = false
			c.seen = out
			if !c.fact(journal.Event{Kind: journal.Observed, Observation: &obs, Asked: asked, AskedAt: askedAt}) {
				return
			}
			c.reluctant = len(c.cmds) == 0 || c.cmds[0].Record == nil || c.cmds[0].Record.Kind == journal.Held
			c.perform()
		})
	})
}
