package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
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
	events                 chan object
	done                   chan struct{} // closed when it is removed

	offers  map[string]string        // offer to agent
	asked   map[string]bool          // agents that were offered, and not revived since
	acks    map[string]chan struct{} // by uuid
	removed bool
}

const streamHeader = "Mesos-Stream-Id"

// schedulerCall is what is read of a call.
type schedulerCall struct {
	Type      string `json:"type"`
	Framework v1ID   `json:"framework_id"`
	Subscribe struct {
		Info struct {
			Name  string   `json:"name"`
			User  string   `json:"user"`
			Roles []string `json:"roles"`
		} `json:"framework_info"`
	} `json:"subscribe"`
	Accept struct {
		Offers     []v1ID `json:"offer_ids"`
		Operations []struct {
			Launch struct {
				Tasks []taskInfo `json:"task_infos"`
			} `json:"launch"`
		} `json:"operations"`
	} `json:"accept"`
	Decline struct {
		Offers []v1ID `json:"offer_ids"`
	} `json:"decline"`
	Acknowledge struct {
		UUID string `json:"uuid"`
	} `json:"acknowledge"`
}

type v1ID struct {
	Value string `json:"value"`
}

// scheduler serves the v1 scheduler API, as leader.
func (m *master) scheduler(w http.ResponseWriter, r *http.Request) {
	var call schedulerCall
	if r.Header.Get("Content-Type") != "application/json" {
		plain(w, http.StatusUnsupportedMediaType, "Expecting 'Content-Type' of application/json or application/x-protobuf")
		return
	}
	if err := json.NewDecoder(r.Body).Decode(&call); err != nil {
		plain(w, http.StatusBadRequest, "Failed to parse body into JSON")
		return
	}
	if _, _, recovered := m.status(); !recovered {
		plain(w, http.StatusServiceUnavailable, "Master has not finished recovery")
		return
	}
	if call.Type == "SUBSCRIBE" {
		m.subscribe(w, r, call)
		return
	}
	f := m.frameworks.find(call.Framework.Value)
	switch stream := r.Header.Get(streamHeader); {
	case f == nil:
		plain(w, http.StatusBadRequest, "Framework cannot be found")
	case stream == "":
		plain(w, http.StatusBadRequest, "All non-subscribe calls should include the 'Mesos-Stream-Id' header")
	case stream != f.stream:
		plain(w, http.StatusBadRequest, "The stream ID '"+stream+"' included in this request didn't match the stream ID currently associated with framework ID "+f.id)
	default:
		m.frameworkCall(f, call)
		w.WriteHeader(http.StatusAccepted)
	}
}

func (m *master) subscribe(w http.ResponseWriter, r *http.Request, call schedulerCall) {
	info := call.Subscribe.Info
	if r.Header.Get(streamHeader) != "" || info.Name == "" || info.User == "" || len(info.Roles) != 1 {
		plain(w, http.StatusBadRequest, "Failed to validate scheduler::Call: this subscription is not modelled")
		return
	}
	f := m.frameworks.add(m.id, info.Name, info.Roles[0])
	defer m.frameworks.remove(f)
	event("mesos-master subscribed %s", f.name)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set(streamHeader, f.stream)
	flush := http.NewResponseController(w)
	send := func(e object) bool {
		b, err := json.Marshal(e)
		if err == nil {
			_, err = fmt.Fprintf(w, "%d\n%s", len(b), b)
		}
		if err == nil {
			err = flush.Flush()
		}
		return err == nil
	}
	on := send(object{"type": "SUBSCRIBED", "subscribed": object{"framework_id": value(f.id), "heartbeat_interval_seconds": 15.0}})
	allocation, heartbeat := time.NewTicker(time.Second), time.NewTicker(15*time.Second)
	defer allocation.Stop()
	defer heartbeat.Stop()
	for on {
		select {
		case e := <-f.events:
			on = send(e)
		case <-heartbeat.C:
			on = send(object{"type": "HEARTBEAT"})
		case <-allocation.C:
			offers := m.offersFor(f)
			_, leads, _ := m.status()
			on = leads && (len(offers) == 0 || send(object{"type": "OFFERS", "offers": object{"offers": offers}}))
		case <-f.done:
			on = false
		case <-r.Context().Done():
			on = false
		}
	}
	panic(http.ErrAbortHandler) // the stream has no end that means anything
}

// offersFor offers a framework every connected agent once.
func (m *master) offersFor(f *framework) []object {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.frameworks.mu.Lock()
	defer m.frameworks.mu.Unlock()
	var offers []object
	for _, a := range m.byID() {
		if a.phase != registered || !a.connected || f.asked[a.ID] {
			continue
		}
		f.asked[a.ID] = true
		m.frameworks.made++
		id := fmt.Sprintf("%s-O%d", m.id, m.frameworks.made)
		f.offers[id] = a.ID
		resources := resourcesOf(f.role)
		for _, r := range resources {
			r["allocation_info"] = object{"role": f.role}
		}
		offers = append(offers, object{"id": value(id), "framework_id": value(f.id), "agent_id": value(a.ID), "hostname": a.IP,
			"allocation_info": object{"role": f.role}, "resources": resources})
	}
	return offers
}

// resourcesOf are an agent's, of which nobody keeps account here.
func resourcesOf(role string) []object {
	scalar := func(name string, amount float64) object {
		return object{"name": name, "type": "SCALAR", "scalar": object{"value": amount}, "role": role}
	}
	return []object{scalar("cpus", 4), scalar("mem", 4096)}
}

func (m *master) frameworkCall(f *framework, call schedulerCall) {
	switch call.Type {
	case "ACCEPT":
		m.accept(f, call)
	case "DECLINE":
		m.frameworks.taken(f, call.Decline.Offers)
	case "REVIVE":
		m.frameworks.revive(f)
	case "ACKNOWLEDGE":
		m.frameworks.acknowledged(f, call.Acknowledge.UUID)
	case "TEARDOWN":
		m.frameworks.remove(f)
	}
}

// getFrameworks is the body of GET_FRAMEWORKS.
func (m *master) getFrameworks() object {
	one := func(id, name string) object {
		return object{"framework_info": object{"id": value(id), "name": name, "user": "root"}, "active": true, "connected": true, "recovered": false}
	}
	list := []object{one(marathonID, "marathon")}
	m.frameworks.mu.Lock()
	defer m.frameworks.mu.Unlock()
	for _, f := range m.frameworks.all {
		list = append(list, one(f.id, f.name))
	}
	return object{"frameworks": list, "completed_frameworks": []object{}}
}

// teardown is the operator's way to remove a framework.
func (m *master) teardown(w http.ResponseWriter, r *http.Request) {
	f := m.frameworks.find(strings.TrimSpace(r.PostFormValue("frameworkId")))
	if f == nil {
		plain(w, http.StatusBadRequest, "No framework found with specified ID")
		return
	}
	m.frameworks.remove(f)
}
