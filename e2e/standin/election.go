package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/go-zookeeper/zk"
)

const (
	electionDir = "/mesos"
	replicasDir = "/mesos/log_replicas"
	registryDir = "/mesos/standin-registry"
	nodePrefix  = "json.info_"
)

// sessionTimeout is Mesos's 10 s at a pace that a loaded machine can keep.
const sessionTimeout = 4 * time.Second

// masterInfo is what a master says about itself in ZooKeeper.
type masterInfo struct {
	Address struct {
		Hostname string `json:"hostname"`
		IP       string `json:"ip"`
		Port     int    `json:"port"`
	} `json:"address"`
	Hostname string       `json:"hostname"`
	ID       string       `json:"id"`
	PID      string       `json:"pid"`
	Port     int          `json:"port"`
	Version  dcos.Version `json:"version"`
}

// connectZooKeeper opens a session with the ensemble.
func connectZooKeeper(l lab) (*zk.Conn, <-chan zk.Event, error) {
	return zk.Connect(l.ensemble(), sessionTimeout, zk.WithLogger(log.New(io.Discard, "", 0)))
}

// contend takes part in the election until ctx ends. A leader that loses its
// candidacy ends with an error, as Mesos does; a standby contends again.
func (m *master) contend(ctx context.Context) error {
	conn, events, err := connectZooKeeper(m.lab)
	if err != nil {
		return err
	}
	own, seen := "", time.Now()
	for pause(ctx, 200*time.Millisecond) {
		expired := drainExpired(events)
		if own == "" || expired {
			if err := m.lost(expired && own != ""); err != nil {
				return err
			}
			if own, err = m.enlist(conn); err != nil {
				own = ""
				continue
			}
		}
		if err := m.detect(conn, own); err == nil {
			seen = time.Now()
		} else if time.Since(seen) > sessionTimeout {
			if err := m.lost(true); err != nil {
				return err
			}
		}
	}
	return nil
}

// drainExpired reports whether the session has ended since the last call.
func drainExpired(events <-chan zk.Event) bool {
	expired := false
	for {
		select {
		case e := <-events:
			expired = expired || e.State == zk.StateExpired
		default:
			return expired
		}
	}
}

// lost forgets the leader; a leader itself must end.
func (m *master) lost(really bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if really && m.elected {
		//lint:ignore ST1005 Mesos's words
		return errors.New("Lost candidacy as a leader... committing suicide!")
	}
	m.leader, m.ensemble = "", min(m.ensemble, 1)
	return nil
}

// enlist makes the master's znodes and gives the name of its candidacy.
func (m *master) enlist(conn *zk.Conn) (string, error) {
	for _, dir := range []string{electionDir, replicasDir, registryDir} {
		if _, err := conn.Create(dir, nil, 0, zk.WorldACL(zk.PermAll)); err != nil && !errors.Is(err, zk.ErrNodeExists) {
			return "", err
		}
	}
	if _, err := conn.CreateProtectedEphemeralSequential(replicasDir+"/", []byte(m.lab.IP), zk.WorldACL(zk.PermAll)); err != nil {
		return "", err
	}
	info := masterInfo{Hostname: m.lab.IP, ID: m.id, PID: fmt.Sprintf("master@%s:%d", m.lab.IP, dcos.MesosMasterPort),
		Port: dcos.MesosMasterPort, Version: m.build.Version}
	info.Address.Hostname, info.Address.IP, info.Address.Port = m.lab.IP, m.lab.IP, dcos.MesosMasterPort
	data, err := json.Marshal(info)
	if err != nil {
		return "", err
	}
	path, err := conn.Create(electionDir+"/"+nodePrefix, data, zk.FlagEphemeral|zk.FlagSequence, zk.WorldACL(zk.PermAll))
	return strings.TrimPrefix(path, electionDir+"/"), err
}

// detect reads who leads and which replicas there are.
func (m *master) detect(conn *zk.Conn, own string) error {
	first, info, err := leading(conn)
	if err != nil {
		return err
	}
	replicas, err := replicas(conn)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.leader != info.Address.IP {
		event("mesos-master sees leader %s", info.Address.IP)
	}
	m.leader, m.ensemble = info.Address.IP, replicas
	if first == own && !m.elected {
		m.elected = true
		event("mesos-master elected")
	}
	// A registry is read only with a majority of the log's replicas.
	if m.elected && !m.recovered && m.voting && replicas > len(m.lab.Masters)/2 {
		return m.recover(conn)
	}
	return nil
}

// leading gives the candidacy of the leader: the lowest number.
func leading(conn *zk.Conn) (string, masterInfo, error) {
	var info masterInfo
	names, _, err := conn.Children(electionDir)
	if err != nil {
		return "", info, err
	}
	names = slices.DeleteFunc(names, func(n string) bool { return !strings.HasPrefix(n, nodePrefix) })
	if len(names) == 0 {
		return "", info, nil
	}
	first := slices.Min(names)
	data, _, err := conn.Get(electionDir + "/" + first)
	if err != nil {
		return "", info, err
	}
	return first, info, json.Unmarshal(data, &info)
}

// replicas counts the masters whose log replica is there. One that has just
// been restarted has two znodes until its old session ends.
func replicas(conn *zk.Conn) (int, error) {
	names, _, err := conn.Children(replicasDir)
	if err != nil {
		return 0, err
	}
	ips := map[string]bool{}
	for _, n := range names {
		data, _, err := conn.Get(replicasDir + "/" + n)
		if errors.Is(err, zk.ErrNoNode) {
			continue
		}
		if err != nil {
			return 0, err
		}
		ips[string(data)] = true
	}
	return len(ips), nil
}
