package rehearse

import (
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/safety"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
)

// finishTakes is how long a call of finish-swap is at work on its node.
const finishTakes = 20 * time.Second

// cutKinds are the faults that have the script die in the middle of its swap, and
// what they say of the call that is to finish it.
func cutKinds() []fault.Kind {
	return []fault.Kind{fault.ScriptFailsMidSwap, fault.FinishRefused, fault.FinishCut, fault.FinishUnstarted}
}

// mend begins to finish a cut swap.
func (w *twin) mend(n *host) {
	s := &n.script
	w.mending(n)
	w.tell("finish-swap begins on %s", n.Name)
	s.finishing, s.finish = true, node.FinishBegun
	if n.back != never && s.midSwap {
		n.gone, n.back = w.now, never
	}
	if lasts, yes := w.hit(fault.RebootMidMove, n.Name); yes {
		s.finishing, s.moving = false, true
		w.reboot(n, lasts)
		return
	}
	life, takes := s.life, w.around(finishTakes)
	if w.rng.IntN(4) == 0 { // a service does not stop until systemd kills it
		takes = w.between(time.Minute, 4*time.Minute)
	}
	w.in(takes, func() {
		if s.life == life && s.finishing {
			w.finishEnds(n)
		}
	})
}

// finishEnds is the end of a call of finish-swap, or where it is cut.
func (w *twin) finishEnds(n *host) {
	s := &n.script
	s.finishing = false
	how := s.spoilt
	s.spoilt = ""
	switch {
	case n.off:
		return
	case how == fault.FinishCut:
		w.tell("finish-swap on %s is cut", n.Name)
		n.hangUp(errCut)
		return
	}
	was := s.midSwap
	s.midSwap, s.moving, s.atTarget = false, false, true
	if s.unstarted = how == fault.FinishUnstarted; s.unstarted {
		w.tell("finish-swap on %s is cut before the services start", n.Name)
		n.hangUp(errCut)
		return
	}
	s.finish = node.FinishDone
	w.tell("the swap of %s is finished", n.Name)
	if was || n.back == never {
		w.recovers(n)
		w.spoil(n)
	}
	n.hangUp(nil)
}

// approvals are the nodes whose swap somebody approves to finish, as they take the
// run up: at a terminal each alone, or all of them by a flag. Nobody approves what a
// node has refused.
func (c *controller) approvals(suspects []inventory.NodeName) []inventory.NodeName {
	tested := false // a fault is to be seen in what finish-swap does
	for _, name := range suspects {
		n := c.byName[name]
		if n.refused {
			return nil
		}
		tested = tested || n.script.midSwap && n.script.spoilt != ""
	}
	if len(suspects) == 0 {
		return nil
	}
	switch how := c.rng.IntN(3); {
	case how == 0 || tested:
		return suspects
	case how == 1:
		return slices.DeleteFunc(c.s.Finishable(), func(inventory.NodeName) bool { return c.rng.IntN(2) == 0 })
	}
	return nil
}

// remedied judges that the engine has a cut swap finished, whatever the node makes
// of it.
func (o *oracle) remedied(n *host, t plan.Task) {
	cut := !n.script.running && (n.script.midSwap || n.script.unstarted || n.told) // told: what boots may have finished it since
	o.judge(safety.Remedy{Node: string(n.Name), Approved: o.approved[n.Name], Proved: t.Proof != "" && !t.Until.By.IsZero(), Cut: cut}.Broken())
	n.told = false
}

// mending judges the beginning of a call of finish-swap, before its effects.
func (o *oracle) mending(n *host) {
	n.lost = false
	o.judge(o.taking(n).Finish(string(n.Name)))
	delete(o.verified, n.Name)
}
