package mesos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// UpdateSchedule replaces the maintenance schedule with another. Mesos compares nothing:
// what was posted since the schedule was read is lost.
func (c *Client) UpdateSchedule(ctx context.Context, windows []dcos.ScheduledWindow) error {
	texts := []json.RawMessage{}
	for _, w := range windows {
		texts = append(texts, json.RawMessage(w.Text))
	}
	return c.write(ctx, updateSchedule, object{"schedule": object{"windows": texts}})
}

// StartMaintenance takes machines that are scheduled down: the tasks of their agents are
// lost, and the agents are shut down. It is all of them or none.
func (c *Client) StartMaintenance(ctx context.Context, machines []dcos.Machine) error {
	return c.write(ctx, startMaintenance, object{"machines": machineIDs(machines)})
}

// StopMaintenance brings machines up that are down, and takes them out of the schedule.
func (c *Client) StopMaintenance(ctx context.Context, machines []dcos.Machine) error {
	return c.write(ctx, stopMaintenance, object{"machines": machineIDs(machines)})
}

// Drain is how an agent is drained.
type Drain struct {
	MaxGrace time.Duration // of the kill of a task, in whole seconds; 0: as each task says
	MarkGone bool          // in the end, for good
}

// Drain deactivates an agent and kills its tasks. It cannot be called off.
func (c *Client) Drain(ctx context.Context, agentID string, d Drain) error {
	with := object{"agent_id": value(agentID)}
	if d.MaxGrace > 0 {
		with["max_grace_period"] = object{"seconds": int64(d.MaxGrace / time.Second)} // nanoseconds are read as 0: REC 274
	}
	if d.MarkGone {
		with["mark_gone"] = true
	}
	return c.write(ctx, drainAgent, with)
}

// Deactivate has no more tasks launched on an agent.
func (c *Client) Deactivate(ctx context.Context, agentID string) error {
	return c.write(ctx, deactivateAgent, object{"agent_id": value(agentID)})
}

// Reactivate undoes Deactivate, or a drain that has ended. A drain has ended when the
// agent itself says so (dcos.AgentSelf): until then a task that is launched there is lost.
func (c *Client) Reactivate(ctx context.Context, agentID string) error {
	return c.write(ctx, reactivateAgent, object{"agent_id": value(agentID)})
}

// MarkGone removes an agent for good, with its tasks and its persistent volumes.
func (c *Client) MarkGone(ctx context.Context, agentID string) error {
	return c.write(ctx, markAgentGone, object{"agent_id": value(agentID)})
}

// Schedule is the maintenance schedule with the text of each window
// (GET_MAINTENANCE_SCHEDULE). Only a leading master that has recovered answers; the v0
// endpoint says before that nothing is scheduled, so nothing here asks it.
func (c *Client) Schedule(ctx context.Context) ([]dcos.ScheduledWindow, error) {
	q := call("GET_MAINTENANCE_SCHEDULE", largeBody)
	q.keep, q.room = scheduleShape(), agentsRoom+agentsRoomPerNode*c.nodes
	return ask(ctx, c, q, dcos.ParseSchedule)
}

// InverseAnswers is what each framework has answered about each machine under maintenance
// (GET_MAINTENANCE_STATUS).
func (c *Client) InverseAnswers(ctx context.Context) ([]dcos.InverseAnswer, error) {
	q := call("GET_MAINTENANCE_STATUS", largeBody)
	q.keep, q.room = inverseShape(), agentsRoom+roomPerNode*c.nodes
	return ask(ctx, c, q, dcos.ParseInverseAnswers)
}

// Operations lists the offer operations that a leading master or an agent knows
// (GET_OPERATIONS).
func (c *Client) Operations(ctx context.Context) ([]dcos.Operation, error) {
	q := call("GET_OPERATIONS", largeBody)
	q.keep, q.room = operationsShape(), agentsRoom+agentsRoomPerNode*c.nodes
	return ask(ctx, c, q, dcos.ParseGetOperations)
}

// Quotas lists the quotas of roles (GET_QUOTA).
func (c *Client) Quotas(ctx context.Context) ([]dcos.Quota, error) {
	return ask(ctx, c, call("GET_QUOTA", smallBody), dcos.ParseGetQuota)
}

func machineIDs(machines []dcos.Machine) []object {
	ids := []object{}
	for _, m := range machines {
		id := object{}
		for key, name := range map[string]string{"hostname": m.Hostname, "ip": m.IP} {
			if name != "" {
				id[key] = name
			}
		}
		ids = append(ids, id)
	}
	return ids
}

// write makes a call that changes something, once. The error is a *StatusError or a
// *NotLeaderError, after which nothing has changed, or *UnknownOutcomeError.
func (c *Client) write(ctx context.Context, name string, with object) error {
	body, err := json.Marshal(object{"type": name, strings.ToLower(name): with})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, WriteTimeout)
	defer cancel()
	err = c.tell(ctx, letter{path: "/api/v1", kind: jsonKind, body: string(body), wants: http.StatusOK})
	if err == nil {
		return nil
	}
	var no *StatusError
	var standby *NotLeaderError
	refused := errors.As(err, &no) && (no.means() != nil || no.Code >= 400 && no.Code < 500 && no.Code != http.StatusRequestTimeout)
	if !refused && !errors.As(err, &standby) {
		err = &UnknownOutcomeError{Call: CallNamed(name), Err: err}
	}
	return fmt.Errorf("%s v1 call %s: %w", c.base, name, err)
}
