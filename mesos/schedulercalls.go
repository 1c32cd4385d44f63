package mesos

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// forLong is for how long declined resources are not offered again, in seconds.
// A filter ends with its framework.
const forLong = 3600

// Launch accepts an offer for one task, and wants nothing of the rest. That the
// master takes the call proves nothing: updates tell what became of the task. It
// is an error when the offer has not as much as the task needs.
func (s *Scheduler) Launch(ctx context.Context, o dcos.Offer, t TaskInfo) error {
	resources, enough := o.Carve(t.CPUs, t.Mem)
	if !enough {
		return fmt.Errorf("offer %s has not %g cpus and %g MB", o.ID, t.CPUs, t.Mem)
	}
	task := object{
		"name": t.Name, "task_id": value(t.ID), "agent_id": value(o.AgentID), "resources": resources,
		"command": object{"shell": true, "value": t.Command},
	}
	return s.call(ctx, "ACCEPT", object{
		"offer_ids":  []object{value(o.ID)},
		"operations": []object{{"type": "LAUNCH", "launch": object{"task_infos": []object{task}}}},
		"filters":    refuse(forLong),
	})
}

// Decline gives offers back. They are not made again for so many seconds.
func (s *Scheduler) Decline(ctx context.Context, offers []dcos.Offer, seconds float64) error {
	var ids []object
	for _, o := range offers {
		ids = append(ids, value(o.ID))
	}
	return s.call(ctx, "DECLINE", object{"offer_ids": ids, "filters": refuse(seconds)})
}

// Suppress asks for no more offers.
func (s *Scheduler) Suppress(ctx context.Context) error { return s.call(ctx, "SUPPRESS", nil) }

// Revive asks for offers again, declined ones too.
func (s *Scheduler) Revive(ctx context.Context) error { return s.call(ctx, "REVIVE", nil) }

// Acknowledge lets the next update of the task come.
func (s *Scheduler) Acknowledge(ctx context.Context, u dcos.TaskUpdate) error {
	return s.call(ctx, "ACKNOWLEDGE", object{"agent_id": value(u.AgentID), "task_id": value(u.TaskID), "uuid": u.UUID})
}

// Teardown removes the framework with its tasks, and ends the stream.
func (s *Scheduler) Teardown(ctx context.Context) error { return s.call(ctx, "TEARDOWN", nil) }

// call sends one call of the framework. The master's 202 says that it was taken.
func (s *Scheduler) call(ctx context.Context, kind string, with object) error {
	call := object{"type": kind, "framework_id": value(s.ID)}
	if with != nil {
		call[strings.ToLower(kind)] = with
	}
	body, err := json.Marshal(call)
	if err != nil {
		return err
	}
	l := letter{path: schedulerPath, kind: jsonKind, body: string(body), stream: s.stream, wants: http.StatusAccepted}
	if err := s.client.tell(ctx, l); err != nil {
		return fmt.Errorf("%s %s: %w", s.client.base, kind, err)
	}
	return nil
}

func value(s string) object { return object{"value": s} }

func refuse(seconds float64) object { return object{"refuse_seconds": seconds} }
