package dcos

import (
	"fmt"
	"time"
)

// SchedulerEvent is one record of a framework's stream (v1 scheduler API). Only
// the field that belongs to its type is set; types that are not named here say
// nothing to us.
type SchedulerEvent struct {
	Type string

	FrameworkID string        // SUBSCRIBED: the id that the master gave
	Heartbeat   time.Duration // SUBSCRIBED: how often the master is heard of at least; 0 where it does not say
	Offers      []Offer       // OFFERS
	Rescinded   string        // RESCIND: the offer that is no more
	Update      TaskUpdate    // UPDATE
	Message     string        // ERROR: why the framework may not go on
}

// The types of events that say something to us.
const (
	EventSubscribed = "SUBSCRIBED"
	EventOffers     = "OFFERS"
	EventRescind    = "RESCIND"
	EventUpdate     = "UPDATE"
	EventError      = "ERROR"
)

// TaskUpdate is one status of a task, as the executor, the agent or the master
// says it.
type TaskUpdate struct {
	TaskID, AgentID string // AgentID is empty where the master speaks for no agent
	State           string // "TASK_RUNNING"
	Source          string // "SOURCE_EXECUTOR", "SOURCE_AGENT", "SOURCE_MASTER"
	Reason, Message string
	UUID            string // base64; where there is one the update comes again until it is acknowledged
}

type rawStatus struct {
	Task    v1Value  `json:"task_id"`
	Agent   *v1Value `json:"agent_id"`
	State   string   `json:"state"`
	Source  string   `json:"source"`
	Reason  string   `json:"reason"`
	Message string   `json:"message"`
	UUID    string   `json:"uuid"`
}

type rawEvent struct {
	Type       string `json:"type"`
	Subscribed *struct {
		ID        v1Value `json:"framework_id"`
		Heartbeat float64 `json:"heartbeat_interval_seconds"`
	} `json:"subscribed"`
	Offers *struct {
		Offers list[rawOffer] `json:"offers"`
	} `json:"offers"`
	Rescind *struct {
		ID v1Value `json:"offer_id"`
	} `json:"rescind"`
	Update *struct {
		Status *rawStatus `json:"status"`
	} `json:"update"`
	Error *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// maxHeartbeat is more than any master is set to.
const maxHeartbeat = time.Hour

// ParseSchedulerEvent reads one record of a framework's stream.
func ParseSchedulerEvent(b []byte) (SchedulerEvent, error) {
	const what = "scheduler event"
	var e SchedulerEvent
	var raw rawEvent
	raw.Offers = &struct {
		Offers list[rawOffer] `json:"offers"`
	}{list[rawOffer]{take: func(i int, r rawOffer) error {
		o, err := r.offer(fmt.Sprintf("offers[%d]", i))
		e.Offers = append(e.Offers, o)
		return err
	}}}
	if err := decode(what, b, &raw); err != nil {
		return SchedulerEvent{}, err
	}
	if raw.Type == "" {
		return SchedulerEvent{}, missing(what, "type")
	}
	if e.Type = raw.Type; e.Type != EventOffers {
		e.Offers = nil
	}
	if err := e.fill(raw); err != nil {
		return SchedulerEvent{}, err
	}
	return e, nil
}

// fill sets what belongs to the event's type.
func (e *SchedulerEvent) fill(raw rawEvent) error {
	switch e.Type {
	case EventSubscribed:
		if raw.Subscribed == nil || raw.Subscribed.ID.Value == "" {
			return missing(e.Type, "framework_id")
		}
		e.FrameworkID = raw.Subscribed.ID.Value
		if s := raw.Subscribed.Heartbeat; s > 0 && s < maxHeartbeat.Seconds() {
			e.Heartbeat = time.Duration(s * float64(time.Second))
		}
	case EventRescind:
		if raw.Rescind == nil || raw.Rescind.ID.Value == "" {
			return missing(e.Type, "offer_id")
		}
		e.Rescinded = raw.Rescind.ID.Value
	case EventUpdate:
		return e.update(raw)
	case EventError:
		if raw.Error != nil {
			e.Message = raw.Error.Message
		}
	}
	return nil
}

func (e *SchedulerEvent) update(raw rawEvent) error {
	if raw.Update == nil || raw.Update.Status == nil {
		return missing(e.Type, "status")
	}
	s := raw.Update.Status
	switch {
	case s.Task.Value == "":
		return missing(e.Type, "status.task_id")
	case s.State == "":
		return missing(e.Type, "status.state")
	}
	e.Update = TaskUpdate{TaskID: s.Task.Value, State: s.State, Source: s.Source, Reason: s.Reason, Message: s.Message, UUID: s.UUID}
	if s.Agent != nil {
		e.Update.AgentID = s.Agent.Value
	}
	return nil
}
