package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

const masterDir = "/var/lib/dcos/mesos/master"

// master is a Mesos master as far as its operators see it. Its leader is
// elected through ZooKeeper, its replicas find each other there, and the
// registry (which agents there are) is kept there too.
type master struct {
	lab     lab
	id      string
	build   mesosBuild
	started time.Time
	turn    chan struct{} // of /metrics/snapshot: two a second, the rest waits

	mu        sync.Mutex
	leader    string // address of the detected leader, empty when none is known
	elected   bool
	recovered bool // the registry has been read, as leader
	ensemble  int  // replicas of the log that are there
	voting    bool // our own replica
	agents    map[string]*agentEntry

	frameworks frameworks
}

func runMaster(ctx context.Context, l lab, args []string) error {
	build, err := ownBuild()
	if err != nil {
		return err
	}
	if len(args) == 1 && args[0] == "--version" {
		fmt.Printf("mesos %s\n", build.Version)
		return nil
	}
	m := &master{
		lab: l, build: build, started: time.Now(), turn: make(chan struct{}, 1),
		id:     fmt.Sprintf("%.8s-0000-0000-0000-%012x", sha(l.IP), time.Now().UnixNano()&0xffffffffffff),
		agents: map[string]*agentEntry{},
	}
	m.turn <- struct{}{}
	event("mesos-master %s started", build.Version)
	ended := make(chan error, 3)
	go func() { ended <- listen(ctx, fmt.Sprintf("%s:%d", l.IP, dcos.MesosMasterPort), m.handler(ctx)) }()
	go func() { ended <- m.replicate(ctx) }()
	go func() { ended <- m.contend(ctx) }()
	go every(ctx, 500*time.Millisecond, m.giveUp)
	for {
		select {
		case err := <-ended:
			if err != nil {
				event("mesos-master: %v", err)
				return err
			}
		case <-ctx.Done():
			return nil // the session is left to time out, as Mesos does
		}
	}
}

// ownBuild reads what lies beside the program that runs, not beside the one
// that is active: a daemon does not change when packages do.
func ownBuild() (mesosBuild, error) {
	var b mesosBuild
	exe, err := os.Executable()
	if err != nil {
		return b, err
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(exe), "..", "build.json"))
	if err != nil {
		return b, err
	}
	return b, json.Unmarshal(text, &b)
}

// replicate plays the log's replica: on the first start ever it votes once
// all masters are there, later at once and alone.
func (m *master) replicate(ctx context.Context) error {
	mark := filepath.Join(masterDir, "replicated_log")
	if _, err := os.Stat(mark); errors.Is(err, os.ErrNotExist) {
		for m.size() < len(m.lab.Masters) {
			if !pause(ctx, 200*time.Millisecond) {
				return nil
			}
		}
		if err := writeFile(mark, "", 0o644); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.voting = true
	return nil
}

func (m *master) size() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ensemble
}

// status is what contend has found out, for the other parts.
func (m *master) status() (leader string, elected, recovered bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.leader, m.elected, m.recovered
}

// metrics is the snapshot. What a standby or a leader without its registry
// does not have is absent, not 0.
func (m *master) metrics() map[string]float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := map[string]float64{
		"master/elected":              truth(m.elected),
		"master/uptime_secs":          time.Since(m.started).Seconds(),
		"registrar/log/recovered":     truth(m.voting),
		"registrar/log/ensemble_size": float64(m.ensemble),
		"master/slaves_active":        0, "master/slaves_connected": 0, "master/slaves_disconnected": 0,
		"master/slaves_inactive": 0, "master/slaves_unreachable": 0, "master/tasks_running": 0,
		"master/frameworks_disconnected": 0, "master/frameworks_inactive": 0,
	}
	if !m.recovered {
		return out
	}
	out["registrar/registry_size_bytes"] = float64(200 + 100*len(m.agents))
	out["registrar/state_fetch_ms"] = 1.5
	for _, a := range m.agents {
		switch {
		case a.phase == unreachable:
			out["master/slaves_unreachable"]++
		case a.phase == registered && a.connected:
			out["master/slaves_active"]++
			out["master/slaves_connected"]++
		case a.phase == registered:
			out["master/slaves_inactive"]++
			out["master/slaves_disconnected"]++
		}
		out["master/tasks_running"] += float64(len(a.tasks))
	}
	return out
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
