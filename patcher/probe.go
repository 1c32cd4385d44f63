package patcher

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/mesos"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Leaders finds the master that leads; *checks.Cluster is one. Safe for
// concurrent use.
type Leaders interface {
	Lead(ctx context.Context) (checks.Lead, error)
}

// probe starts a tiny task on the agent and sees it end: an agent can be back,
// registered and green, and not be able to start anything any more (FACTS 8.7,
// 8.16). What the agent says about the task is the step's end. What keeps it
// from being asked at all, a failover or a stream that breaks, is tried again
// until the patience is over. Whatever comes of it, the framework is removed.
func (p *Patcher) probe(ctx context.Context, t plan.Task, note func(plan.Note)) plan.Report {
	limited, cancel := within(ctx, t.Step.Timeout)
	defer cancel()
	n, _ := t.Plan.Node(t.Step.Node)
	pr := &prober{p: p, t: t, node: n, note: note, name: ProbeName{Run: t.Run, Node: n.Name, Epoch: t.Epoch}}
	last, told := verdict{observed: "there was no time to begin"}, ""
	for limited.Err() == nil {
		v, err := pr.attempt(limited)
		if err == nil {
			last = v
			break
		}
		if !errors.Is(err, context.DeadlineExceeded) { // that one only says that there was no time to ask again
			last.observed = err.Error()
		}
		if last.observed != told {
			told = last.observed
			note(plan.Note{Finding: new(pr.finding(dcos.Unknown, told))})
		}
		pause(limited, p.Poll)
	}
	if last.status == dcos.Unknown {
		last.observed += fmt.Sprintf("; gave up after %s", t.Step.Timeout)
	}
	return pr.report(ctx, last, pr.undo(ctx))
}

// fence has the node refuse a run that is another controller's already.
func (p *Patcher) fence(ctx context.Context, t plan.Task) error {
	h, err := p.Nodes.Node(ctx, t.Step.Node)
	if err != nil {
		return err
	}
	return node.Init(ctx, h, p.claim(t))
}

// prober is one launch probe under way.
type prober struct {
	p    *Patcher
	t    plan.Task
	node plan.Node
	note func(plan.Note)
	name ProbeName
	task int // numbers the tasks: an id is never used twice
}

// The task: as little as Mesos lets a task have, in the role that a node's
// resources belong to in DC/OS, as the user that Marathon's tasks have there.
const (
	probeCPUs    = 0.01
	probeMem     = 32 // MB
	probeUser    = "root"
	probeCommand = "exit 0"
)

func probeRole(r dcos.Role) string {
	if r == dcos.PublicAgent {
		return "slave_public"
	}
	return "*"
}

// attempt is one framework's life. An error means that the agent was not asked,
// or did not answer.
func (r *prober) attempt(ctx context.Context) (verdict, error) {
	if err := r.p.fence(ctx, r.t); err != nil {
		return r.refused(err)
	}
	lead, err := r.p.Leaders.Lead(ctx)
	if err != nil {
		return verdict{}, err
	}
	if err := RemoveProbes(ctx, lead, r.name.mine); err != nil {
		return verdict{}, err
	}
	agent, listed := lead.Agent(r.node)
	if listed && agent.Deactivated && slices.Contains(r.t.Deactivated, r.node.Name) {
		return verdict{status: dcos.Warned, observed: "deactivated at the leader, as it was before its patch: Mesos offers nothing of it, so that no task can be started"}, nil
	}
	if !listed || !agent.Active || agent.Deactivated {
		return verdict{}, fmt.Errorf("%s is %s at the leader %s", r.node.Name, unserving(agent), lead.Node)
	}
	s, err := lead.Mesos.Subscribe(ctx, mesos.FrameworkInfo{Name: r.name.String(), User: probeUser, Role: probeRole(r.node.Role)})
	if err != nil {
		return r.refused(err)
	}
	defer r.leave(ctx, s)
	return r.follow(ctx, s, lead, &launch{agent: agent.ID, tasks: &r.task})
}

