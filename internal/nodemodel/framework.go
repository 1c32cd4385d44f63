package nodemodel

import (
	"sync"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Framework is that of a launch probe, as its leader sees it.
type Framework struct {
	Agent string // its node's
	Task  string // that was launched last; empty: an offer is waited for

	running bool // an update has said so
}

// Next is the next event: an offer of the agent, then how the task goes. Of an agent
// that is out there is nothing to say. fails is asked whether the task does not start.
func (f *Framework) Next(out bool, fails func() bool) dcos.SchedulerEvent {
	u := dcos.TaskUpdate{TaskID: f.Task, AgentID: f.Agent, Source: "SOURCE_EXECUTOR", UUID: "u", State: "TASK_FINISHED"}
	switch {
	case out:
		return dcos.SchedulerEvent{Type: "HEARTBEAT"}
	case f.Task == "":
		o := offer()
		o.AgentID = f.Agent
		return dcos.SchedulerEvent{Type: dcos.EventOffers, Offers: []dcos.Offer{o}}
	case !f.running && fails():
		u.State, u.Source, u.Reason = "TASK_FAILED", "SOURCE_AGENT", "REASON_CONTAINER_LAUNCH_FAILED"
	case !f.running:
		f.running, u.State = true, "TASK_RUNNING"
	}
	return dcos.SchedulerEvent{Type: dcos.EventUpdate, Update: u}
}

// offer is what an agent with room offers.
var offer = sync.OnceValue(func() dcos.Offer {
	e, err := dcos.ParseSchedulerEvent([]byte(`{"type":"OFFERS","offers":{"offers":[{"id":{"value":"o"},"agent_id":{"value":"a"},"resources":[
		{"name":"cpus","type":"SCALAR","scalar":{"value":1}},{"name":"mem","type":"SCALAR","scalar":{"value":1024}}]}]}}`))
	if err != nil {
		panic(err)
	}
	return e.Offers[0]
})
