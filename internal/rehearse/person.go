package rehearse

import (
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
)

// repairAll is what a person does about a stop before the next command: what
// the class of the failure says, and the obvious about everything else. Cut swaps of
// some nodes are left for finish-swap.
func (w *twin) repairAll(left []inventory.NodeName) {
	w.red = min(w.red, plus(w.now, lookTakes))
	for _, n := range w.nodes {
		w.repair(n, slices.Contains(left, n.Name))
	}
}

// repair brings one node in order, but for a cut swap that is left. A script that
// still runs is left alone, unless it hangs.
func (w *twin) repair(n *host, left bool) {
	n.cut = 0
	s := &n.script
	if s.running && s.hung {
		s.running, s.hung, s.failed = false, false, true
		s.life++
		w.tell("a person ends the hanging script on %s", n.Name)
	}
	up := w.powerOn(n)
	switch {
	case s.finishing, s.running:
	case left && (s.midSwap || s.unstarted):
		w.tell("the swap of %s is left to finish-swap", n.Name)
	case s.midSwap:
		w.finish(n)
	case up:
	case n.back == never && n.out(w.now):
		w.tell("a person starts the services on %s", n.Name)
		w.recovers(n)
	default: // gates pass that would not have by themselves
		for gate, at := range n.ready {
			if at == never {
				n.ready[gate] = w.now
			}
		}
	}
}

// finish ends a swap that has stopped in its middle: forward, or, as often,
// back to the packages of before.
func (w *twin) finish(n *host) {
	n.script.midSwap, n.script.spoilt = false, ""
	n.script.atTarget = w.rng.IntN(2) == 0
	if n.script.atTarget {
		w.tell("a person finishes the swap on %s", n.Name)
	} else {
		w.tell("a person takes the swap on %s back", n.Name)
	}
	w.recovers(n)
}

// story tells an event in the product's own words.
func (c *controller) story(e journal.Event) {
	var b strings.Builder
	c.text.W = &b
	_ = c.text.Event(e) // a Builder takes everything
	for line := range strings.Lines(b.String()) {
		c.tell("%s", strings.TrimRight(line[len("00:00:00 "):], "\n"))
	}
}
