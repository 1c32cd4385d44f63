package steps

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/mesos"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
)

// probe starts a tiny task on the agent and sees it end: an agent can be back,
// registered and green, and not be able to start anything any more (FACTS 8.7,
// 8.16). What the agent says about the task is the step's end. What keeps it
// from being asked at all, a failover or a stream that breaks, is tried again
// until the step's time is over. In every case the framework is removed.
type probe struct {
	machine
	framework *framework // while it is subscribed
	since     time.Time  // it was subscribed
	tasks     int        // numbers the tasks: an id is never used twice
	last      verdict
	told      string
}

// LeaderTimeout bounds one call to the leader; graces is the part of the step's time
// after which an agent that was not offered is looked at.
const (
	LeaderTimeout = 15 * time.Second
	graces        = 10
)

func (p *probe) start(Answer) Move {
	p.begin()
	p.last.observed = "there was no time to begin"
	return p.try()
}

// try is one framework's life. The node refuses the run first, if it is another
// controller's already.
func (p *probe) try() Move {
	if p.over() {
		return p.remove()
	}
	return p.inTurn([]Verb{Claim, FindLeader}, Call{}, func(v Verb, led Answer) Move {
		switch {
		case led.Err != nil && v == Claim:
			return p.refused(led)
		case led.Err != nil:
			return p.retry(led)
		}
		return p.call(Call{Do: RemoveProbes}, func(a Answer) Move {
			if a.Err != nil {
				return p.retry(a)
			}
			return p.subscribe(led)
		})
	})
}

func (p *probe) subscribe(led Answer) Move {
	agent, name := led.Agent, p.task.Step.Node
	switch {
	case agent != nil && agent.Deactivated && slices.Contains(p.task.Deactivated, name):
		return p.ends(verdict{status: dcos.Warned, observed: "deactivated at the leader, as it was before its patch: Mesos offers nothing of it, so that no task can be started"})
	case agent != nil && agent.Deactivated:
		return p.retry(Answer{Err: fmt.Errorf("%s is deactivated at the leader %s", name, led.Leader)})
	case agent == nil || !agent.Active:
		return p.retry(Answer{Err: fmt.Errorf("%s is not in service at the leader %s", name, led.Leader)})
	}
	return p.call(Call{Do: Subscribe}, func(a Answer) Move {
		if a.Err != nil {
			return p.refused(a)
		}
		p.framework, p.since = &framework{agent: agent.ID, tasks: &p.tasks}, p.now
		return p.listen()
	})
}

// refused ends the probe where asking again cannot help.
func (p *probe) refused(a Answer) Move {
	var unwanted *mesos.ErrorEvent
	var fenced *node.RefusedError
	switch {
	case errors.Is(a.Err, mesos.ErrUnauthorized), errors.As(a.Err, &unwanted):
		return p.ends(verdict{status: dcos.Failed, observed: fmt.Sprintf("the launch probe may not subscribe as a framework: %v", a.Err),
			hint: "where frameworks need credentials that dcos-patch has not, policy.launch_probe: false does without the probe"})
	case errors.As(node.Refusal(a.Err), &fenced):
		return p.ends(verdict{status: dcos.Failed, observed: "nothing was started: " + fenced.Error()})
	}
	return p.retry(a)
}

// retry begins again, unless the time is over.
func (p *probe) retry(a Answer) Move {
	if !a.Expired { // that one only says that there was no time to ask again
		p.last.observed = a.Err.Error()
	}
	if p.last.observed != p.told {
		p.told = p.last.observed
		p.tell(plan.Note{Finding: new(p.finding(dcos.Unknown, p.told))})
	}
	return p.pause(p.try, p.remove)
}

func (p *probe) listen() Move { return p.call(Call{Do: NextEvent}, p.heard) }

// heard does what comes of an event.
func (p *probe) heard(a Answer) Move {
	switch {
	case p.over():
		state := Answer{Err: errors.New(p.framework.state())}
		return p.leave(func() Move { return p.retry(state) })
	case a.Err != nil:
		return p.leave(func() Move { return p.refused(a) })
	}
	do, end := p.framework.hear(a.Event)
	return p.do(do, end)
}

func (p *probe) do(calls []Call, end *verdict) Move {
	switch {
	case len(calls) > 0:
		c := calls[0]
		c.By = p.now.Add(LeaderTimeout)
		return p.call(c, func(a Answer) Move {
			if a.Err != nil && c.Do != Suppress { // which only spares the master work
				return p.leave(func() Move { return p.retry(a) })
			}
			return p.do(calls[1:], end)
		})
	case end != nil:
		return p.leave(func() Move { return p.ends(*end) })
	case p.framework.waiting() && p.now.Sub(p.since) >= p.task.Step.Timeout.D()/graces:
		return p.call(Call{Do: AskRoom, Agent: p.framework.agent, By: p.now.Add(LeaderTimeout)}, p.room)
	}
	return p.listen()
}

