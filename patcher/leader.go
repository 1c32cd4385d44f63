package patcher

import (
	"context"
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/mesos"
	"github.com/dcos-patch/dcos-patch/steps"
)

// probeUser is who Marathon's tasks run as in DC/OS.
const probeUser = "root"

// subscribe makes the framework of a launch probe, which lasts until it leaves, or by
// a moment at the latest.
func (w *work) subscribe(ctx context.Context, by time.Time) (err error) {
	if by.IsZero() {
		ctx, w.leave = context.WithCancel(ctx)
	} else {
		ctx, w.leave = context.WithDeadline(ctx, by)
	}
	w.framework, err = w.lead.Mesos.Subscribe(ctx, mesos.FrameworkInfo{Name: w.probeName().String(), User: probeUser, Role: steps.ProbeRole(w.task.Node().Role)})
	if err != nil {
		w.leave()
	}
	return err
}

func (w *work) probeName() ProbeName {
	return ProbeName{Run: w.task.Run, Node: w.task.Step.Node, Epoch: w.task.Epoch}
}

// atLeader makes a call at the leading master, or as the framework there.
func (w *work) atLeader(ctx context.Context, c steps.Call) (a steps.Answer) {
	switch f := w.framework; c.Do {
	case steps.FindLeader:
		if w.lead, a.Err = w.Leaders.Lead(ctx); a.Err == nil {
			a.Leader = w.lead.Node
			if agent, listed := w.lead.Agent(w.task.Node()); listed {
				a.Agent = &agent
			}
		}
	case steps.RemoveProbes:
		a.Err = RemoveProbes(ctx, w.lead, w.probeName().mine)
	case steps.AskRoom:
		a.Room, a.Err = w.lead.Mesos.Room(ctx, c.Agent, steps.ProbeRole(w.task.Node().Role))
	case steps.NextEvent:
		a.Event, a.Err = f.Next()
	case steps.Revive:
		a.Err = f.Revive(ctx)
	case steps.Suppress:
		a.Err = f.Suppress(ctx)
	case steps.Decline:
		a.Err = f.Decline(ctx, c.Offers, c.Wait.Seconds())
	case steps.LaunchTask:
		c.Task.Name = w.probeName().String()
		a.Err = f.Launch(ctx, c.Offers[0], c.Task)
	case steps.Acknowledge:
		a.Err = f.Acknowledge(ctx, c.Update)
	case steps.Leave:
		_ = f.Teardown(ctx) // its stream's end has the same effect
		f.Close()
		w.leave()
	default:
		a.Err = fmt.Errorf("no call %d", c.Do)
	}
	return a
}
