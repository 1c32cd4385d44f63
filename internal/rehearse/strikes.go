package rehearse

import (
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

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

// clockStep is by how much the wall clock is set.
const clockStep = time.Hour

// comesTo reports whether a kind that is to strike about a call of finish-swap does
// so at this event: the cluster gets worse, or a person thinks better of it, once the
// call is approved, and what is on the way to the node acts as the call is recorded.
func comesTo(k fault.Kind, e journal.Event) bool {
	switch t, _ := k.Rehearsed(); {
	case t.Hourly && !k.OfController(), k == fault.Interrupted:
		return len(e.Finish) > 0
	case !t.Hourly || k == fault.ControllerDiesBeforeActing:
		return e.Kind == journal.StepStarted && e.Remedy != plan.RemedyNone
	}
	return false
}

// duringRemedy lets a fault of the controller strike that is to come while
// finish-swap is at work.
func (c *controller) duringRemedy() {
	for i, f := range c.strikes {
		if f.remedy && f.What.OfController() && f.What != fault.ControllerDiesBeforeActing && f.What != fault.Interrupted {
			c.strikes = append(c.strikes[:i:i], c.strikes[i+1:]...)
			c.struck[f.What]++
			c.people(f.What)
			c.perform()
			return
		}
	}
}
