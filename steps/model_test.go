package steps

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// model is m1 as it is, which a machine learns of by calls that may be slow, be cut,
// or reach the node long after they were given up.
type model struct {
	driver
	rt *rapid.T

	booted   time.Time
	epoch    int
	receipts []node.Receipt
	active   []string
	midSwap  bool
	ends     time.Time // of the script, or of finish-swap, that is under way; zero: none
	ending   func()    // what is true then
	coming   []*late   // calls on their way

	starts, finishes int
	broken           string // a rule that was
}

// late is a call that reaches the node later than its answer, or lack of one.
type late struct {
	at    time.Time
	epoch int
	call  Call
}

func newModel(rt *rapid.T) *model {
	m := &model{rt: rt, driver: driver{now: began}, active: oldSet, epoch: 1, booted: began.Add(-time.Hour)}
	m.answer = m.hear
	if rapid.IntRange(0, 3).Draw(rt, "stops") == 0 {
		m.stop = began.Add(m.seconds("stop", 4000))
	}
	return m
}

func (m *model) seconds(what string, most int) time.Duration {
	return time.Duration(rapid.IntRange(0, most).Draw(m.rt, what)) * time.Second
}

// odds is true once in so many times.
func (m *model) odds(what string, in int) bool { return rapid.IntRange(1, in).Draw(m.rt, what) == in }

// until lets what happens by itself happen.
func (m *model) until(now time.Time) {
	for {
		next := now
		for _, c := range m.coming {
			if c.at.Before(next) {
				next = c.at
			}
		}
		if !m.ends.IsZero() && !m.ends.After(next) {
			m.ends = time.Time{}
			m.ending()
			continue
		}
		i := slices.IndexFunc(m.coming, func(c *late) bool { return !c.at.After(next) })
		if i < 0 {
			return
		}
		c := m.coming[i]
		m.coming = slices.Delete(m.coming, i, i+1)
		m.do(c.at, c.epoch, c.call)
	}
}

// do is the node program's verb, at a moment.
func (m *model) do(at time.Time, epoch int, c Call) Answer {
	refuse := func(word string) Answer { return refusedBy(word) }
	uptime := int(at.Sub(m.booted) / time.Second)
	last := len(m.receipts) - 1
	known := slices.IndexFunc(m.receipts, func(r node.Receipt) bool { return r.Attempt == c.Attempt })
	script := last >= 0 && m.receipts[last].State == node.Running
	switch {
	case c.Do == Claim && !m.ends.IsZero() && !script:
		return refuse(node.RefusedBusy)
	case slices.Contains([]Verb{Claim, Launch, CallOff, FinishSwap, Lock}, c.Do) && epoch < m.epoch:
		return refuse(node.RefusedEpoch)
	case c.Do == CallOff || c.Do == Claim:
		m.epoch = epoch
	}
	switch c.Do {
	case Look:
		a := shows(m.active, slices.Clone(m.receipts)...)
		a.Survey.MidSwap = m.midSwap
		return a
	case ReadUptime:
		return Answer{Uptime: node.Uptime{BootID: "b", For: at.Sub(m.booted)}}
	case CallOff:
		if known < 0 {
			m.receipts = append(m.receipts, attempt(c.Attempt, node.CalledOff, 0))
			return Answer{State: node.CalledOff}
		}
		if m.receipts[known].State == node.Unbegun {
			m.receipts[known].State = node.CalledOff
		}
		return Answer{State: m.receipts[known].State}
	case Launch:
		switch {
		case known >= 0 || script:
			return refuse(node.RefusedReceipt)
		case m.midSwap:
			return refuse(node.RefusedMidswap)
		case uptime >= c.Until.Uptime:
			return refuse(node.RefusedLate)
		}
		return m.starting(at, c.Attempt)
	case FinishSwap:
		switch {
		case !m.ends.IsZero():
			return refuse(node.RefusedBusy)
		case !m.midSwap || last < 0:
			return refuse(node.RefusedSwap)
		case uptime >= c.Until.Uptime:
			return refuse(node.RefusedLate)
		}
		m.finishing(at)
	}
	return Answer{}
}

