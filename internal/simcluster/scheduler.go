package simcluster

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Delays of the scheduler API, unscaled.
const (
	heartbeats         = 15 * time.Second
	allocationInterval = time.Second
	usualRefusal       = 5 * time.Second
)

const (
	schedulerPath = "/api/v1/scheduler"
	streamHeader  = "Mesos-Stream-Id"
)

// schedulerCall is what the scheduler API reads of a call.
type schedulerCall struct {
	Type      string  `json:"type"`
	Framework v1Value `json:"framework_id"`
	Subscribe struct {
		Info struct {
			ID       *v1Value `json:"id"`
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
		answerToOffers
		Operations []struct {
			Type   string `json:"type"`
			Launch struct {
				Tasks []taskInfo `json:"task_infos"`
			} `json:"launch"`
		} `json:"operations"`
	} `json:"accept"`
	Decline     answerToOffers `json:"decline"`
	Acknowledge struct {
		Task v1Value `json:"task_id"`
		UUID string  `json:"uuid"`
	} `json:"acknowledge"`
}

type v1Value struct {
	Value string `json:"value"`
}

type answerToOffers struct {
	Offers  []v1Value `json:"offer_ids"`
	Filters struct {
		Refuse *float64 `json:"refuse_seconds"`
	} `json:"filters"`
}

// schedules reports whether a request is for the scheduler API of a master.
func (e endpoint) schedules(r *http.Request) bool {
	return e.n != nil && e.port == dcos.MesosMasterPort && strings.TrimPrefix(r.URL.Path, "/master") == schedulerPath
}

// scheduler serves the v1 scheduler API: one call, or a framework's stream.
func (c *Cluster) scheduler(w http.ResponseWriter, r *http.Request, to endpoint, body []byte) {
	f, a := c.schedulerCall(r, to, body)
	switch {
	case f != nil:
		c.stream(w, r, to, f)
	case a.status == 0:
		panic(http.ErrAbortHandler) // the process is gone
	default:
		a.write(w)
	}
}

// schedulerCall checks what Mesos checks, in its order. A framework is one that
// has just subscribed.
func (c *Cluster) schedulerCall(r *http.Request, to endpoint, body []byte) (*framework, httpReply) {
	defer c.enter()()
	switch n := to.n; {
	case !to.alive():
		return nil, httpReply{}
	case c.mesos.leader != n:
		return nil, n.redirect("/master" + schedulerPath)
	case !c.mesos.recovered:
		return nil, textReply(http.StatusServiceUnavailable, "Master has not finished recovery")
	}
	if _, no := v1Call(r, body, "scheduler"); no.status != 0 {
		return nil, no
	}
	var call schedulerCall
	if err := json.Unmarshal(body, &call); err != nil {
		return nil, textReply(http.StatusBadRequest, "Failed to convert JSON into Call protobuf: "+err.Error())
	}
	if call.Type == "SUBSCRIBE" {
		return c.subscribe(r, call)
	}
	f := c.framework(call.Framework.Value)
	stream := r.Header.Get(streamHeader)
	switch {
	case f == nil:
		return nil, textReply(http.StatusBadRequest, "Framework cannot be found")
	case !f.connected:
		return nil, textReply(http.StatusForbidden, "Framework is not subscribed")
	case stream == "":
		return nil, textReply(http.StatusBadRequest, "All non-subscribe calls should include the 'Mesos-Stream-Id' header")
	case stream != f.stream:
		return nil, textReply(http.StatusBadRequest, fmt.Sprintf("The stream ID '%s' included in this request didn't match the stream ID currently associated with framework ID %s", stream, f.id))
	}
	return nil, c.frameworkCall(f, call)
}

func (c *Cluster) subscribe(r *http.Request, call schedulerCall) (*framework, httpReply) {
	info := call.Subscribe.Info
	multi := false
	for _, can := range info.Can {
		multi = multi || can.Type == "MULTI_ROLE"
	}
	switch {
	case r.Header.Get(streamHeader) != "":
		return nil, textReply(http.StatusBadRequest, "Subscribe calls should not include the 'Mesos-Stream-Id' header")
	case info.Name == "" || info.User == "":
		return nil, textReply(http.StatusBadRequest, "Failed to convert JSON into Call protobuf: Missing required fields")
	case !multi || len(info.Roles) != 1 || info.ID != nil:
		c.drift = append(c.drift, "a framework of another kind than is modelled: "+info.Name)
		return nil, textReply(http.StatusNotImplemented, "")
	}
	m := &c.mesos
	m.frameworkIDs++
	f := &framework{id: fmt.Sprintf("%s-%04d", m.cluster, m.frameworkIDs), name: info.Name, role: info.Roles[0], connected: true, beat: c.now(),
		offers: map[string]*node{}, refused: map[*node]time.Time{}, failover: time.Duration(info.Failover * float64(time.Second))}
	f.stream = c.uuid("stream " + f.id)
	m.frameworks = append(m.frameworks, f)
	c.note(m.leader, "subscribed", f.name)
	f.send("SUBSCRIBED", map[string]any{"framework_id": value(f.id), "heartbeat_interval_seconds": c.scaled(heartbeats).Seconds(),
		"master_info": map[string]any{"id": m.cluster, "ip": 0, "port": dcos.MesosMasterPort, "hostname": m.leader.ip}})
	f.queue = append(f.queue, map[string]any{"type": "HEARTBEAT"}) // the first comes at once
	return f, httpReply{}
}