// refused ends the probe where asking again cannot help.
func (r *prober) refused(err error) (verdict, error) {
	var unwanted *mesos.ErrorEvent
	var fenced *node.RefusedError
	switch {
	case errors.Is(err, mesos.ErrUnauthorized), errors.As(err, &unwanted):
		return verdict{status: dcos.Failed, observed: fmt.Sprintf("the launch probe may not subscribe as a framework: %v", err),
			hint: "where frameworks need credentials that dcos-patch has not, policy.launch_probe: false does without the probe"}, nil
	case errors.As(node.Refusal(err), &fenced):
		return verdict{status: dcos.Failed, observed: "nothing was started: " + fenced.Error()}, nil
	}
	return verdict{}, err
}

// follow hears the framework's events, and does what comes of them.
func (r *prober) follow(ctx context.Context, s *mesos.Scheduler, lead checks.Lead, l *launch) (verdict, error) {
	since, grace := time.Now(), r.t.Step.Timeout.D()/graces
	for {
		e, err := s.Next()
		switch {
		case ctx.Err() != nil:
			return verdict{}, errors.New(l.state())
		case err != nil:
			return r.refused(err)
		}
		orders, end := l.hear(e)
		for _, o := range orders {
			if err := r.order(ctx, s, o); err != nil {
				return verdict{}, err
			}
		}
		if end != nil {
			return *end, nil
		}
		if l.waiting() && time.Since(since) >= grace {
			if v, full := r.full(ctx, lead, l); full {
				return v, nil
			}
		}
	}
}

// graces is the part of the probe's patience after which an agent that was not
// offered is looked at.
const graces = 10

// full proves that the agent has no room for a task: then there is nothing to
// offer, and the probe does not apply. Anything else is waited out.
func (r *prober) full(ctx context.Context, lead checks.Lead, l *launch) (verdict, bool) {
	ctx, cancel := context.WithTimeout(ctx, callPatience)
	defer cancel()
	role := probeRole(r.node.Role)
	room, err := lead.Mesos.Room(ctx, l.agent, role)
	switch {
	case err != nil:
		l.why = "no offer of it yet, and its room is not known: " + err.Error()
	case !room.Holds(probeCPUs, probeMem):
		return verdict{status: dcos.NotApplicable, observed: fmt.Sprintf("no room for a task in role %s: %s", role, room)}, true
	default:
		l.why = fmt.Sprintf("no offer of it yet in role %s, although there is room: %s", role, room)
	}
	r.note(plan.Note{Finding: new(r.finding(dcos.Unknown, l.why))})
	return verdict{}, false
}

// callPatience bounds one call to the leader.
const callPatience = 15 * time.Second

func (r *prober) order(ctx context.Context, s *mesos.Scheduler, o order) error {
	ctx, cancel := context.WithTimeout(ctx, callPatience)
	defer cancel()
	switch o.do {
	case doLaunch:
		return s.Launch(ctx, o.offers[0], mesos.TaskInfo{ID: o.task, Name: r.name.String(), Command: probeCommand, CPUs: probeCPUs, Mem: probeMem})
	case doDecline:
		return s.Decline(ctx, o.offers, o.seconds)
	case doAcknowledge:
		return s.Acknowledge(ctx, o.update)
	case doSuppress:
		_ = s.Suppress(ctx) // only spares the master work; its stream says whether the framework is gone
		return nil
	default:
		return s.Revive(ctx)
	}
}

// leave ends the framework in good order. Whether it has gone is seen afterwards.
func (r *prober) leave(ctx context.Context, s *mesos.Scheduler) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callPatience)
	defer cancel()
	_ = s.Teardown(ctx) // its stream's end has the same effect
	s.Close()
}

// unserving says why an agent is not in service.
func unserving(a dcos.Agent) string {
	if a.Deactivated {
		return "deactivated"
	}
	return "not in service"
}
