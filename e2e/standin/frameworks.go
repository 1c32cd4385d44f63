package main

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/answers"
)

func (fs *frameworks) add(master, name, role string) *framework {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.made++
	f := &framework{id: fmt.Sprintf("%s-%04d", master, fs.made), name: name, role: role, stream: sha(fmt.Sprint(name, time.Now().UnixNano()))[:36],
		events: make(chan answers.Object, 64), done: make(chan struct{}), offers: map[string]string{}, asked: map[string]bool{}, acks: map[string]chan struct{}{}}
	if fs.all == nil {
		fs.all = map[string]*framework{}
	}
	fs.all[f.id] = f
	return f
}

func (fs *frameworks) find(id string) *framework {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	return fs.all[id]
}

// list gives them in order.
func (fs *frameworks) list() []answers.Framework {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	var out []answers.Framework
	for _, id := range slices.Sorted(maps.Keys(fs.all)) {
		f := fs.all[id]
		out = append(out, answers.Framework{ID: id, Name: f.name, Stream: f.stream, Connected: true})
	}
	return out
}

func (fs *frameworks) remove(f *framework) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if f != nil && !f.removed {
		f.removed = true
		close(f.done)
		delete(fs.all, f.id)
		event("mesos-master removed %s", f.name)
	}
}

// taken uses offers up, and gives the agent of the last that was valid.
func (fs *frameworks) taken(f *framework, offers []answers.Value) (agent string, valid bool) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for _, o := range offers {
		if agent, valid = f.offers[o.Value]; valid {
			delete(f.offers, o.Value)
		}
	}
	return agent, valid
}

func (fs *frameworks) suppress(f *framework) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	f.suppressed = true
}

func (fs *frameworks) revive(f *framework) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	f.suppressed = false
	held := maps.Values(f.offers)
	clear(f.asked)
	for agent := range held {
		f.asked[agent] = true
	}
}

// expect makes the place where an update's acknowledgement is heard.
func (fs *frameworks) expect(f *framework, uuid string) <-chan struct{} {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	heard := make(chan struct{})
	f.acks[uuid] = heard
	return heard
}

func (fs *frameworks) acknowledged(f *framework, uuid string) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if heard, waits := f.acks[uuid]; waits {
		delete(f.acks, uuid)
		close(heard)
	}
}
