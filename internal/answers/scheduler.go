package answers

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// SchedulerPath is the scheduler API's at a master.
const SchedulerPath = "/api/v1/scheduler"

// StreamHeader names the stream that a framework has subscribed with.
const StreamHeader = "Mesos-Stream-Id"

// Framework is a framework that has subscribed.
type Framework struct {
	ID, Name, Stream string
	Connected        bool
}

// SchedulerCall is what is read of a call to the scheduler API.
type SchedulerCall struct {
	Type      string `json:"type"`
	Framework Value  `json:"framework_id"`
	Subscribe struct {
		Info struct {
			ID       *Value   `json:"id"`
			Name     string   `json:"name"`
			User     string   `json:"user"`
			Roles    []string `json:"roles"`
			Failover float64  `json:"failover_timeout"`
			Can      []struct {
				Type string `json:"type"`
			} `json:"capabilities"`
		} `json:"framework_info"`
	} `json:"subscribe"`
	Accept struct {
		OfferAnswer
		Operations []struct {
			Type   string `json:"type"`
			Launch struct {
				Tasks []TaskInfo `json:"task_infos"`
			} `json:"launch"`
		} `json:"operations"`
	} `json:"accept"`
	Decline     OfferAnswer `json:"decline"`
	Acknowledge struct {
		Task Value  `json:"task_id"`
		UUID string `json:"uuid"`
	} `json:"acknowledge"`
}

// OfferAnswer is what ACCEPT and DECLINE have in common.
type OfferAnswer struct {
	Offers  []Value `json:"offer_ids"`
	Filters struct {
		Refuse *float64 `json:"refuse_seconds"`
	} `json:"filters"`
}

// TaskInfo is what ACCEPT says of a task.
type TaskInfo struct {
	ID        Value  `json:"task_id"`
	Name      string `json:"name"`
	Agent     Value  `json:"agent_id"`
	Resources []struct {
		Name   string `json:"name"`
		Scalar struct {
			Value float64 `json:"value"`
		} `json:"scalar"`
		Role       string `json:"role"`
		Allocation struct {
			Role string `json:"role"`
		} `json:"allocation_info"`
	} `json:"resources"`
	Command *struct {
		Shell bool   `json:"shell"`
		Value string `json:"value"`
	} `json:"command"`
}

// Fits checks a task against an offer: what Mesos checks of resources is that the
// offer contains them, reservations and allocation too.
func (t TaskInfo) Fits(o Offer) bool {
	free := map[string]float64{"cpus": o.Resources.CPUs, "mem": o.Resources.Mem}
	for _, r := range t.Resources {
		role := r.Role
		if role == "" {
			role = "*"
		}
		if role != o.Resources.Role || r.Allocation.Role != o.Role || r.Scalar.Value <= 0 || r.Scalar.Value > free[r.Name] {
			return false
		}
	}
	return t.Agent.Value == o.Agent && t.ID.Value != "" && len(t.Resources) > 0 && t.Command != nil && t.Command.Shell
}

func (m Master) framework(id string) (Framework, bool) {
	for _, f := range m.Frameworks {
		if f.ID == id {
			return f, true
		}
	}
	return Framework{}, false
}

// Scheduler reads a call, and checks what Mesos checks, in its order. With a
// status the reply is the refusal.
func (m Master) Scheduler(r *http.Request, body []byte) (call SchedulerCall, no Reply) {
	if no := m.ready(SchedulerPath, Reply{}); no.Status != 0 {
		return call, no
	}
	if _, no := readCall(r, body, "scheduler"); no.Status != 0 {
		return call, no
	}
	if err := json.Unmarshal(body, &call); err != nil {
		return call, Text(http.StatusBadRequest, "Failed to convert JSON into Call protobuf: "+err.Error())
	}
	if no := call.modelled(); no.Status != 0 {
		return call, no
	}
	stream := r.Header.Get(StreamHeader)
	if call.Type == "SUBSCRIBE" {
		return call, call.subscribes(stream)
	}
	switch f, known := m.framework(call.Framework.Value); {
	case !known:
		no = Text(http.StatusBadRequest, "Framework cannot be found")
	case !f.Connected:
		no = Text(http.StatusForbidden, "Framework is not subscribed")
	case stream == "":
		no = Text(http.StatusBadRequest, "All non-subscribe calls should include the 'Mesos-Stream-Id' header")
	case stream != f.Stream:
		no = Text(http.StatusBadRequest, fmt.Sprintf("The stream ID '%s' included in this request didn't match the stream ID currently associated with framework ID %s", stream, f.ID))
	}
	return call, no
}

