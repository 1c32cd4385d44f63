package controller

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/patcher"
)

// slowly is after how long a person is told whom a survey waits for.
const slowly = 5 * time.Second

// slowTeller are the nodes of a survey, which says whom it waits for: to stop trying
// a connection can take the better part of a minute. Nodes that are waited for at
// the same time are told together.
type slowTeller struct {
	patcher.Nodes
	tell func(Event)

	mu      sync.Mutex
	waiting map[inventory.NodeName]time.Time // since when; told ones are out of it
	due     bool                             // a timer runs that tells them
}

func newSlowTeller(nodes patcher.Nodes, tell func(Event)) *slowTeller {
	return &slowTeller{Nodes: nodes, tell: tell, waiting: map[inventory.NodeName]time.Time{}}
}

func (p *slowTeller) Node(ctx context.Context, name inventory.NodeName) (patcher.Host, error) {
	p.mu.Lock()
	p.waiting[name] = time.Now()
	if !p.due {
		p.due = true
		time.AfterFunc(slowly, p.tellSlow)
	}
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.waiting, name)
	}()
	return p.Nodes.Node(ctx, name)
}

// tellSlow tells of those that have been waited for long enough, and comes again for the
// others.
func (p *slowTeller) tellSlow() {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	var slow []inventory.NodeName
	var since, next time.Time
	for name, from := range p.waiting {
		switch {
		case now.Sub(from) >= slowly:
			slow = append(slow, name)
			if since.IsZero() || from.Before(since) {
				since = from
			}
			delete(p.waiting, name)
		case next.IsZero() || from.Before(next):
			next = from
		}
	}
	if len(slow) > 0 {
		slices.Sort(slow)
		p.tell(NodesSlow{slow, since})
	}
	if p.due = !next.IsZero(); p.due {
		time.AfterFunc(max(next.Add(slowly).Sub(now), minTell), p.tellSlow)
	}
}

// minTell keeps nodes that begin one after the other from a line each.
const minTell = time.Second
