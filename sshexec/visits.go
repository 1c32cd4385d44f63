package sshexec

import (
	"slices"
	"sync"
)

// visits counts who visits which node, so that a Pool of many nodes holds few
// connections. A connection that was asked for outside of a visit is kept for as
// long as the Pool: its user may hold it for as long.
type visits struct {
	mu      sync.Mutex
	going   map[string]int      // visits under way
	stays   map[string]struct{} // asked for outside of a visit
	resting []string            // visited before, the longest ago first
}

// ask notes that the connection of a node is asked for.
func (v *visits) ask(name string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.going[name] > 0 {
		return
	}
	if v.stays == nil {
		v.stays = map[string]struct{}{}
	}
	v.stays[name] = struct{}{}
	v.wake(name)
}

func (v *visits) begin(name string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.going == nil {
		v.going = map[string]int{}
	}
	v.going[name]++
	v.wake(name)
}

// end ends a visit. Where too many connections rest then, take is told whose is
// to go; nobody can ask for that one in between.
func (v *visits) end(name string, limit int, take func(name string)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.going[name]--; v.going[name] > 0 {
		return
	}
	delete(v.going, name)
	if _, stays := v.stays[name]; stays {
		return
	}
	v.resting = append(v.resting, name)
	for len(v.resting) > limit {
		take(v.resting[0])
		v.resting = slices.Delete(v.resting, 0, 1)
	}
}

// wake takes a node out of those at rest. The lock is held.
func (v *visits) wake(name string) {
	if i := slices.Index(v.resting, name); i >= 0 {
		v.resting = slices.Delete(v.resting, i, i+1)
	}
}

// Visit begins a visit to a node: whoever asks for its connection until the visit
// is left must have finished with it then. Visits to a node may overlap. After the
// last of them the connection may be ended, to make room for others, unless
// somebody has asked for it outside of a visit.
func (p *Pool) Visit(name string) (leave func()) {
	p.guests.begin(name)
	return sync.OnceFunc(func() { p.guests.end(name, p.cfg.Idle, p.nodes.retire) })
}