// modelled refuses a call that Mesos does not have as Mesos does, which reads it as
// one without a type; and one that the stand-ins do not carry out.
func (c SchedulerCall) modelled() Reply {
	switch c.Type {
	case "SUBSCRIBE", "ACCEPT", "DECLINE", "REVIVE", "SUPPRESS", "ACKNOWLEDGE", "TEARDOWN":
		return Reply{}
	case "KILL", "SHUTDOWN", "MESSAGE", "REQUEST", "RECONCILE", "ACCEPT_INVERSE_OFFERS", "DECLINE_INVERSE_OFFERS",
		"ACKNOWLEDGE_OPERATION_STATUS", "RECONCILE_OPERATIONS", "UPDATE_FRAMEWORK":
		return Reply{Status: http.StatusNotImplemented, Unknown: "scheduler call " + c.Type}
	}
	return noType("scheduler")
}

// subscribes refuses a subscription that Mesos refuses, or that is of another
// kind than the stand-ins serve: one new framework of one role.
func (c SchedulerCall) subscribes(stream string) Reply {
	info, multi := c.Subscribe.Info, false
	for _, can := range info.Can {
		multi = multi || can.Type == "MULTI_ROLE"
	}
	switch {
	case stream != "":
		return Text(http.StatusBadRequest, "Subscribe calls should not include the 'Mesos-Stream-Id' header")
	case info.Name == "" || info.User == "":
		return Text(http.StatusBadRequest, "Failed to convert JSON into Call protobuf: Missing required fields")
	case !multi || len(info.Roles) != 1 || info.ID != nil:
		return Reply{Status: http.StatusNotImplemented, Unknown: "a framework of another kind than is modelled: " + info.Name}
	}
	return Reply{}
}

// WriteEvent sends an event on a framework's stream.
func WriteEvent(w io.Writer, event Object) error {
	b, err := json.Marshal(event)
	if err == nil {
		_, err = fmt.Fprintf(w, "%d\n%s", len(b), b)
	}
	return err
}

// Subscribed is the first event of a stream.
func (m Master) Subscribed(framework string, heartbeat time.Duration) Object {
	return Object{"type": "SUBSCRIBED", "subscribed": Object{"framework_id": Value{framework}, "heartbeat_interval_seconds": heartbeat.Seconds(),
		"master_info": Object{"id": m.ID, "ip": 0, "port": dcos.MesosMasterPort, "hostname": m.IP}}}
}

// Heartbeat is the event that says nothing.
func Heartbeat() Object { return Object{"type": "HEARTBEAT"} }

// Update is the event of a task's status.
func Update(s Status) Object { return Object{"type": "UPDATE", "update": Object{"status": s}} }

// Offer is an offer of an agent's resources to a role of a framework.
type Offer struct {
	ID, Framework, Role string
	Agent, IP           string
	Resources           Resources
}

// Offers is the event of offers.
func Offers(offers []Offer) Object {
	list := []Object{}
	for _, o := range offers {
		list = append(list, Object{"id": Value{o.ID}, "framework_id": Value{o.Framework}, "agent_id": Value{o.Agent}, "hostname": o.IP,
			"allocation_info": Object{"role": o.Role}, "resources": o.Resources.json(o.Role), "attributes": []Object{}, "executor_ids": []Object{}})
	}
	return Object{"type": "OFFERS", "offers": Object{"offers": list}}
}

// frameworks is get_frameworks of a leader: Marathon, whose tasks run from the
// start, and those that have subscribed.
func (m Master) frameworks() Object {
	list := []Object{}
	for _, f := range append([]Framework{{ID: m.Marathon, Name: "marathon", Connected: true}}, m.Frameworks...) {
		list = append(list, Object{"framework_info": Object{"id": Value{f.ID}, "name": f.Name, "user": "root"}, "active": f.Connected, "connected": f.Connected, "recovered": false})
	}
	return Object{"frameworks": list, "completed_frameworks": []Object{}}
}
