package rehearse

import (
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// What things take, in the middle. They are those that plans are estimated
// with, so that a rehearsal without trouble takes about as long as its plan says.
const (
	scriptTakes    = 3*time.Minute + 30*time.Second // until the swap
	swapTakes      = 15 * time.Second
	stageTakes     = 4 * time.Minute
	stagedTakes    = 10 * time.Second
	baselineTakes  = 8 * time.Second // without the questions about it
	surveysTake    = 2 * time.Minute
	lookTakes      = 1500 * time.Millisecond
	askTakes       = time.Second // one question to a node
	leaderTakes    = 400 * time.Millisecond
	heartbeat      = 15 * time.Second // of a leader that has nothing to say
	registerTakes  = 25 * time.Second
	tasksTake      = 20 * time.Second
	checksTake     = 12 * time.Second
	exhibitorTakes = 100 * time.Second
	rangesTake     = 150 * time.Second
	// pingBudget is how long Mesos waits for an agent in DC/OS.
	pingBudget = 5 * time.Minute
)

// launch begins an attempt of the script on a node that has heard of it.
func (w *twin) launch(n *host, by node.Start) {
	w.launched(n)
	life := n.script.life + 1
	n.refused, n.told = false, false
	n.script = script{starts: n.script.starts + 1, life: life, running: true}
	n.prog.Begin(by)
	w.tell("%s begins the script", n.Name)
	takes := w.around(scriptTakes)
	if lasts, yes := w.hit(fault.SSHCutDuringScript, n.Name); yes {
		w.in(takes/2, func() { w.sever(n, lasts) })
	}
	w.in(takes, func() {
		if n.script.life == life && n.script.running {
			w.swap(n, life)
		}
	})
}

// sever breaks every connection to a node, and refuses new ones for a while.
func (w *twin) sever(n *host, lasts time.Duration) {
	n.cut = max(n.cut, plus(w.now, lasts))
	w.tell("%s cannot be reached", n.Name)
	n.hangUp(errCut)
}

// reboot has a machine away for a while in the middle of its swap.
func (w *twin) reboot(n *host, lasts time.Duration) {
	n.script.booting = true
	w.tell("%s reboots in the middle of its swap", n.Name)
	w.sever(n, lasts)
	w.in(lasts, func() { w.powerOn(n) })
}

// hangUp answers the call at work on a node, if somebody waits for it.
func (n *host) hangUp(why error) {
	answer := n.answer
	if n.answer = nil; answer == nil {
		return
	}
	if why != nil {
		why = &sshexec.LostError{Node: string(n.Name), Err: why}
	}
	answer(why)
}

// swap stops the services and moves the packages.
func (w *twin) swap(n *host, life int) {
	if w.happens(fault.ScriptFailsFetch, n) {
		n.script.running, n.script.failed = false, true
		w.tell("the script on %s fails before the swap", n.Name)
		return
	}
	n.script.midSwap, n.ours, n.lost = true, true, false
	n.gone, n.back = w.now, never
	clear(n.ready)
	w.measure()
	if n.Name == w.leader {
		w.elect()
	}
	if lasts, yes := w.hit(fault.SSHDown, n.Name); yes {
		w.sever(n, lasts)
	}
	for _, k := range []fault.Kind{fault.RebootMidSwap, fault.RebootMidMove} {
		if lasts, yes := w.hit(k, n.Name); yes {
			n.script.running, n.script.lost, n.script.moving = false, true, k == fault.RebootMidMove
			w.reboot(n, lasts)
			return
		}
	}
	if lasts, yes := w.hit(fault.NodeNeverReturns, n.Name); yes { // after the swap: as its services stop
		n.script.running, n.script.lost, n.script.midSwap, n.script.atTarget, n.off = false, true, false, true, true
		w.tell("%s goes off as its services stop", n.Name)
		if lasts != never {
			w.in(lasts, func() { w.powerOn(n) })
		}
		return
	}
	if lasts, yes := w.hit(fault.ScriptHangs, n.Name); yes {
		w.tell("the script on %s hangs", n.Name)
		if lasts != never {
			w.in(lasts, func() { w.scriptEnds(n, life) })
		}
		n.script.hung = true
		return
	}
	w.in(w.around(swapTakes), func() { w.scriptEnds(n, life) })
}

// scriptEnds is the end of a script that came through the swap, or died in it.
func (w *twin) scriptEnds(n *host, life int) {
	if n.script.life != life || !n.script.running {
		return
	}
	n.script.running, n.script.hung = false, false
	for _, k := range cutKinds() {
		if w.happens(k, n) {
			n.script.failed = true
			if k != fault.ScriptFailsMidSwap {
				n.script.spoilt = k
			}
			w.tell("the script on %s dies in the middle of the swap", n.Name)
			return
		}
	}
	n.script.midSwap, n.script.atTarget = false, true
	if w.happens(fault.ScriptFailsStart, n) {
		n.script.failed = true
		w.tell("the script on %s is applied, and its services are not started", n.Name)
		return
	}
	w.recovers(n)
	w.spoil(n)
	w.tell("the script on %s is applied", n.Name)
}

// recovers lets a node whose services start come back, gate by gate.
func (w *twin) recovers(n *host) {
	n.ready = map[string]time.Duration{}
	after := func(gate string, median time.Duration) { n.ready[gate] = w.now + w.around(median) }
	if n.master() {
		after("exhibitor", exhibitorTakes)
		after("mesos-master", checksTake)
		n.ready["mesos-version"] = n.ready["mesos-master"]
		after("registrar", registerTakes)
		after("cockroach", rangesTake)
		after("agents-back", registerTakes)
		n.ready["check-runner"] = n.ready["exhibitor"] + w.around(checksTake)
		n.ready["units"] = n.ready["check-runner"]
		n.back = max(n.ready["exhibitor"], n.ready["registrar"], n.ready["cockroach"])
		return
	}
	n.back = w.now + w.around(registerTakes)
	n.ready["tasks"] = n.back + w.around(tasksTake)
	n.ready["check-runner"] = n.back + w.around(checksTake)
	n.ready["units"] = n.back + w.around(checksTake)
}

// spoil lets the return of a node go wrong.
func (w *twin) spoil(n *host) {
	until := func(k fault.Kind) time.Duration {
		if lasts, yes := w.hit(k, n.Name); yes {
			return plus(w.now, lasts)
		}
		return 0
	}
	late := func(gate string, at time.Duration) { n.ready[gate] = max(n.ready[gate], at) }
	late("check-runner", until(fault.ChecksRedAfter))
	if n.master() {
		late("exhibitor", until(fault.ExhibitorLatent))
		late("cockroach", until(fault.UnderReplicated))
		n.back = max(n.back, n.ready["exhibitor"], n.ready["cockroach"])
		return
	}
	if w.happens(fault.AgentBackLate, n) {
		n.back = max(n.back, n.gone+pingBudget*8/10)
	}
	if w.happens(fault.AgentBackTooLate, n) {
		n.back = max(n.back, n.gone+pingBudget*12/10)
	}
	n.back = max(n.back, until(fault.AgentNeverRegisters))
	for _, gate := range []string{"tasks", "check-runner", "units"} {
		late(gate, plus(n.back, checksTake))
	}
	late("tasks", until(fault.TasksDoNotReturn))
}

// since is from when on a gate of the node passes, were it asked: of one that is at the
// target.
func (w *twin) since(n *host, gate string) time.Duration {
	at, known := n.ready[gate]
	switch {
	case !n.script.atTarget || n.off:
		at = never
	case gate == "leader":
		at = w.red
	case !known:
		at = n.back
	}
	return max(at, n.cut)
}

// plus adds, and never passes never.
func plus(a, b time.Duration) time.Duration {
	if a >= never-b {
		return never
	}
	return a + b
}