// starting begins the script, or a unit that never begins.
func (m *model) starting(at time.Time, n int) Answer {
	if m.odds("unbegun", 8) {
		m.receipts = append(m.receipts, attempt(n, node.Unbegun, 0))
		return Answer{Unit: "u"}
	}
	m.starts++
	m.receipts = append(m.receipts, attempt(n, node.Running, 0))
	r := &m.receipts[len(m.receipts)-1]
	how := rapid.SampledFrom([]string{"applied", "applied", "before", "cut", "unstarted", "lost"}).Draw(m.rt, "script")
	m.ends = at.Add(m.seconds("script takes", 5000))
	m.ending = func() {
		r.State, r.Code = node.Exited, 1
		switch how {
		case "applied":
			m.active, r.Code = target, 0
		case "lost":
			m.active, r.State = target, node.Lost
		case "unstarted":
			m.active = target
		case "cut":
			m.midSwap = true
		}
	}
	return Answer{Unit: "u"}
}

func (m *model) finishing(at time.Time) {
	m.finishes++
	r := &m.receipts[len(m.receipts)-1]
	r.Finish = node.FinishBegun
	cut := m.odds("finish is cut", 4)
	m.ends = at.Add(m.seconds("finish takes", 200))
	m.ending = func() {
		if !cut {
			m.active, m.midSwap, r.Finish = target, false, node.FinishDone
		}
	}
}

// hear makes a call, and gives what is heard of it.
func (m *model) hear(c Call) Answer {
	m.rules(c)
	lasts := func(d time.Duration) bool { // false: it was broken off
		end := m.now.Add(d)
		for _, limit := range []time.Time{c.By, m.stop} {
			if !limit.IsZero() && limit.Before(end) {
				end = limit
			}
		}
		whole := end == m.now.Add(d)
		if end.After(m.now) {
			m.now = end
		}
		m.until(m.now)
		return whole
	}
	m.until(m.now)
	gone := Answer{Err: &sshexec.LostError{Node: "m1", Err: errors.New("cut")}}
	switch rapid.SampledFrom([]string{"well", "well", "well", "well", "slow", "unsent", "lost", "done, unheard", "late"}).Draw(m.rt, "call") {
	case "slow":
		if !lasts(m.seconds("takes", 90)) {
			gone.Expired = true
			return gone
		}
	case "unsent":
		lasts(m.seconds("takes", 90))
		return unheard
	case "lost":
		lasts(m.seconds("takes", 90))
		return gone
	case "done, unheard":
		m.do(m.now, 2, c)
		lasts(m.seconds("takes", 90))
		return gone
	case "late":
		if c.Do != Launch && c.Do != FinishSwap {
			break
		}
		m.coming = append(m.coming, &late{at: m.now.Add(m.seconds("late by", 200)), epoch: 2, call: c})
		lasts(m.seconds("takes", 90))
		return gone
	}
	return m.do(m.now, 2, c)
}

// rules are those of every call.
func (m *model) rules(c Call) {
	if !c.By.IsZero() && (c.Do == Launch || c.Do == FinishSwap) && !m.now.Before(c.By) {
		m.broken = "something that stops the node was called after its time"
	}
}

// judge compares the verdict with what is true, and with what becomes true afterwards.
func (m *model) judge(rep plan.Report) {
	m.until(m.now)
	busy := !m.ends.IsZero()
	was := rep.Detail
	starts, finishes := m.starts, m.finishes
	untouched := slices.Equal(m.active, oldSet) && !m.midSwap && !busy
	done := slices.Equal(m.active, target) && !m.midSwap && !busy
	switch {
	case m.broken != "":
		m.rt.Fatalf("%s", m.broken)
	case rep.Outcome == plan.Done && !done:
		m.rt.Fatalf("done (%s), and active are %v, in a swap %t, busy %t", was, m.active, m.midSwap, busy)
	case rep.Outcome == plan.Failed && rep.Class == plan.BeforeSwap && !untouched:
		m.rt.Fatalf("nothing was touched (%s), and active are %v, in a swap %t, busy %t", was, m.active, m.midSwap, busy)
	case rep.Outcome == plan.NotRun && rep.Class == plan.BeforeSwap && (!untouched || starts > 0):
		m.rt.Fatalf("not run (%s), and it was begun %d times", was, starts)
	case rep.Outcome == plan.Failed && rep.Class == plan.MidSwap && !m.midSwap:
		m.rt.Fatalf("the swap is cut (%s), and it is not", was)
	case rep.Outcome == plan.Failed && rep.Class == "":
		m.rt.Fatalf("failed in no class: %s", was)
	}
	m.until(m.now.Add(24 * time.Hour))
	if rep.Outcome != plan.InDoubt && rep.Outcome != plan.Running && (m.starts > starts || m.finishes > finishes) {
		m.rt.Fatalf("%s (%s), and a call came later and began %d scripts and %d finishes", rep.Outcome, was, m.starts-starts, m.finishes-finishes)
	}
}

