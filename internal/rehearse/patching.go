package rehearse

import (
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/plan"
)

// What things take, in the middle. They are those that plans are estimated
// with, so that a rehearsal without trouble takes about as long as its plan says.
const (
	scriptTakes    = 3*time.Minute + 30*time.Second // until the swap
	swapTakes      = 15 * time.Second
	stageTakes     = 4 * time.Minute
	stagedTakes    = 10 * time.Second
	baselineTakes  = 15 * time.Second
	preflightTakes = 2 * time.Minute
	lookTakes      = 1500 * time.Millisecond
	probeTakes     = 6 * time.Second
	registerTakes  = 25 * time.Second
	tasksTake      = 20 * time.Second
	checksTake     = 12 * time.Second
	exhibitorTakes = 100 * time.Second
	rangesTake     = 150 * time.Second
	// pingBudget is how long Mesos waits for an agent in DC/OS.
	pingBudget = 5 * time.Minute
)

// launch begins an attempt of the script on a node that has heard of it.
func (w *twin) launch(n *node, run string, attempt int) {
	w.launched(n)
	life := n.script.life + 1
	n.refused, n.told = false, false
	n.script = script{run: run, attempt: attempt, starts: n.script.starts + 1, life: life, running: true}
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

// launchLater lets a launch arrive although its connection broke: half of the
// time the node cannot be reached until it has.
func (w *twin) launchLater(n *node, t plan.Task, after time.Duration) {
	w.tell("the connection to %s breaks, with the launch on its way", n.Name)
	if w.rng.IntN(2) == 0 {
		w.sever(n, after+poll)
	}
	w.in(after, func() {
		switch {
		case n.off || n.script.running || n.calledOff(t) || n.look(t.Run, t.Attempt).Outcome != plan.NotRun:
			w.tell("%s refuses the launch that comes late", n.Name)
		case plan.Duration(w.now) >= t.Until.Uptime:
			w.tell("%s refuses the launch: its time is over", n.Name)
		default:
			w.launch(n, t.Run, t.Attempt)
		}
	})
}

// sever breaks every connection to a node, and refuses new ones for a while.
func (w *twin) sever(n *node, lasts time.Duration) {
	n.cut = max(n.cut, plus(w.now, lasts))
	w.tell("%s cannot be reached", n.Name)
}

// swap stops the services and moves the packages.
func (w *twin) swap(n *node, life int) {
	if _, yes := w.hit(fault.ScriptFailsFetch, n.Name); yes {
		n.script.running, n.script.failed = false, true
		w.tell("the script on %s fails before the swap", n.Name)
		return
	}
	n.script.midSwap, n.ours, n.lost = true, true, false
	n.gone, n.back = w.now, never
	w.measure()
	if n.Name == w.leader {
		w.elect()
	}
	if lasts, yes := w.hit(fault.SSHDown, n.Name); yes {
		w.sever(n, lasts)
	}
	for _, k := range []fault.Kind{fault.RebootMidSwap, fault.RebootMidMove} {
		if lasts, yes := w.hit(k, n.Name); yes {
			n.script.running, n.script.booting, n.script.moving = false, true, k == fault.RebootMidMove
			w.tell("%s reboots in the middle of the swap", n.Name)
			w.sever(n, lasts)
			w.in(lasts, func() { w.powerOn(n) })
			return
		}
	}
	if lasts, yes := w.hit(fault.NodeNeverReturns, n.Name); yes { // after the swap: as its services stop
		n.script.running, n.script.midSwap, n.script.atTarget, n.off = false, false, true, true
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
func (w *twin) scriptEnds(n *node, life int) {
	if n.script.life != life || !n.script.running {
		return
	}
	n.script.running, n.script.hung = false, false
	for _, k := range cutKinds() {
		if _, yes := w.hit(k, n.Name); yes {
			n.script.failed = true
			if k != fault.ScriptFailsMidSwap {
				n.script.spoilt = k
			}
			w.tell("the script on %s dies in the middle of the swap", n.Name)
			return
		}
	}
	n.script.midSwap, n.script.atTarget = false, true
	if _, yes := w.hit(fault.ScriptFailsStart, n.Name); yes {
		n.script.failed = true
		w.tell("the script on %s is applied, and its services are not started", n.Name)
		return
	}
	w.recovers(n)
	w.spoil(n)
	w.tell("the script on %s is applied", n.Name)
}

// recovers lets a node whose services start come back, gate by gate.
func (w *twin) recovers(n *node) {
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
func (w *twin) spoil(n *node) {
	late := func(gate string, at time.Duration) { n.ready[gate] = max(n.ready[gate], at) }
	if lasts, yes := w.hit(fault.ChecksRedAfter, n.Name); yes {
		late("check-runner", plus(w.now, lasts))
	}
	if n.master() {
		if lasts, yes := w.hit(fault.ExhibitorLatent, n.Name); yes {
			late("exhibitor", plus(w.now, lasts))
		}
		if lasts, yes := w.hit(fault.UnderReplicated, n.Name); yes {
			late("cockroach", plus(w.now, lasts))
		}
		n.back = max(n.back, n.ready["exhibitor"], n.ready["cockroach"])
		return
	}
	if _, yes := w.hit(fault.AgentBackLate, n.Name); yes {
		n.back = max(n.back, n.gone+pingBudget*8/10)
	}
	if _, yes := w.hit(fault.AgentBackTooLate, n.Name); yes {
		n.back = max(n.back, n.gone+pingBudget*12/10)
	}
	if lasts, yes := w.hit(fault.AgentNeverRegisters, n.Name); yes {
		n.back = max(n.back, plus(w.now, lasts))
	}
	for _, gate := range []string{"tasks", "check-runner", "units"} {
		late(gate, plus(n.back, checksTake))
	}
	if lasts, yes := w.hit(fault.TasksDoNotReturn, n.Name); yes {
		late("tasks", plus(w.now, lasts))
	}
}

// since is from when on a gate of the node would pass, were it asked.
func (w *twin) since(n *node, gate string) time.Duration {
	at, known := n.ready[gate]
	switch {
	case gate == "leader":
		at = w.red
	case !known:
		at = n.back
	}
	return max(at, n.cut)
}

// holds reports whether a gate has held for as long as the step demands.
func (w *twin) holds(n *node, g plan.GateSpec) bool {
	row := max(g.Span.D(), time.Duration(g.Need-1)*g.Every.D())
	return !n.off && w.now >= plus(w.since(n, g.Gate), row)
}

// plus adds, and never passes never.
func plus(a, b time.Duration) time.Duration {
	if a >= never-b {
		return never
	}
	return a + b
}
