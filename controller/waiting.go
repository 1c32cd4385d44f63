package controller

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// slowly is after how long a person is told whom a survey waits for.
const slowly = 5 * time.Second

// slowTeller are the nodes of a survey, which says whom it waits for: to stop trying
// a connection can take the better part of a minute. Nodes that are waited for at
// the same time are told together.
type slowTeller struct {
	patcher.Nodes
	tell     func(Event)
	slow     func([]inventory.NodeName, time.Time) Event
	commands bool // what is run on a node is waited for as well

	mu      sync.Mutex
	waiting map[inventory.NodeName]time.Time // since when; told ones are out of it
	due     bool                             // a timer runs that tells them
}

func newSlowTeller(nodes patcher.Nodes, tell func(Event)) *slowTeller {
	slow := func(names []inventory.NodeName, since time.Time) Event { return NodesSlow{names, since} }
	return &slowTeller{Nodes: nodes, tell: tell, slow: slow, waiting: map[inventory.NodeName]time.Time{}}
}

// newSlowLockTeller are the masters as the cluster lock is taken or given back.
func newSlowLockTeller(nodes patcher.Nodes, tell func(Event)) *slowTeller {
	p := newSlowTeller(nodes, tell)
	p.slow = func(names []inventory.NodeName, since time.Time) Event { return LockSlow{names, since} }
	p.commands = true
	return p
}

func (p *slowTeller) Node(ctx context.Context, name inventory.NodeName) (patcher.Host, error) {
	defer p.wait(name)()
	h, err := p.Nodes.Node(ctx, name)
	if err != nil || !p.commands {
		return h, err
	}
	return slowHost{h, func() func() { return p.wait(name) }}, nil
}

// slowHost is a node that is waited for while something is run on it.
type slowHost struct {
	patcher.Host
	wait func() func()
}

func (h slowHost) Run(ctx context.Context, c sshexec.Cmd) (sshexec.Result, error) {
	defer h.wait()()
	return h.Host.Run(ctx, c)
}

func (h slowHost) Put(ctx context.Context, f sshexec.PutFile) error {
	defer h.wait()()
	return h.Host.Put(ctx, f)
}

// wait begins to wait for a node, until what it gives is called.
func (p *slowTeller) wait(name inventory.NodeName) func() {
	p.mu.Lock()
	p.waiting[name] = time.Now()
	if !p.due {
		p.due = true
		time.AfterFunc(slowly, p.tellSlow)
	}
	p.mu.Unlock()
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.waiting, name)
	}
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
		p.tell(p.slow(slow, since))
	}
	if p.due = !next.IsZero(); p.due {
		time.AfterFunc(max(next.Add(slowly).Sub(now), minTell), p.tellSlow)
	}
}

// minTell keeps nodes that begin one after the other from a line each.
const minTell = time.Second
