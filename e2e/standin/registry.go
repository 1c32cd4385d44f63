package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/answers"
	"github.com/go-zookeeper/zk"
)

// agentEntry is an agent at the leader. What it lists is not changed, but replaced.
type agentEntry struct {
	answers.Agent
	session int       // counts registrations: an older session's end means nothing
	away    time.Time // when it was last connected
}

// registration is what an agent sends the leader, and registrationID the answer.
type registration struct {
	ID      string          `json:"id"` // empty for a new agent
	IP      string          `json:"ip"`
	Version dcos.Version    `json:"version"`
	Tasks   []*answers.Task `json:"tasks"`
}

// recover reads the registry. The caller holds the lock.
func (m *master) recover(conn *zk.Conn) error {
	names, _, err := conn.Children(registryDir)
	if err != nil {
		return err
	}
	agents := map[string]*agentEntry{}
	for _, n := range names {
		data, _, err := conn.Get(registryDir + "/" + n)
		if err != nil {
			return err
		}
		a := &agentEntry{away: time.Now()}
		if err := json.Unmarshal(data, &a.Agent); err != nil {
			return err
		}
		a.Phase, a.Connected, a.Tasks = answers.Recovering, false, nil
		agents[a.ID] = a
	}
	m.agents, m.recovered = agents, true
	event("mesos-master recovered %d agents", len(agents))
	return nil
}

// register admits an agent, as leader, and follows it from then on.
func (m *master) register(ctx context.Context, r registration) (string, error) {
	id := r.ID
	if id == "" {
		id = fmt.Sprintf("%s-S%d", m.id, time.Now().UnixNano()%1000000)
	}
	m.mu.Lock()
	a, known := m.agents[id]
	if !known {
		a = &agentEntry{Agent: answers.Agent{ID: id, Registered: time.Now(), Total: resourcesOf("*")}}
	} else {
		a.Reregistered = time.Now()
	}
	a.IP, a.Version, a.Tasks, a.Phase, a.Connected = r.IP, r.Version, r.Tasks, answers.Registered, true
	a.session++
	session := a.session
	m.agents[id] = a
	m.mu.Unlock()
	if !known {
		if err := m.store(a); err != nil {
			return "", err
		}
	}
	event("mesos-master registered %s %s", a.IP, id)
	go m.follow(ctx, a, session)
	return id, nil
}

// store writes a new agent to the registry.
func (m *master) store(a *agentEntry) error {
	data, err := json.Marshal(a.Agent)
	if err != nil {
		return err
	}
	conn, _, err := connectZooKeeper(m.lab)
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.Create(registryDir+"/"+a.ID, data, 0, zk.WorldACL(zk.PermAll))
	if errors.Is(err, zk.ErrNodeExists) {
		return nil
	}
	return err
}

// follow holds a connection to the agent. When it breaks the agent is away.
func (m *master) follow(ctx context.Context, a *agentEntry, session int) {
	err := m.stream(ctx, a, session)
	m.mu.Lock()
	defer m.mu.Unlock()
	if a.session == session && ctx.Err() == nil {
		a.Connected, a.away = false, time.Now()
		event("mesos-master lost %s: %v", a.IP, err)
	}
}

func (m *master) stream(ctx context.Context, a *agentEntry, session int) error {
	url := fmt.Sprintf("http://%s:%d/standin/session", a.IP, dcos.MesosAgentPort)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	lines := json.NewDecoder(resp.Body)
	for {
		var tasks []*answers.Task
		if err := lines.Decode(&tasks); err != nil {
			return err
		}
		m.mu.Lock()
		if a.session == session {
			a.Tasks = tasks
		}
		m.mu.Unlock()
	}
}

// pingCount is DC/OS's number of pings until an agent is given up; pingTimeout
// (Mesos's 15 s) is scaled.
const (
	pingCount   = 20
	pingTimeout = 15 * time.Second
)

// giveUp marks agents unreachable that have been away for too long.
func (m *master) giveUp() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range m.agents {
		limit := m.lab.scaled(pingCount * pingTimeout)
		if a.Phase == answers.Recovering {
			limit = m.lab.scaled(10 * time.Minute)
		}
		if m.recovered && !a.Connected && a.Phase != answers.Unreachable && time.Since(a.away) > limit {
			a.Phase = answers.Unreachable
			tasks := make([]*answers.Task, len(a.Tasks))
			for i, t := range a.Tasks {
				gone := *t
				gone.State, tasks[i] = answers.TaskUnreachable, &gone
			}
			a.Tasks = tasks
			event("mesos-master gave up %s", a.IP)
		}
	}
}
