package simcluster

import (
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/answers"
)

// Delays of a drain, unscaled.
const (
	taskEnds     = 100 * time.Millisecond  // after SIGTERM, when it does not ignore that
	usualGrace   = 3 * time.Second         // until SIGKILL, where a task does not say
	masterLearns = 30 * time.Millisecond   // that everything has ended
	executorEnds = 1100 * time.Millisecond // after its task: until then the agent itself drains
)

// hearOfDrain is the agent hearing that it is drained: at once, or when it comes back. Its
// tasks are killed; the limit of their grace has no effect on the command executor.
func (n *node) hearOfDrain() {
	a := &n.agent
	if !a.record.active || a.record.drain.State != answers.Draining {
		return
	}
	a.draining = a.record.drain
	for _, t := range a.tasks {
		if !t.Live() {
			continue
		}
		after, signal := taskEnds, "Terminated"
		if t.IgnoresTerm {
			if after, signal = usualGrace, "Killed"; t.Grace > 0 {
				after = t.Grace
			}
		}
		n.after(after, func() {
			if t.Live() {
				n.endTask(t, answers.TaskKilled, "SOURCE_EXECUTOR", "REASON_AGENT_DRAINING", "Command terminated with signal "+signal)
			}
			n.settleDrain()
		})
	}
	n.after(masterLearns, n.settleDrain)
}

// settleDrain ends a drain once every task has ended and every framework has
// acknowledged that.
func (n *node) settleDrain() {
	r := &n.agent.record
	if r.drain.State != answers.Draining || !r.active || n.busy() {
		return
	}
	r.drain.State = answers.Drained
	n.c.note(n, "drained", n.agent.id)
	if r.drain.MarkGone {
		r.drain.State = answers.Draining // as Mesos goes on saying of the agent: REC 306
		n.markGone()
		return
	}
	n.after(executorEnds, func() {
		if n.agent.record.drain.State != answers.Draining {
			n.agent.draining = answers.Drain{}
		}
	})
}

// busy reports whether a task of the agent runs, or its end is not acknowledged.
func (n *node) busy() bool {
	return slices.ContainsFunc(n.agent.tasks, func(t *answers.Task) bool { return t.Live() || t.Unacknowledged })
}
