package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

const (
	labFile    = "/etc/dcos-standin.json"
	switchDir  = "/etc/dcos-standin.d"
	eventsFile = "/var/log/dcos-standin.log"
)

// lab is what a container is told about the lab it is in.
type lab struct {
	Name      string       `json:"name"`
	IP        string       `json:"ip"`
	Role      dcos.Role    `json:"role"` // unset on the bootstrap node
	Masters   []string     `json:"masters"`
	ClusterID string       `json:"cluster_id"`
	From      dcos.Version `json:"from"`
	To        dcos.Version `json:"to"`
	Scale     float64      `json:"scale"` // of DC/OS's delays
	Tasks     int          `json:"tasks"` // that an agent begins with
}

func readLab() (lab, error) {
	var l lab
	b, err := os.ReadFile(labFile)
	if err != nil {
		return l, err
	}
	if err := json.Unmarshal(b, &l); err != nil {
		return l, fmt.Errorf("%s: %w", labFile, err)
	}
	return l, nil
}

// scaled is a delay of DC/OS in the lab's time.
func (l lab) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) * l.Scale)
}

// ordinal is the master's number, from 1, as ZooKeeper wants it.
func (l lab) ordinal() int { return slices.Index(l.Masters, l.IP) + 1 }

// ensemble is the masters as a ZooKeeper connection list.
func (l lab) ensemble() []string {
	out := make([]string, len(l.Masters))
	for i, m := range l.Masters {
		out[i] = fmt.Sprintf("%s:%d", m, dcos.ZooKeeperPort)
	}
	return out
}

// switched gives the content of a misbehaviour's file.
func switched(name string) (string, bool) {
	b, err := os.ReadFile(filepath.Join(switchDir, name))
	return strings.TrimSpace(string(b)), err == nil
}

// event writes one line of what happened: the time in nanoseconds, then words.
func event(format string, args ...any) {
	f, err := os.OpenFile(eventsFile, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	defer f.Close()
	fmt.Fprintf(f, "%d %s\n", time.Now().UnixNano(), fmt.Sprintf(format, args...))
}

// pause waits, and reports whether it waited to the end.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// every calls f at once and then again and again, until ctx ends.
func every(ctx context.Context, d time.Duration, f func()) {
	for {
		f()
		if !pause(ctx, d) {
			return
		}
	}
}
