package steps

import (
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Machine is one step under way. Next takes the answer to its last call, at first
// one that has only the time. The same answers always give the same moves. Not safe
// for concurrent use.
type Machine interface {
	Next(Answer) Move
}

// Move is what comes of an answer: news, and then either one call or the step's end;
// neither after an interim answer.
type Move struct {
	Notes []plan.Note
	Call  Call
	End   *plan.Report
}

// AskTimeout is the longest that one question to a node may take once it is
// connected. A node whose dcos-net restarts has no DNS, and sudo alone then takes
// tens of seconds; detect_ip is given 30 s by the node program.
const AskTimeout = 2 * time.Minute

// machine is what all steps share.
type machine struct {
	task plan.Task
	poll time.Duration // pause between two tries

	now     time.Time
	stopped bool
	limit   time.Time // when the step's time is over; zero: never
	notes   []plan.Note
	then    func(Answer) Move // takes the answer to the last call
}

// ready is a machine before its first answer, with the task of another.
func ready[M interface {
	base() *machine
	start(Answer) Move
}](of machine, m M) M {
	of.notes, of.then = nil, m.start
	*m.base() = of
	return m
}

func (m *machine) base() *machine { return m }

// Next implements Machine.
func (m *machine) Next(a Answer) Move {
	m.now, m.stopped = a.At, a.Stopped
	move := m.then(a)
	move.Notes, m.notes = m.notes, nil
	return move
}

// begin gives a step its time, from now on; a part of one has no more than the whole.
func (m *machine) begin() {
	d := m.task.Step.Timeout.D()
	if at := m.now.Add(d); d > 0 && (m.limit.IsZero() || at.Before(m.limit)) {
		m.limit = at
	}
}

// over reports whether the step has no more time.
func (m *machine) over() bool {
	return m.stopped || !m.limit.IsZero() && !m.now.Before(m.limit)
}

func (m *machine) note(format string, args ...any) {
	m.tell(plan.Note{Detail: fmt.Sprintf(format, args...)})
}

func (m *machine) tell(n plan.Note) { m.notes = append(m.notes, n) }

// call makes a call, for as long as the step has time.
func (m *machine) call(c Call, then func(Answer) Move) Move {
	m.then = then
	if !c.Anyway && !m.limit.IsZero() && (c.By.IsZero() || m.limit.Before(c.By)) {
		c.By = m.limit
	}
	return Move{Call: c}
}

// pause waits before the next try. late is what comes instead of then when the time
// is over.
func (m *machine) pause(then, late func() Move) Move { return m.wait(m.poll, then, late) }

func (m *machine) wait(d time.Duration, then, late func() Move) Move {
	return m.call(Call{Do: Pause, Wait: d}, func(Answer) Move {
		if m.over() {
			return late()
		}
		return then()
	})
}

// inTurn makes calls that differ in their verbs, one after the other, and gives the
// answer to the last one, or to the first that failed.
func (m *machine) inTurn(verbs []Verb, of Call, then func(Verb, Answer) Move) Move {
	of.Do = verbs[0]
	return m.call(of, func(a Answer) Move {
		if a.Err != nil || len(verbs) == 1 {
			return then(of.Do, a)
		}
		return m.inTurn(verbs[1:], of, then)
	})
}

// part lets another machine do a part of the step.
func (m *machine) part(of Machine, then func(plan.Report) Move) Move {
	var next func(Answer) Move
	next = func(a Answer) Move {
		move := of.Next(a)
		m.notes = append(m.notes, move.Notes...)
		if move.End != nil {
			return then(*move.End)
		}
		return m.call(move.Call, next)
	}
	return next(Answer{At: m.now, Stopped: m.stopped})
}

func (m *machine) master() bool { return m.task.Node().Role == dcos.Master }

// inDoubt reports a step that ended in an unknown way.
func inDoubt(t plan.Task, err error) plan.Report {
	return plan.Report{Outcome: plan.InDoubt, Detail: fmt.Sprintf("nobody knows how %s ended: %v", t.Step.ID, err)}
}

func (m *machine) inDoubt(err error) Move { return end(inDoubt(m.task, err)) }

func end(rep plan.Report) Move { return Move{End: &rep} }
