package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/answers"
)

// agent is a Mesos agent as far as its operators see it.
type agent struct {
	lab     lab
	build   answers.Build
	started time.Time
	turn    chan struct{}
	again   chan struct{} // the session with the leader has ended

	mu       sync.Mutex
	id       string
	leader   string // detected, which "slave/registered" means
	inWith   string // the leader that it is registered with
	recovery bool   // over
	tasks    []*answers.Task
}

func runAgent(ctx context.Context, l lab, args []string) error {
	build, err := ownBuild()
	if err != nil {
		return err
	}
	if len(args) == 1 && args[0] == "--version" {
		fmt.Printf("mesos %s\n", build.Version)
		return nil
	}
	if _, err := os.Stat("/run/dcos/telegraf/dcos_statsd.sock"); err != nil {
		return fmt.Errorf("the agent has to wait: %w", err)
	}
	a := &agent{lab: l, build: build, started: time.Now(), turn: make(chan struct{}, 1), again: make(chan struct{}, 1)}
	a.turn <- struct{}{}
	if a.id, err = savedID(); err != nil {
		return err
	}
	event("mesos-agent %s started id=%s", build.Version, a.id)
	ended := make(chan error, 2)
	go func() { ended <- listen(ctx, fmt.Sprintf("%s:%d", l.IP, dcos.MesosAgentPort), a.handler()) }()
	go func() { ended <- a.recover(ctx) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return nil
	}
}

// savedID is the id that an earlier start got; empty when there was none.
func savedID() (string, error) {
	to, err := os.Readlink(filepath.Join(agentDir, "meta/slaves/latest"))
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	return filepath.Base(to), err
}

func saveID(id string) error {
	dir := filepath.Join(agentDir, "meta/slaves")
	if err := os.MkdirAll(filepath.Join(dir, id), 0o755); err != nil {
		return err
	}
	return os.Symlink(filepath.Join(dir, id), filepath.Join(dir, "latest"))
}

// executorsReturn is how long an agent waits for its executors (Mesos's
// executor_reregistration_timeout).
const executorsReturn = 10 * time.Second

// recover waits for the executors of an earlier start, as an agent does for
// its re-registration timeout, and then keeps in touch with the leader.
func (a *agent) recover(ctx context.Context) error {
	if !pause(ctx, a.lab.scaled(executorsReturn)) {
		return nil
	}
	if err := a.look(ctx); err != nil {
		return err
	}
	a.mu.Lock()
	a.recovery = true
	a.mu.Unlock()
	go every(ctx, time.Second, func() {
		if err := a.look(ctx); err != nil {
			event("mesos-agent: %v", err)
		}
	})
	return a.attend(ctx)
}

// look reads how the tasks are.
func (a *agent) look(ctx context.Context) error {
	tasks, err := readTasks(ctx, a.now().ID)
	if err == nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.tasks = tasks
	}
	return err
}

// attend detects the leader in ZooKeeper and registers with it, again when
// there is another one or the session has ended.
func (a *agent) attend(ctx context.Context) error {
	conn, _, err := connectZooKeeper(a.lab)
	if err != nil {
		return err
	}
	seen := time.Now()
	for pause(ctx, 200*time.Millisecond) {
		if _, info, err := leading(conn); err == nil {
			seen = time.Now()
			a.detected(info.Address.IP)
		} else if time.Since(seen) > sessionTimeout {
			a.detected("")
		}
		select {
		case <-a.again:
			a.forget()
		default:
		}
		if to := a.wanted(); to != "" {
			if err := a.register(ctx, to); err != nil {
				fmt.Fprintln(os.Stderr, "registering:", err)
			}
		}
	}
	return nil
}

func (a *agent) detected(leader string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.leader = leader
}

func (a *agent) forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.inWith = ""
}

// wanted is the leader to register with; empty when there is nothing to do.
func (a *agent) wanted() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.leader == a.inWith {
		return ""
	}
	return a.leader
}

func (a *agent) register(ctx context.Context, leader string) error {
	a.mu.Lock()
	body, err := json.Marshal(registration{ID: a.id, IP: a.lab.IP, Version: a.build.Version, Tasks: a.tasks})
	a.mu.Unlock()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	url := fmt.Sprintf("http://%s:%d/standin/register", leader, dcos.MesosMasterPort)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := http.DefaultTransport.RoundTrip(req) // a redirect is no leader
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: HTTP %d", url, resp.StatusCode)
	}
	var r registration
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		return err
	}
	return a.registered(leader, r.ID)
}

func (a *agent) registered(leader, id string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.inWith = leader
	event("mesos-agent registered with %s as %s", leader, id)
	if a.id != "" {
		return nil
	}
	a.id = id
	return saveID(id)
}
