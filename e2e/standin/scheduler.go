package main

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/answers"
)

// frameworks are those that have subscribed at this master over the v1 scheduler
// API. They are gone when their stream ends, or the master does not lead any more.
type frameworks struct {
	mu   sync.Mutex
	made int
	all  map[string]*framework
}

// framework is one of them. The fields below done belong to the lock of frameworks.
type framework struct {
	id, name, role, stream string
	events                 chan answers.Object
	done                   chan struct{} // closed when it is removed

	offers     map[string]string        // offer to agent
	asked      map[string]bool          // agents that were offered, and not revived since
	suppressed bool                     // it wants no offers
	acks       map[string]chan struct{} // by uuid
	removed    bool
}

// scheduler serves the v1 scheduler API.
func (m *master) scheduler(w http.ResponseWriter, r *http.Request, body []byte) {
	now := m.now()
	call, no := now.Scheduler(r, body)
	switch {
	case no.Status != 0:
		answer(w, no)
	case call.Type == "SUBSCRIBE":
		m.subscribe(w, r, now, call)
	default:
		m.frameworkCall(m.frameworks.find(call.Framework.Value), call)
		w.WriteHeader(http.StatusAccepted)
	}
}

func (m *master) subscribe(w http.ResponseWriter, r *http.Request, leader answers.Master, call answers.SchedulerCall) {
	info := call.Subscribe.Info
	f := m.frameworks.add(m.id, info.Name, info.Roles[0])
	defer m.frameworks.remove(f)
	event("mesos-master subscribed %s", f.name)
	w.Header().Set("Content-Type", answers.TypeJSON)
	w.Header().Set(answers.StreamHeader, f.stream)
	flush := http.NewResponseController(w)
	send := func(e answers.Object) bool { return answers.WriteEvent(w, e) == nil && flush.Flush() == nil }
	const beat = 15 * time.Second
	on := send(leader.Subscribed(f.id, beat))
	allocation, heartbeat := time.NewTicker(time.Second), time.NewTicker(beat)
	defer allocation.Stop()
	defer heartbeat.Stop()
	for on {
		select {
		case e := <-f.events:
			on = send(e)
		case <-heartbeat.C:
			on = send(answers.Heartbeat())
		case <-allocation.C:
			offers := m.offersFor(f)
			_, leads, _ := m.status()
			on = leads && (len(offers) == 0 || send(answers.Offers(offers)))
		case <-f.done:
			on = false
		case <-r.Context().Done():
			on = false
		}
	}
	panic(http.ErrAbortHandler) // the stream has no end that means anything
}

// offersFor offers a framework every connected agent once.
func (m *master) offersFor(f *framework) []answers.Offer {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.frameworks.mu.Lock()
	defer m.frameworks.mu.Unlock()
	var offers []answers.Offer
	for _, a := range m.registry() {
		if f.suppressed || a.Phase != answers.Registered || !a.Connected || f.asked[a.ID] {
			continue
		}
		f.asked[a.ID] = true
		m.frameworks.made++
		id := fmt.Sprintf("%s-O%d", m.id, m.frameworks.made)
		f.offers[id] = a.ID
		o := offered(f, a.ID)
		o.ID, o.IP = id, a.IP
		offers = append(offers, o)
	}
	return offers
}

// offered is what a framework is offered of an agent: all of it, whatever runs there.
func offered(f *framework, agent string) answers.Offer {
	return answers.Offer{Framework: f.id, Role: f.role, Agent: agent, Resources: resourcesOf(f.role)}
}

func (m *master) frameworkCall(f *framework, call answers.SchedulerCall) {
	switch {
	case f == nil: // it has just been removed
	case call.Type == "ACCEPT":
		m.accept(f, call)
	case call.Type == "DECLINE":
		m.frameworks.taken(f, call.Decline.Offers)
	case call.Type == "SUPPRESS":
		m.frameworks.suppress(f)
	case call.Type == "REVIVE":
		m.frameworks.revive(f)
	case call.Type == "ACKNOWLEDGE":
		m.frameworks.acknowledged(f, call.Acknowledge.UUID)
	case call.Type == "TEARDOWN":
		m.frameworks.remove(f)
	}
}
