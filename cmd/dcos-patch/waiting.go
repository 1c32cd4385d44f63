package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
)

// slowly is after how long a person is told whom a survey waits for.
const slowly = 5 * time.Second

// patient are the nodes of a survey, which says whom it waits for: to give up
// a connection can take the better part of a minute.
type patient struct {
	hosts
	mu   *sync.Mutex
	tell io.Writer
}

func (p patient) Node(ctx context.Context, name inventory.NodeName) (patcher.Host, error) {
	told := make(chan struct{})
	begun := time.Now()
	slow := time.AfterFunc(slowly, func() {
		defer close(told)
		p.mu.Lock()
		defer p.mu.Unlock()
		fmt.Fprintf(p.tell, "dcos-patch: no connection to %s since %s, still trying\n", name, begun.Local().Format("15:04:05"))
	})
	defer func() {
		if !slow.Stop() {
			<-told
		}
	}()
	return p.hosts.Node(ctx, name)
}

// surveyedNodes are the nodes as a look right after a survey sees them: to
// which there was no way a moment ago, there is none.
type surveyedNodes struct {
	probers
	facts plan.Facts
}

func (s surveyedNodes) Node(ctx context.Context, name inventory.NodeName) (checks.Prober, error) {
	unreachable := []string{"dial", "auth", "agent", "algorithms", "host-key", "host-key-changed", "host-key-unknown"}
	if f := s.facts.Nodes[name]; slices.Contains(unreachable, f.Kind) {
		return nil, errors.New(f.Err)
	}
	return s.probers.Node(ctx, name)
}
