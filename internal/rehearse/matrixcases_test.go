package rehearse

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Case is one fault at one position of a small plan's journal, and perhaps a
// second trouble a few events later.
type Case struct {
	Plan  int // index into SmallPlans
	Fault fault.Kind
	At    int // event of the journal
	Then  fault.Kind
	After int // events after At

	Remedy bool // Then comes about the first call of finish-swap instead
}

func (c Case) String() string {
	text := fmt.Sprintf("plan %d, %s at event %d", c.Plan, c.Fault, c.At)
	switch {
	case c.Remedy:
		text += fmt.Sprintf(", %s as finish-swap is called", c.Then)
	case c.Then != "":
		text += fmt.Sprintf(", %s at event %d", c.Then, c.At+c.After)
	}
	return text
}

// harmless reports whether the case leaves the nodes alone.
func (c Case) harmless() bool {
	return c.Fault.OfController() && (c.Then == "" || c.Then == fault.Election || c.Then.OfController())
}

// second are the troubles that may follow a fault.
func second() []Case {
	all := []Case{{}, {Then: fault.ControllerDies, After: 1}, {Then: fault.ControllerDies, After: 4}, {Then: fault.ControllerDies, After: 11}, {Then: fault.ControllerDiesBeforeActing, After: 2},
		{Then: fault.ControllerDiskFull, After: 3}, {Then: fault.InterruptedTwice, After: 2}, {Then: fault.Interrupted, After: 1}, {Then: fault.Election, After: 1}}
	for _, k := range fault.Rehearsed() { // pairs of faults, and somebody else's failure after each
		if !k.OfController() && k != fault.Election {
			all = append(all, Case{Then: k, After: 1})
		}
	}
	for _, k := range remedyTroubles() {
		all = append(all, Case{Then: k, Remedy: true})
	}
	return append(all, Case{Then: fault.MasterDead, After: 3}, Case{Then: fault.AgentDead, After: 3}, Case{Then: fault.ControllerAsleep, After: 1})
}

// remedyTroubles are the troubles that may come about a call of finish-swap.
func remedyTroubles() []fault.Kind {
	return []fault.Kind{fault.ControllerDiesBeforeActing, fault.ControllerDies, fault.InterruptedTwice, fault.Interrupted, fault.MasterDead, fault.LeaderStuck, fault.LaunchLate, fault.SSHCutAfterExec}
}

// Tally is what became of the cases of one kind of fault.
type Tally struct {
	Kind    fault.Kind
	Cases   int
	Struck  int // the fault came to act
	Stopped int // the run stopped, a person did what the stop says, and it went on
	Left    int // done, and a node was left behind within the budget
	Broken  int // a safety rule was broken, or the run did not come to its end
}

// Matrix is every fault at every position of the small plans.
type Matrix struct {
	Tallies []Tally
	Total   Tally
	Broken  []string // the cases in which a rule was broken, and which
}

// Cases lists every fault at every position of the plans, alone and followed by
// every second trouble.
func Cases(plans []*plan.Plan) []Case {
	var all []Case
	then := second()
	for i, p := range plans {
		calm := Rehearse(Options{Plan: p, Seed: matrixSeed})
		all = slices.Grow(all, len(fault.Rehearsed())*calm.Events*len(then))
		for _, k := range fault.Rehearsed() {
			for at := 1; at <= calm.Events; at++ {
				for _, c := range then {
					c.Plan, c.Fault, c.At = i, k, at
					all = append(all, c)
				}
			}
		}
	}
	return all
}

// matrixSeed is the timing that all cases share: what differs is the fault.
const matrixSeed = 1

// Try lives through one case.
func Try(p *plan.Plan, c Case, told Options) Night {
	told.Plan, told.Seed = p, matrixSeed
	told.Strikes = []Fault{{What: c.Fault, Nth: c.At}}
	switch {
	case c.Remedy:
		told.Strikes = append(told.Strikes, Fault{What: c.Then, about: func(e journal.Event) bool { return comesTo(c.Then, e) }})
	case c.Then != "":
		told.Strikes = append(told.Strikes, Fault{What: c.Then, Nth: c.At + c.After})
	}
	return Rehearse(told)
}

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

// RunMatrix tries every stride-th case, beginning with the offset-th; a stride
// of 1 tries them all.
func RunMatrix(plans []*plan.Plan, stride, offset int) Matrix {
	ends := make([]string, len(plans))
	for i, p := range plans {
		ends[i] = Rehearse(Options{Plan: p, Seed: matrixSeed}).End
	}
	m := Matrix{Total: Tally{Kind: "all"}}
	at := map[fault.Kind]int{}
	for i, k := range fault.Rehearsed() {
		at[k] = i
		m.Tallies = append(m.Tallies, Tally{Kind: k})
	}
	var cases []Case
	for i, c := range Cases(plans) {
		if i%stride == offset%stride {
			cases = append(cases, c)
		}
	}
	for i, n := range nights(plans, cases) {
		c := cases[i]
		if len(n.Violations) == 0 && c.harmless() && n.End != ends[c.Plan] {
			n.Violations = append(n.Violations, fmt.Sprintf("the end is not that of a night without trouble:\n%s\n%s", n.End, ends[c.Plan]))
		}
		m.Tallies[at[c.Fault]].add(c, n)
		m.Total.add(c, n)
		for _, v := range n.Violations {
			m.Broken = append(m.Broken, fmt.Sprintf("%s: %s", c, v))
		}
	}
	return m
}

// nights tries every case, as many at once as there are processors.
func nights(plans []*plan.Plan, cases []Case) []Night {
	out := make([]Night, len(cases))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(cases); i = int(next.Add(1)) - 1 {
				n := Try(plans[cases[i].Plan], cases[i], Options{})
				n.Stops = n.Stops[:min(len(n.Stops), 1)] // all that is counted
				out[i] = n
			}
		})
	}
	wg.Wait()
	return out
}

func (t *Tally) add(c Case, n Night) {
	t.Cases++
	if n.Struck[c.Fault] > 0 {
		t.Struck++
	}
	if len(n.Stops) > 0 {
		t.Stopped++
	}
	if n.Left > 0 {
		t.Left++
	}
	if len(n.Violations) > 0 {
		t.Broken++
	}
}
