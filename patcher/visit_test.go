package patcher

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// doors are nodes that nobody reaches, and count who visits them.
type doors struct {
	mu           sync.Mutex
	in, most     int
	visits, left map[inventory.NodeName]int
	uninvited    []inventory.NodeName // asked outside of a visit
}

func (d *doors) Visit(name inventory.NodeName) func() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.visits[name]++
	d.in++
	d.most = max(d.most, d.in)
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.left[name]++
		d.in--
	}
}

func (d *doors) Node(_ context.Context, name inventory.NodeName) (Host, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.visits[name] == d.left[name] {
		d.uninvited = append(d.uninvited, name)
	}
	return nil, errors.New("closed")
}

// What asks every node of a cluster asks each within a visit, and few at once: a
// thousand connections are never open together.
func TestWhatAsksEveryNodeVisitsEach(t *testing.T) {
	inv := &inventory.Cluster{}
	facts := plan.Facts{Nodes: map[inventory.NodeName]plan.NodeFacts{}}
	var names []inventory.NodeName
	for i := range 200 {
		n := inventory.Node{Name: inventory.NodeName(fmt.Sprintf("m%d", i+1))}
		inv.Masters = append(inv.Masters, n)
		names = append(names, n.Name)
		facts.Nodes[n.Name] = plan.NodeFacts{}
	}
	for name, ask := range map[string]func(Nodes){
		"survey":      func(n Nodes) { Survey(t.Context(), n, inv) },
		"closer look": func(n Nodes) { LookCloser(t.Context(), n, inv, facts) },
		"look":        func(n Nodes) { Look(t.Context(), n, names) },
		"belongings":  func(n Nodes) { each(names, func(_ int, name inventory.NodeName) { _, _ = Ours(t.Context(), n, name) }) },
		"step of each": func(n Nodes) {
			p := &Patcher{Nodes: n}
			each(names, func(_ int, name inventory.NodeName) {
				task := plan.Task{Plan: &plan.Plan{}, Step: plan.Step{Node: name, Action: plan.ActionStage}}
				p.Do(t.Context(), task, func(plan.Note) {})
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := &doors{visits: map[inventory.NodeName]int{}, left: map[inventory.NodeName]int{}}
			ask(d)
			if len(d.uninvited) > 0 || len(d.visits) != len(names) || d.in != 0 {
				t.Errorf("%d asked outside of a visit, %d visited, %d not left", len(d.uninvited), len(d.visits), d.in)
			}
			if d.most > atOnce {
				t.Errorf("%d visits at once, want at most %d", d.most, atOnce)
			}
		})
	}
}
