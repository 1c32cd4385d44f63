package rehearse

import (
	"fmt"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/safety"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// finishTakes is how long a call of finish-swap is at work on its node.
const finishTakes = 20 * time.Second

// cutKinds are the faults that have the script die in the middle of its swap, and
// what they say of the call that is to finish it.
func cutKinds() []fault.Kind {
	return []fault.Kind{fault.ScriptFailsMidSwap, fault.FinishRefused, fault.FinishCut, fault.FinishUnstarted}
}

// mend finishes the cut swap of a node, in place of its script, as package patcher
// would.
func (w *work) mend() {
	c, n := w.c, w.n
	c.remedied(n, w.t)
	switch {
	case c.wall().After(w.t.Until.By):
		w.unmended("finish-swap was not called while its proof was fresh")
		return
	case !n.reachable(c.now):
		w.fails(plan.MidSwap, "before finish-swap was called: the node does not answer; the swap is cut as it was")
		return
	case n.script.finishing:
		w.unmended("another change is in hand on this node")
		return
	}
	n.told, n.epoch = false, w.t.Epoch
	w.until = c.now + w.t.Until.By.Sub(c.wall())
	if _, yes := c.hit(fault.SSHCutBeforeExec, n.Name); yes {
		w.unanswered = true
		w.again(w.mended)
		return
	}
	if lasts, yes := c.hit(fault.LaunchLate, n.Name); yes {
		c.finishLater(n, w.t, w.until, lasts)
		w.unanswered = true
		w.again(w.mended)
		return
	}
	if why := c.finishSwap(n, w.t); why != "" {
		n.refused = true
		w.fails(plan.MidSwap, "finish-swap is refused: %s", why)
		return
	}
	if lasts, yes := c.hit(fault.SSHCutAfterExec, n.Name); yes {
		w.unanswered = true
		c.sever(n, lasts)
	}
	w.again(w.mended)
	c.duringRemedy()
}

func (w *work) unmended(why string) {
	w.ends(plan.Report{Outcome: plan.NotRun, Class: plan.MidSwap, Detail: why})
}

// mended looks how the swap is left, once no call is at work on the node and none
// can be on its way.
func (w *work) mended() {
	c, n := w.c, w.n
	switch {
	case !n.reachable(c.now):
		w.insist(w.mended)
		return
	case n.script.finishing:
		w.again(w.mended)
		return
	}
	rep := n.look(w.t.Run, w.t.Attempt)
	switch {
	case w.unanswered && rep.Class == plan.MidSwap && c.now < w.until:
		w.again(w.mended)
	case rep.Outcome != plan.Done && rep.Outcome != plan.Failed:
		w.ends(plan.Report{Outcome: plan.InDoubt, Class: rep.Class, Detail: "finish-swap was called: " + rep.Detail})
	default:
		w.ends(rep)
	}
}

// finishLater lets a call of finish-swap arrive although its connection broke.
func (w *twin) finishLater(n *node, t plan.Task, until, after time.Duration) {
	w.tell("the connection to %s breaks, with finish-swap on its way", n.Name)
	w.in(after, func() {
		switch {
		case t.Epoch < n.epoch:
			w.tell("%s refuses finish-swap: a newer controller has been here", n.Name)
		case w.now >= until:
			w.tell("%s refuses finish-swap: its time is over", n.Name)
		case n.off || n.script.finishing:
		default:
			if why := w.finishSwap(n, t); why != "" {
				w.tell("%s refuses finish-swap: %s", n.Name, why)
			}
		}
	})
}

// finishSwap is the verb of the node program: it begins, or says why it does not.
func (w *twin) finishSwap(n *node, t plan.Task) (refusal string) {
	s := &n.script
	switch {
	case s.starts == 0 || s.running || s.booting:
		return "no attempt that is over has run here"
	case !s.midSwap && !s.atTarget, s.spoilt == fault.FinishRefused:
		return "the new set is not whole"
	}
	w.mending(n)
	w.tell("finish-swap begins on %s", n.Name)
	s.finishing = true
	if n.back != never && s.midSwap {
		n.gone, n.back = w.now, never
	}
	if lasts, yes := w.hit(fault.RebootMidMove, n.Name); yes {
		s.finishing, s.booting, s.moving = false, true, true
		w.tell("%s reboots while its swap is finished", n.Name)
		w.sever(n, lasts)
		w.in(lasts, func() { w.powerOn(n) })
		return ""
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
	return ""
}

// finishEnds is the end of a call of finish-swap, or where it is cut.
func (w *twin) finishEnds(n *node) {
	s := &n.script
	s.finishing = false
	how := s.spoilt
	s.spoilt = ""
	switch {
	case n.off:
		return
	case how == fault.FinishCut:
		w.tell("finish-swap on %s is cut", n.Name)
		return
	}
	was := s.midSwap
	s.midSwap, s.moving, s.atTarget = false, false, true
	if s.unstarted = how == fault.FinishUnstarted; s.unstarted {
		w.tell("finish-swap on %s is cut before the services start", n.Name)
		return
	}
	s.failed = false
	w.tell("the swap of %s is finished", n.Name)
	if was || n.back == never {
		w.recovers(n)
		w.spoil(n)
	}
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
func (o *oracle) remedied(n *node, t plan.Task) {
	cut := !n.script.running && (n.script.midSwap || n.script.unstarted || n.told) // told: what boots may have finished it since
	o.judge(safety.Remedy{Node: string(n.Name), Approved: o.approved[n.Name], Proved: t.Proof != "" && !t.Until.By.IsZero(), Cut: cut}.Broken())
}

// mending judges the beginning of a call of finish-swap, before its effects.
func (o *oracle) mending(n *node) {
	n.lost = false
	o.judge(o.taking(n).Finish(string(n.Name)))
	delete(o.verified, n.Name)
}

// told notes what the engine hears of a node's swap.
func (o *oracle) toldOf(e journal.Event) {
	if n := o.w.byName[e.Node]; n != nil && e.Report != nil && e.Report.Outcome == plan.Failed && e.Report.Class == plan.MidSwap {
		n.told = true
	}
}

func approvedWords(finish []inventory.NodeName) string {
	if len(finish) == 0 {
		return ""
	}
	return fmt.Sprintf(", with the approval of finish-swap on %v", finish)
}
