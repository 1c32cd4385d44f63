package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

func (a *agent) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/health", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/version", func(w http.ResponseWriter, _ *http.Request) { answer(w, a.build) })
	mux.HandleFunc("/flags", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, object{"flags": map[string]string{"hostname": a.lab.IP, "recovery_timeout": "24hrs"}})
	})
	mux.HandleFunc(dcos.MetricsSnapshot, func(w http.ResponseWriter, r *http.Request) { answerMetrics(w, r, a.turn, a.metrics) })
	mux.HandleFunc("/api/v1", a.v1)
	mux.HandleFunc("/standin/session", a.session)
	mux.HandleFunc("/standin/launch", a.launch)
	return mux
}

func (a *agent) metrics() map[string]float64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := map[string]float64{
		"slave/registered":    truth(a.leader != ""), // only that a leader is known: Mesos means no more
		"slave/uptime_secs":   time.Since(a.started).Seconds(),
		"slave/tasks_running": float64(len(a.tasks)),
	}
	if a.recovery {
		out["slave/recovery_time_secs"] = a.lab.scaled(10 * time.Second).Seconds()
	}
	return out
}

// v1 answers the calls that only look.
func (a *agent) v1(w http.ResponseWriter, r *http.Request) {
	var call struct {
		Type string `json:"type"`
	}
	if err := json.NewDecoder(r.Body).Decode(&call); err != nil {
		plain(w, http.StatusBadRequest, "Failed to parse body into JSON")
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.recovery {
		plain(w, http.StatusServiceUnavailable, "Agent has not finished recovery")
		return
	}
	key := strings.ToLower(call.Type)
	switch call.Type {
	case "GET_HEALTH":
		answer(w, object{"type": call.Type, key: object{"healthy": true}})
	case "GET_AGENT":
		info := object{"hostname": a.lab.IP, "port": dcos.MesosAgentPort, "id": value(a.id)}
		answer(w, object{"type": call.Type, key: object{"agent_info": info}})
	case "GET_TASKS":
		launched := []object{}
		for _, t := range a.tasks {
			launched = append(launched, t.json(a.id))
		}
		answer(w, object{"type": call.Type, key: object{"launched_tasks": launched}})
	default:
		plain(w, http.StatusBadRequest, "Failed to validate agent::Call: Expecting 'type' to be present")
	}
}

// session is the leader's connection: a line of tasks every second for as
// long as either lives.
func (a *agent) session(w http.ResponseWriter, r *http.Request) {
	flush := http.NewResponseController(w)
	for {
		a.mu.Lock()
		line, err := tasksJSON(a.tasks)
		a.mu.Unlock()
		if err == nil {
			_, err = w.Write(line)
		}
		if err == nil {
			err = flush.Flush()
		}
		if err != nil || !pause(r.Context(), time.Second) {
			break
		}
	}
	select {
	case a.again <- struct{}{}:
	default:
	}
}
