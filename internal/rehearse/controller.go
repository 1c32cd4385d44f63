package rehearse

import (
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/render"
)

// evening is when every rehearsal begins. Only differences count.
var evening = time.Date(2026, 1, 3, 22, 0, 0, 0, time.UTC)

// controller does with Next what orchestrator.Driver does, in virtual time and
// on a single thread. Its journal is all that outlives it.
type controller struct {
	*twin
	s       orchestrator.State
	cmds    []orchestrator.Command
	journal []journal.Event
	run     int // counts runs: one that touched nothing is not resumed, but begun again
	epoch   int
	events  int           // of all runs, without notes: those change nothing but what is held
	life    int           // of the process; what an earlier one was told, nobody hears
	asleep  time.Duration // until then the process does nothing
	skew    time.Duration // of its wall clock
	up      bool

	observing, reluctant bool            // reluctant: the last look admitted nothing
	busy                 map[string]bool // with looks at steps in doubt, and with undoing
	works                []*work         // under way
	wakes                time.Time       // the last moment that Next wanted to be asked at
	strikes              []Fault         // at events of the journal
	pending              []fault.Kind    // that strike before anything else is done
	night                *Night
	told                 bool        // somebody listens to the story
	text                 render.Text // of what the run says
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
	c.up, c.observing, c.reluctant, c.busy = true, false, false, map[string]bool{}
	first.Epoch = c.epoch
	if c.fact(first) {
		c.perform()
	}
}

// fact makes an event durable and folds it. It reports whether the controller
// is still there.
func (c *controller) fact(e journal.Event) bool {
	e.Seq, e.At = c.s.Seq+1, c.wall()
	var struck fault.Kind
	if e.Kind != journal.StepNoted {
		c.events++
		struck = c.due(e)
	}
	if struck == fault.ControllerDiskFull {
		c.tell("the journal cannot be written")
		c.dies()
		return false
	}
	c.journal = append(c.journal, e)
	if c.told {
		c.story(e)
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

// dies ends the process; somebody notices.
func (c *controller) dies() {
	c.life++
	c.up = false
	for _, w := range c.works {
		w.over = true
	}
	c.works = nil
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
			c.stop()
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
			c.undo(*cmd.Undo)
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