// room judges whether the agent has room for a task: without it there is nothing to
// offer, and the probe does not apply. Anything else is waited out.
func (p *probe) room(a Answer) Move {
	l, role := p.framework, ProbeRole(p.task.Node().Role)
	switch {
	case a.Err != nil:
		l.why = "no offer of it yet, and its room is not known: " + a.Err.Error()
	case !a.Room.Holds(probeCPUs, probeMem):
		none := verdict{status: dcos.NotApplicable, observed: fmt.Sprintf("no room for a task in role %s: %s", role, a.Room)}
		return p.leave(func() Move { return p.ends(none) })
	default:
		l.why = fmt.Sprintf("no offer of it yet in role %s, although there is room: %s", role, a.Room)
	}
	p.tell(plan.Note{Finding: new(p.finding(dcos.Unknown, l.why))})
	return p.listen()
}

// ProbeRole is the role that a node's resources belong to in DC/OS.
func ProbeRole(r dcos.Role) string {
	if r == dcos.PublicAgent {
		return "slave_public"
	}
	return "*"
}

// leave ends the framework in good order. Whether it has gone is seen afterwards.
func (p *probe) leave(then func() Move) Move {
	p.framework = nil
	return p.call(Call{Do: Leave, By: p.now.Add(LeaderTimeout), Anyway: true}, func(Answer) Move { return then() })
}

func (p *probe) ends(v verdict) Move {
	p.last = v
	return p.remove()
}

// remove proves that nothing of the probe is left.
func (p *probe) remove() Move {
	if p.last.status == dcos.Unknown {
		p.last.observed += fmt.Sprintf("; gave up after %s", p.task.Step.Timeout)
	}
	return p.part(ready(p.machine, &unprobe{}), p.report)
}

func (p *probe) finding(s dcos.Status, observed string) dcos.Finding {
	return dcos.Finding{Check: string(plan.ActionProbe), Node: string(p.task.Step.Node), Status: s, Observed: observed,
		Want: "a task that is started on it, and ends well", At: p.now}
}

// report is the step's end. A probe whose framework may be left is none that
// passed.
func (p *probe) report(removed plan.Report) Move {
	v, f := p.last, p.finding(p.last.status, p.last.observed)
	if f.Hint = v.hint; v.status == dcos.Failed && f.Hint == "" {
		f.Hint = fmt.Sprintf("on %s: journalctl -u %s", p.task.Step.Node, p.task.Node().Role.MesosUnit())
	}
	left := removed.Outcome != plan.Done
	rep := plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Detail: v.observed, Undone: !left, Findings: []dcos.Finding{f}}
	switch {
	case v.status == dcos.Unknown && p.stopped:
		rep.Outcome, rep.Class, rep.Detail, rep.Findings = plan.InDoubt, plan.ClassNone, "stopped watching", nil
	case left && v.status.OK():
		rep.Detail = fmt.Sprintf("%s, but its framework may be left: %s", v.observed, removed.Detail)
		rep.Findings[0].Status, rep.Findings[0].Observed = dcos.Unknown, rep.Detail
	case left:
		rep.Detail = fmt.Sprintf("%s; its framework may be left: %s", v.observed, removed.Detail)
	case v.status.OK():
		rep.Outcome, rep.Class = plan.Done, plan.ClassNone
		if v.status == dcos.NotApplicable {
			rep.Detail = "not probed: " + v.observed
		}
	}
	return end(rep)
}

// unprobe removes the frameworks of a launch probe, even when the caller does not
// wait any more, until the leader proves that they are gone.
type unprobe struct {
	machine
	until time.Time
}

// undoTimeout is how long the leader is asked for that.
const undoTimeout = 30 * time.Second

func (u *unprobe) start(Answer) Move {
	u.until = u.now.Add(undoTimeout)
	return u.try()
}

func (u *unprobe) try() Move {
	return u.inTurn([]Verb{FindLeader, RemoveProbes}, Call{By: u.until, Anyway: true}, func(_ Verb, a Answer) Move {
		if a.Err == nil {
			return end(plan.Report{Outcome: plan.Done})
		}
		return u.call(Call{Do: Pause, Wait: u.poll, By: u.until, Anyway: true}, func(Answer) Move {
			if !u.now.Before(u.until) {
				return end(plan.Report{Outcome: plan.InDoubt, Detail: a.Err.Error()})
			}
			return u.try()
		})
	})
}