// timely: a step is over when its time is, or when nobody waits.
func (m *model) timely(rep plan.Report, limit time.Time) {
	if m.now.After(limit) {
		m.rt.Fatalf("%+v came %s after the step's time was over", rep, m.now.Sub(limit))
	}
}

// TestPropertyOfALaunch: whatever the network does, one launch at most is sent, in time
// and with its proof; a verdict comes in time, and is true, now and later.
func TestPropertyOfALaunch(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m, task := newModel(rt), onM1(plan.ActionPatch)
		task.Epoch, task.Until = 2, plan.Deadline{BootID: "b", Uptime: plan.Duration(time.Hour + time.Minute), By: began.Add(time.Minute)}
		m.now = began.Add(m.seconds("admitted", 70))
		begun := m.now
		switch rapid.IntRange(0, 6).Draw(rt, "spoilt") {
		case 0:
			task.Proof = ""
		case 1:
			task.Adopt = true
		case 2: // another run has been here
			other := attempt(1, node.Exited, 1)
			other.Run = "other"
			m.receipts, task.Ready = []node.Receipt{other}, &plan.Ready{Attempt: 2}
		}
		rep := m.run(rt, Do(task, poll))
		launches := m.called(Launch)
		if len(launches) > 1 || len(launches) == 1 && (task.Proof == "" || task.Adopt || m.calls[0].Do != Launch) {
			rt.Fatalf("%d launches, proof %q, adopts %t, after %v", len(launches), task.Proof, task.Adopt, m.verbs())
		}
		m.timely(rep, begun.Add(time.Hour))
		m.judge(rep)
	})
}

// TestPropertyOfAReconciliation: launches and remedies of an earlier controller may be
// on their way to the node, or under way on it.
func TestPropertyOfAReconciliation(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m, task := newModel(rt), onM1(plan.ActionPatch)
		task.Epoch = 2
		earlier := Call{Do: Launch, Attempt: 1, Until: node.Deadline{BootID: "b", Uptime: 3660}}
		switch rapid.IntRange(0, 4).Draw(rt, "before") {
		case 0:
			m.do(began, 1, earlier)
		case 1:
			m.coming = append(m.coming, &late{at: began.Add(m.seconds("late by", 60)), epoch: 1, call: earlier})
		case 2: // a remedy is under way
			m.cut()
			m.finishing(began)
		case 3: // and one on its way
			m.cut()
			m.coming = append(m.coming, &late{at: began.Add(m.seconds("late by", 60)), epoch: 1, call: Call{Do: FinishSwap, Until: node.Deadline{BootID: "b", Uptime: 3660}}})
		}
		m.until(m.now.Add(m.seconds("later", 300)))
		m.judge(m.run(rt, Reconcile(task, poll)))
		if len(m.called(Launch))+len(m.called(FinishSwap)) > 0 {
			rt.Fatalf("it has changed the node: %v", m.verbs())
		}
	})
}

// cut leaves the node with a swap that was cut.
func (m *model) cut() {
	m.midSwap, m.receipts = true, []node.Receipt{attempt(1, node.Exited, 1)}
}

// TestPropertyOfARemedy: one call at most, on a fresh proof; nothing is finished that
// was not cut, and what is said of it is true, now and later.
func TestPropertyOfARemedy(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m, task := newModel(rt), remedy(0)
		task.Epoch = 2
		isCut := !m.odds("not cut", 5)
		if isCut {
			m.cut()
		} else {
			m.active, m.receipts = target, []node.Receipt{attempt(1, node.Exited, 0)}
		}
		m.now = began.Add(m.seconds("admitted", 70))
		begun := m.now
		rep := m.run(rt, Do(task, poll))
		calls := m.called(FinishSwap)
		if len(calls) > 1 || len(calls) == 1 && m.booted.Add(time.Duration(calls[0].Until.Uptime)*time.Second).After(task.Until.By) {
			rt.Fatalf("%+v, with a proof until %s", calls, task.Until.By)
		}
		m.timely(rep, begun.Add(time.Hour))
		if rep.Outcome == plan.Failed && !isCut {
			rep = plan.Report{} // the engine asks for no remedy then, and the node refuses it
		}
		m.judge(rep)
		if !isCut && m.finishes > 0 {
			rt.Fatal("a swap was finished that was not cut")
		}
	})
}
