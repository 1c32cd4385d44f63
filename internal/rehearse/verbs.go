package rehearse

import (
	"errors"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
	"github.com/dcos-patch/dcos-patch/steps"
)

// errCut is why a connection broke.
var errCut = errors.New("the connection broke")

// atNode is what the node program answers, but for what changes services.
func (w *work) atNode(call *steps.Call) (a steps.Answer) {
	c, n, s := w.c, w.n, w.n.script.shown()
	switch call.Do {
	case steps.Look:
		a.Receipts, a.Survey = n.prog.Receipts(s), n.prog.Survey(s)
	case steps.Survey:
		a.Survey = n.prog.Survey(s)
	case steps.ReadUptime:
		a.Uptime = n.prog.Uptime(c.now)
	case steps.RunIPDetect:
		a.IP = n.IP
	case steps.Claim, steps.Lock:
		a.Err = n.prog.Claim(w.t.Epoch, s)
	case steps.CallOff:
		a.State, a.Err = n.prog.CallOff(w.t.Epoch, call.Attempt, s)
	case steps.Fetch:
		if a.Err = n.prog.Claim(w.t.Epoch, s); a.Err != nil {
			break
		}
		if n.prog.Fetched = w.t.Plan.Script.Packages; c.happens(fault.StageFails, n) {
			a.Err = &sshexec.ExitError{Node: string(n.Name), Cmd: "fetch", Code: 1, Stderr: []byte("dcos-patch: pkgpanda fetch: exit code 1\n")}
		}
	}
	return a
}

// change is a launch, or a call of finish-swap, that reaches its node or does not. The
// second is answered when it has ended there.
func (w *work) change(id int, call *steps.Call) {
	c, n := w.c, w.n
	begin := func() error { return c.attempt(n, w.t, call) }
	if call.Do == steps.FinishSwap {
		begin = func() error { return c.finishSwap(n, w.t, call) }
	}
	cut := func() { w.give(id, steps.Answer{Err: w.lost(errCut)}) }
	if c.happens(fault.SSHCutBeforeExec, n) {
		cut()
		return
	}
	if lasts, yes := c.hit(fault.LaunchLate, n.Name); yes {
		c.late(n, lasts, begin)
		cut()
		return
	}
	if err := begin(); err != nil {
		w.give(id, steps.Answer{Err: err})
		return
	}
	n.answer = func(err error) { w.give(id, steps.Answer{Err: err, Unit: n.prog.Unit()}) }
	if lasts, yes := c.hit(fault.SSHCutAfterExec, n.Name); yes {
		c.sever(n, lasts)
	}
	switch {
	case call.Do == steps.Launch:
		n.hangUp(nil)
	case !n.script.finishing: // the machine went down
		n.hangUp(errCut)
	case !w.over && !w.stopped:
		c.duringRemedy()
	}
}

// late lets a call arrive although its connection broke: half of the time the node
// cannot be reached until it has.
func (w *twin) late(n *host, after time.Duration, arrives func() error) {
	w.tell("the connection to %s breaks, with a call on its way", n.Name)
	if w.rng.IntN(2) == 0 {
		w.sever(n, after+poll)
	}
	w.in(after, func() {
		if n.off {
			return
		}
		if err := arrives(); err != nil {
			w.tell("a call comes late: %v", err)
		}
	})
}

// attempt is the verb launch of the node program.
func (w *twin) attempt(n *host, t plan.Task, call *steps.Call) error {
	start := node.Start{Claim: node.Claim{Epoch: t.Epoch, Run: t.Run}, SHA256: t.Plan.Script.SHA256, Attempt: call.Attempt, From: t.Plan.From, Until: call.Until}
	if err := n.prog.Launch(w.now, start, n.script.shown()); err != nil {
		return err
	}
	w.launch(n, start)
	return nil
}

// finishSwap is the verb of the node program: it begins, or says why it does not.
func (w *twin) finishSwap(n *host, t plan.Task, call *steps.Call) error {
	err := n.prog.FinishSwap(w.now, node.Swap{Claim: node.Claim{Epoch: t.Epoch, Run: t.Run}, Until: call.Until}, n.script.shown())
	if refused := (*node.RefusedError)(nil); errors.As(err, &refused) {
		n.refused = n.refused || refused.Word == node.RefusedSwap
		return err
	}
	w.mend(n)
	return nil
}
