package main

import (
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/answers"
)

func (a *agent) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc(dcos.MetricsSnapshot, func(w http.ResponseWriter, r *http.Request) {
		answerMetrics(w, r, a.turn, func() map[string]float64 { return a.now().Metrics() })
	})
	mux.HandleFunc("/standin/session", a.session)
	mux.HandleFunc("/standin/launch", a.launch)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if body, err := io.ReadAll(r.Body); err == nil { // else the client has gone
			answer(w, a.now().Answer(r, body))
		}
	})
	return mux
}

// now is what the agent knows at this moment.
func (a *agent) now() answers.Process {
	a.mu.Lock()
	defer a.mu.Unlock()
	wait := a.lab.scaled(executorsReturn)
	return answers.Process{ID: a.id, IP: a.lab.IP, Build: a.build, Uptime: time.Since(a.started), Leader: a.leader != "", Settled: a.recovery,
		Executors: wait, Recovery: wait, Tasks: a.tasks}
}

// session is the leader's connection: a line of tasks every second for as
// long as either lives.
func (a *agent) session(w http.ResponseWriter, r *http.Request) {
	flush := http.NewResponseController(w)
	for {
		a.mu.Lock()
		tasks := a.tasks
		a.mu.Unlock()
		err := json.NewEncoder(w).Encode(tasks)
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
