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
	"github.com/dcos-patch/dcos-patch/internal/answers"
)

const masterDir = "/var/lib/dcos/mesos/master"

// master is a Mesos master as far as its operators see it. Its leader is
// elected through ZooKeeper, its replicas find each other there, and the
// registry (which agents there are) is kept there too.
type master struct {
	lab     lab
	id      string
	build   answers.Build
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
func ownBuild() (answers.Build, error) {
	var b answers.Build
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
