package rehearse

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/nodemodel"
	"github.com/dcos-patch/dcos-patch/mesos"
	"github.com/dcos-patch/dcos-patch/steps"
)

// medians are how long calls take, where it is not what a node or the leader takes
// for any.
var medians = map[steps.Verb]time.Duration{steps.Observe: lookTakes, steps.TakeBaseline: baselineTakes, steps.SurveyAll: surveysTake, steps.Fetch: stageTakes}

// takes is how long a call takes; never: it is answered when its answer is there.
func (w *work) takes(call *steps.Call) time.Duration {
	median, special := medians[call.Do]
	switch c, n := w.c, w.n; {
	case call.Do == steps.Pause:
		return call.Wait
	case call.Do == steps.SideBySide, call.Do == steps.Await:
		return never
	case call.Do == steps.NextEvent && (c.now < c.red || n.out(c.now)):
		return heartbeat
	case call.Do == steps.Fetch && n.Staged:
		median = stagedTakes
	case !special && call.Do < steps.Look:
		median = leaderTakes
	case !special:
		median = askTakes
	}
	return w.c.around(median)
}

// errLeaderless is what asking for the leader comes to without one.
var errLeaderless = errors.New("no leading master that works: none is elected")

// atLeader is what the cluster answers.
func (w *work) atLeader(call *steps.Call) (a steps.Answer) {
	c, n := w.c, w.n
	switch leaderless := c.now < c.red; {
	case call.Do == steps.SurveyAll:
		for _, name := range call.Nodes {
			s := steps.Sighting{Node: name}
			if m := c.byName[name]; m.reachable(c.now) {
				s.Survey = m.prog.Survey(m.script.shown())
			} else {
				s.Err = m.silent
			}
			a.Seen = append(a.Seen, s)
		}
	case call.Do == steps.TakeBaseline && leaderless:
		a.Err = &checks.LackingError{Reason: "asking the leader: none is elected"}
	case call.Do == steps.NextEvent && leaderless:
		a.Err = mesos.ErrStream
	case leaderless:
		a.Err = errLeaderless
	case call.Do == steps.TakeBaseline && !n.reachable(c.now):
		a.Err = n.silent
	case call.Do == steps.TakeBaseline:
		a.Baseline = json.RawMessage("{}")
	case call.Do == steps.AskAway:
		a.Away = c.away(n)
	default:
		w.asFramework(call, &a)
	}
	return a
}

// asFramework is what a leader that works does for a launch probe. A framework whose
// controller dies is there until it is removed: to the leader, its stream is half open.
func (w *work) asFramework(call *steps.Call, a *steps.Answer) {
	switch c, n := w.c, w.n; call.Do {
	case steps.FindLeader:
		a.Leader, a.Agent = c.leader, &dcos.Agent{ID: string(n.Name), IP: n.IP, Active: !n.out(c.now)}
	case steps.RemoveProbes, steps.Leave:
		delete(c.probing, n.Name)
	case steps.Subscribe:
		w.framework, c.probing[n.Name] = nodemodel.Framework{Agent: string(n.Name)}, true
	case steps.LaunchTask:
		w.framework.Task = call.Task.ID
	case steps.NextEvent:
		a.Event = w.framework.Next(n.out(c.now), func() bool { return c.happens(fault.LaunchFails, n) })
	case steps.AskRoom:
		a.Room = dcos.Room{CPUs: dcos.Amount{Total: 1}, Mem: dcos.Amount{Total: 1024}}
	}
}

// away is how long the leader has missed an agent.
func (c *controller) away(n *host) checks.Away {
	if !n.out(c.now) {
		return checks.Away{}
	}
	at := c.wall()
	return checks.Away{Since: at.Add(n.gone - c.now), Seen: at, Budget: pingBudget}
}
