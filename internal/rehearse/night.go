package rehearse

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Options say what a night is made of. The same options give the same night.
type Options struct {
	Plan    *plan.Plan
	Seed    uint64
	Number  uint64  // of the night; each has its own luck
	Chaos   float64 // 1: every kind at its own rate; 0: none
	Faults  []Fault
	Strikes []Fault // each strikes once, at event Nth of the journal or at the first chance after it: the positions of the matrix, which is a test
	Told    func(at time.Duration, line string)
}

// Stop is one stop of a run, without the node: stops that look alike are alike.
type Stop struct {
	Stage  string             `json:"stage"`
	Action plan.Action        `json:"action,omitempty"`
	Reason journal.StopReason `json:"reason"`
	Class  plan.Class         `json:"class,omitempty"`
	Gate   string             `json:"gate,omitempty"`
}

// Night is what became of one rehearsal.
type Night struct {
	Done        bool          // the plan was carried out, by however many runs
	Took        time.Duration // from the first run's start to the end
	Hands       time.Duration // of that, waiting for people
	Stops       []Stop
	HandOvers   int // controllers that died
	Left        int // nodes left behind
	Holds       int
	Held        time.Duration
	LongestHold time.Duration
	PeakOurs    int // agents out at once because of us
	PeakAll     int
	Scripts     int // attempts that were begun
	Events      int
	Struck      map[fault.Kind]int
	Violations  []string
	End         string // what every node has come to: equal ends are equal texts

	over    bool
	stuckAt plan.StepID
	stuck   int // stops in a row at that step
	heldAt  time.Duration
	holding bool
}

// The bounds of a night: beyond them it does not end by itself.
const (
	mostEvents = 300_000
	mostStops  = 200
	sameStops  = 6 // in a row
	longest    = 14 * 24 * time.Hour
)

// Rehearse lives through one night.
func Rehearse(o Options) Night {
	ch := newChance(o.Seed, o.Number)
	ch.faults = nil
	c := &controller{twin: newTwin(o.Plan, ch), night: &Night{}}
	for _, f := range o.Faults {
		if t, _ := f.What.Rehearsed(); !t.Hourly {
			ch.faults = append(ch.faults, f)
		} else {
			c.strikes = append(c.strikes, f)
		}
	}
	c.strikes = append(c.strikes, o.Strikes...)
	if c.told = o.Told != nil; c.told {
		c.tell = func(format string, args ...any) { o.Told(c.now, fmt.Sprintf(format, args...)) }
	}
	c.chaos(o.Chaos)
	c.begin()
	for !c.night.over && c.events < mostEvents && c.now < longest && c.step() {
	}
	return c.sum()
}

// chaos lets every kind strike at its own rate.
func (c *controller) chaos(factor float64) {
	if factor <= 0 {
		return
	}
	c.rates = map[fault.Kind]float64{}
	for _, k := range fault.Rehearsed() {
		if t, _ := k.Rehearsed(); t.Hourly {
			c.arrives(k, t.Rate*factor)
		} else {
			c.rates[k] = t.Rate * factor
		}
	}
}

// arrives has a kind strike again and again, so many times an hour.
func (c *controller) arrives(k fault.Kind, hourly float64) {
	c.in(time.Duration(c.rng.ExpFloat64()/hourly*float64(time.Hour)), func() {
		if c.up {
			c.strikes = append(c.strikes, Fault{What: k, Nth: c.events + 1})
		}
		c.arrives(k, hourly)
	})
}

// hear counts holds.
func (n *Night) hear(c *controller, e journal.Event) {
	switch e.Kind {
	case journal.Held:
		if !n.holding {
			n.Holds++
		}
		n.holding, n.heldAt = true, c.now
	case journal.HoldEnded, journal.RunResumed, journal.RunStopped:
		if n.holding {
			n.Held += c.now - n.heldAt
			n.LongestHold = max(n.LongestHold, c.now-n.heldAt)
		}
		n.holding = false
	}
}

// ended is the end of a run: of the night too, or else a person's turn.
func (n *Night) ended(c *controller) {
	if c.s.Ended == journal.RunDone {
		n.Done, n.over, n.Left = true, true, len(c.s.Skipped())
		return
	}
	n.Stops = append(n.Stops, stopOf(c.s))
	if c.s.Stop.Step != n.stuckAt || c.s.Stop.Step == "" {
		n.stuckAt, n.stuck = c.s.Stop.Step, 0
	}
	n.stuck++
	if len(n.Stops) >= mostStops || n.stuck >= sameStops {
		n.over = true
		return
	}
	n.handOver(c, c.between(5*time.Minute, 25*time.Minute), func() {
		finish := c.approvals(c.s.Suspects())
		c.repairAll(finish)
		if c.s.Begun() {
			c.resume(finish)
		} else {
			c.begin()
		}
	})
}

// handOver waits for a person.
func (n *Night) handOver(c *controller, wait time.Duration, act func()) {
	if c.s.Ended == "" {
		n.HandOvers++
	}
	n.Hands += wait
	n.hear(c, journal.Event{Kind: journal.RunStopped})
	c.in(wait, act)
}

func stopOf(s orchestrator.State) Stop {
	if s.Stop == nil {
		return Stop{}
	}
	stop := Stop{Reason: s.Stop.Reason}
	if st := s.CurrentStage(); st != nil {
		stop.Stage = st.ID
	}
	for i, st := range s.Plan.Stages {
		for k, l := range st.Lanes {
			at := slices.IndexFunc(l.Steps, func(p plan.Step) bool { return p.ID == s.Stop.Step })
			if at < 0 {
				continue
			}
			stop.Stage, stop.Action = st.ID, l.Steps[at].Action
			if r := s.Lanes[i][k].Report; r != nil {
				stop.Class = r.Class
				if i := slices.IndexFunc(r.Findings, func(f dcos.Finding) bool { return !f.Status.OK() }); i >= 0 {
					stop.Gate = r.Findings[i].Check
				}
			}
		}
	}
	return stop
}

// sum is the night in numbers.
func (c *controller) sum() Night {
	n := *c.night
	n.Took, n.Events, n.Struck = c.now, c.events, c.struck
	n.PeakOurs, n.PeakAll = c.peakOurs, c.peakAll
	if !n.over {
		c.breaks("the night does not end: at %s, after %d events, in the state %.200s", c.now, c.events, c.s.Key())
	} else if !n.Done {
		c.breaks("the printed next command does not lead on: stopped %d times, at last at %v", len(n.Stops), n.Stops[len(n.Stops)-1])
	}
	n.Violations = c.broken
	var end []string
	for _, m := range c.nodes {
		n.Scripts += m.script.starts
		end = append(end, fmt.Sprintf("%s:%d:%t:%t:%t", m.Name, m.script.starts, m.script.atTarget, c.verified[m.Name], m.out(c.now)))
	}
	slices.Sort(end)
	n.End = strings.Join(end, " ")
	return n
}
