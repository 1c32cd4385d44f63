package rehearse

import (
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/journal"
)

// due is the fault that strikes at this event, if any.
func (c *controller) due(e journal.Event) fault.Kind {
	for i, f := range c.strikes {
		if f.about != nil && !f.about(e) || f.about == nil && f.Nth != c.events {
			continue
		}
		c.strikes = append(c.strikes[:i:i], c.strikes[i+1:]...)
		switch t, _ := f.What.Rehearsed(); {
		case !t.Hourly:
			c.armed = append(c.armed, f)
		case f.What == fault.AgentDead:
			c.agentDies(f)
		case f.What == fault.MasterDead:
			c.masterDies(f)
		case f.What == fault.LeaderStuck:
			lasts, _ := c.chance.strikes(f)
			c.red = max(c.red, plus(c.now, lasts))
			c.tell("no leader works")
		default:
			c.struck[f.What]++
			return f.What
		}
		return ""
	}
	return ""
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
		c.skew += time.Hour
	case fault.InterruptedTwice:
		c.life++
		c.stop()
		c.fact(journal.Event{Kind: journal.RunStopped, Stop: &journal.Stop{Reason: journal.StopInterrupted, Detail: "stopped watching"}})
	default:
		c.tell("the controller dies")
		c.dies()
	}
}

// duringRemedy lets a fault of the controller strike that is to come while
// finish-swap is at work.
func (c *controller) duringRemedy() {
	for i, f := range c.strikes {
		if f.about != nil && f.What.OfController() && f.What != fault.ControllerDiesBeforeActing && f.What != fault.Interrupted {
			c.strikes = append(c.strikes[:i:i], c.strikes[i+1:]...)
			c.struck[f.What]++
			c.people(f.What)
			c.perform()
			return
		}
	}
}
