package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// handler answers as Mesos does: some paths for itself, the others only as a
// leader. Every path is also there below /master.
func (m *master) handler(ctx context.Context) http.Handler {
	mux := http.NewServeMux()
	local := map[string]http.HandlerFunc{
		"/health":            func(http.ResponseWriter, *http.Request) {},
		"/version":           func(w http.ResponseWriter, _ *http.Request) { answer(w, m.build) },
		"/flags":             func(w http.ResponseWriter, _ *http.Request) { answer(w, map[string]any{"flags": m.flags()}) },
		dcos.MetricsSnapshot: func(w http.ResponseWriter, r *http.Request) { answerMetrics(w, r, m.turn, m.metrics) },
		"/redirect":          m.redirect,
	}
	led := map[string]http.HandlerFunc{
		"/api/v1":               m.v1,
		"/api/v1/scheduler":     m.scheduler,
		"/teardown":             m.teardown,
		"/slaves":               func(w http.ResponseWriter, _ *http.Request) { answer(w, m.slaves()) },
		"/maintenance/schedule": func(w http.ResponseWriter, _ *http.Request) { answer(w, struct{}{}) },
		"/maintenance/status":   func(w http.ResponseWriter, _ *http.Request) { answer(w, struct{}{}) },
		"/standin/register":     func(w http.ResponseWriter, r *http.Request) { m.admit(ctx, w, r) },
	}
	for path, h := range local {
		mux.HandleFunc(path, h)
		mux.HandleFunc("/master"+path, h)
	}
	for path, h := range led {
		mux.HandleFunc(path, m.asLeader(h))
		mux.HandleFunc("/master"+path, m.asLeader(h))
	}
	return mux
}

// asLeader sends a standby's visitor to the leader.
func (m *master) asLeader(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if _, elected, _ := m.status(); elected {
			h(w, r)
			return
		}
		m.redirect(w, r)
	}
}

func (m *master) redirect(w http.ResponseWriter, r *http.Request) {
	leader, _, _ := m.status()
	if leader == "" {
		plain(w, http.StatusServiceUnavailable, "No leader elected")
		return
	}
	path := strings.TrimPrefix(r.URL.Path, "/master")
	if path != "/redirect" {
		path = "/master" + path
	} else {
		path = ""
	}
	w.Header().Set("Location", fmt.Sprintf("//%s:%d%s", leader, dcos.MesosMasterPort, path))
	w.WriteHeader(http.StatusTemporaryRedirect)
}

// plain answers in text, without a newline, as libprocess does.
func plain(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write([]byte(text)) // the client has gone when this fails
}

// answerMetrics answers two requests a second; more have to wait.
func answerMetrics(w http.ResponseWriter, r *http.Request, turn chan struct{}, metrics func() map[string]float64) {
	select {
	case <-turn:
		time.AfterFunc(500*time.Millisecond, func() { turn <- struct{}{} })
		answer(w, metrics())
	case <-r.Context().Done():
	}
}

func (m *master) flags() map[string]string {
	return map[string]string{
		"agent_ping_timeout":       fmt.Sprintf("%gsecs", m.lab.scaled(pingTimeout).Seconds()),
		"max_agent_ping_timeouts":  fmt.Sprint(pingCount),
		"agent_reregister_timeout": fmt.Sprintf("%gsecs", m.lab.scaled(10*time.Minute).Seconds()),
		"quorum":                   fmt.Sprint(len(m.lab.Masters)/2 + 1),
		"hostname":                 m.lab.IP,
		"zk_session_timeout":       fmt.Sprintf("%gsecs", sessionTimeout.Seconds()),
		"registry_store_timeout":   "60secs",
	}
}

// v1 answers the operator calls that only look.
func (m *master) v1(w http.ResponseWriter, r *http.Request) {
	var call struct {
		Type string `json:"type"`
	}
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
	key := strings.ToLower(call.Type)
	switch call.Type {
	case "GET_HEALTH":
		answer(w, map[string]any{"type": call.Type, key: map[string]any{"healthy": true}})
	case "GET_VERSION":
		answer(w, map[string]any{"type": call.Type, key: map[string]any{"version_info": m.build}})
	case "GET_AGENTS":
		answer(w, map[string]any{"type": call.Type, key: m.getAgents()})
	case "GET_FRAMEWORKS":
		answer(w, map[string]any{"type": call.Type, key: m.getFrameworks()})
	case "GET_TASKS":
		answer(w, map[string]any{"type": call.Type, key: m.getTasks()})
	case "GET_MAINTENANCE_SCHEDULE":
		answer(w, map[string]any{"type": call.Type, key: map[string]any{"schedule": struct{}{}}})
	case "GET_MAINTENANCE_STATUS":
		answer(w, map[string]any{"type": call.Type, key: map[string]any{"status": struct{}{}}})
	default:
		plain(w, http.StatusBadRequest, "Failed to validate master::Call: Expecting 'type' to be present")
	}
}

// admit takes an agent's registration; without its registry a leader cannot.
func (m *master) admit(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	var reg registration
	if err := json.NewDecoder(r.Body).Decode(&reg); err != nil {
		plain(w, http.StatusBadRequest, err.Error())
		return
	}
	if _, _, recovered := m.status(); !recovered {
		plain(w, http.StatusServiceUnavailable, "Master has not finished recovery")
		return
	}
	id, err := m.register(ctx, reg)
	if err != nil {
		plain(w, http.StatusInternalServerError, err.Error())
		return
	}
	answer(w, registration{ID: id})
}
