package prove

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// others are the masters that do not serve by no doing of the run, each with
// the number of waits that had passed when it failed; a value, copied on change.
type others map[inventory.NodeName]int

func (o others) with(n inventory.NodeName, waits int) others {
	c := others{n: waits}
	for k, v := range o {
		c[k] = v
	}
	return c
}

func (o others) without(n inventory.NodeName) others {
	c := others{}
	for k, v := range o {
		if k != n {
			c[k] = v
		}
	}
	return c
}

// key is a canonical text: whether a failure is recent is all that matters of
// its time.
func (o others) key(waits int) string {
	var all []string
	for n, at := range o {
		all = append(all, fmt.Sprintf("%s:%t", n, at == waits))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// seen is an observation with those masters not serving.
func (o others) seen(obs plan.Observation) plan.Observation {
	for _, n := range slices.Sorted(maps.Keys(o)) {
		obs.Green = false
		obs.Findings = append(obs.Findings, unserved("zookeeper", n))
		obs.Quorums[0].Serving = slices.DeleteFunc(slices.Clone(obs.Quorums[0].Serving), func(m inventory.NodeName) bool { return m == n })
	}
	return obs
}

// pause is what passes in one wait.
const pause = 2 * plan.FreshFor

func (w world) at(waits int) time.Time {
	return time.Date(2026, 1, 3, 22, 0, 0, 0, time.UTC).Add(time.Duration(waits) * pause)
}

func (w world) now() time.Time { return w.at(w.waits) }

// elsewhere is what can happen without the run's doing: a master fails or is
// back, or time passes and nothing else.
func (w world) elsewhere() []world {
	var next []world
	for _, m := range w.state.Plan.Masters() {
		_, failed := w.other[m.Name]
		switch {
		case failed:
			back := w
			back.told, back.other = fmt.Sprintf("%s serves again", m.Name), w.other.without(m.Name)
			next = append(next, back)
		case w.left.Troubles > 0 && !w.out(m.Name):
			gone := w
			gone.told, gone.other = fmt.Sprintf("%s fails by itself", m.Name), w.other.with(m.Name, w.waits)
			gone.left.Troubles--
			next = append(next, gone)
		}
	}
	if w.left.Waits > 0 {
		later := w
		later.told = fmt.Sprintf("%s pass", pause)
		later.waits++
		later.left.Waits--
		later.cmds = orchestrator.Tick(w.state.Clone(), later.now())
		next = append(next, later)
	}
	return next
}

// out reports whether the run has taken a node out.
func (w world) out(n inventory.NodeName) bool {
	for id, f := range w.nodes {
		if f.out && w.state.NodeOf(id) == n {
			return true
		}
	}
	return false
}

// before is what an honest observation showed that was begun one wait ago, before
// any master that failed then had failed.
func (w world) before() plan.Observation {
	then := w
	then.other = others{}
	for n, at := range w.other {
		if at < w.waits-1 {
			then.other[n] = at
		}
	}
	return then.observation()
}
