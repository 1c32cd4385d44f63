package main

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/answers"
)

// marathonID is the framework whose tasks run in the lab.
const marathonID = "5a0f8a36-6d9c-4b0e-9d43-0c6f5f6f2f11-0001"

// handler answers as Mesos does.
func (m *master) handler(ctx context.Context) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the client has gone
		}
		switch now := m.now(); answers.Path(r) {
		case dcos.MetricsSnapshot:
			answerMetrics(w, r, m.turn, func() map[string]float64 { return m.now().Metrics() })
		case answers.SchedulerPath:
			m.scheduler(w, r, body)
		case "/teardown":
			id, no := now.Teardown(r, body)
			if no.Status == 0 {
				m.frameworks.remove(m.frameworks.find(id))
				no.Status = http.StatusOK
			}
			answer(w, no)
		case "/standin/register":
			m.admit(ctx, now, body).Write(w)
		default:
			answer(w, now.Answer(r, body))
		}
	})
}

// now is what the master knows at this moment.
func (m *master) now() answers.Master {
	m.mu.Lock()
	defer m.mu.Unlock()
	agents := m.registry()
	return answers.Master{ID: m.id, IP: m.lab.IP, Build: m.build, Masters: len(m.lab.Masters), Marathon: marathonID,
		Leader: m.leader, Leads: m.elected, Recovered: m.recovered, Uptime: time.Since(m.started), Voting: m.voting, Ensemble: m.ensemble,
		Limits: answers.Limits{Ping: m.lab.scaled(pingTimeout), Pings: pingCount, Reregister: m.lab.scaled(10 * time.Minute), Fetch: time.Minute, Session: sessionTimeout},
		Agents: func() []answers.Agent { return agents }, Frameworks: m.frameworks.list()}
}

// registry gives the agents in order. The caller holds the lock.
func (m *master) registry() []answers.Agent {
	var out []answers.Agent
	for _, id := range slices.Sorted(maps.Keys(m.agents)) {
		out = append(out, m.agents[id].Agent)
	}
	return out
}

// resourcesOf are an agent's, of which nobody keeps account here.
func resourcesOf(role string) answers.Resources {
	return answers.Resources{CPUs: 4, Mem: 4096, Role: role}
}

// answerMetrics answers two requests a second; more have to wait.
func answerMetrics(w http.ResponseWriter, r *http.Request, turn chan struct{}, metrics func() map[string]float64) {
	select {
	case <-turn:
		time.AfterFunc(500*time.Millisecond, func() { turn <- struct{}{} })
		answers.JSON(metrics()).Write(w)
	case <-r.Context().Done():
	}
}

// admit takes an agent's registration; without its registry a leader cannot.
func (m *master) admit(ctx context.Context, now answers.Master, body []byte) answers.Reply {
	var reg registration
	err := json.Unmarshal(body, &reg)
	switch {
	case err != nil:
		return answers.Text(http.StatusBadRequest, err.Error())
	case !now.Leads:
		return now.Redirect("/standin/register")
	case !now.Recovered:
		return answers.Text(http.StatusServiceUnavailable, "Master has not finished recovery")
	}
	id, err := m.register(ctx, reg)
	if err != nil {
		return answers.Text(http.StatusInternalServerError, err.Error())
	}
	return answers.JSON(registration{ID: id})
}
