package rehearse

import (
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/plan"
)

// node is one machine of the twin: the truth, which the engine can only find
// out.
type node struct {
	plan.Node
	width int // of the stage that patches it; 0: none does

	script script
	cut    time.Duration // cannot be reached until then
	off    bool          // switched off
	gone   time.Duration // does not serve from here on ...
	back   time.Duration // ... until then
	ready  map[string]time.Duration
	ours   bool // it is out because of us: from the swap until it serves again
	lost   bool // a step of it was reported as failed since

	fences map[fence]bool // attempts that were called off

	epoch   int  // the highest that the node has seen
	refused bool // finish-swap, since its script was begun
	told    bool // the engine knows, or thinks, that its swap stays cut
}

// fence names an attempt.
type fence struct {
	run     string
	attempt int
}

// callOff makes sure that an attempt which has not begun never will.
func (n *node) callOff(t plan.Task) {
	if n.fences == nil {
		n.fences = map[fence]bool{}
	}
	n.fences[fence{t.Run, t.Attempt}] = true
}

func (n *node) calledOff(t plan.Task) bool { return n.fences[fence{t.Run, t.Attempt}] }

// script is what became of the script on a node, as its receipts, packages and
// units would tell.
type script struct {
	run      string
	attempt  int // the highest begun in the run
	starts   int // in all runs
	life     int // of the process: one that was killed does nothing more
	running  bool
	hung     bool // and will not end by itself
	midSwap  bool // install_progress exists
	booting  bool // the machine reboots
	moving   bool // the swap was cut while it moved files: dcos-setup cannot finish it at boot
	atTarget bool
	failed   bool // exit code other than 0

	finishing bool       // a call of finish-swap is at work
	unstarted bool       // it was cut before the services started
	spoilt    fault.Kind // what a call of finish-swap will come to
}

// master reports whether the node is one.
func (n *node) master() bool { return n.Role == dcos.Master }

// out reports whether the node is out of service.
func (n *node) out(now time.Duration) bool { return n.off || now >= n.gone && now < n.back }

// reachable reports whether SSH answers.
func (n *node) reachable(now time.Duration) bool { return !n.off && now >= n.cut }

// harmless reports whether nothing that was begun on the node can have changed
// it.
func (s script) harmless() bool { return !s.running && !s.midSwap && !s.booting && !s.atTarget }

// look is what the node answers when it is asked how an attempt has ended:
// package patcher's classification, by the same evidence.
func (n *node) look(run string, attempt int) plan.Report {
	s := n.script
	if s.run != run && s.harmless() {
		return plan.Report{Outcome: plan.NotRun, Detail: "the node has no receipt of this attempt"}
	}
	switch {
	case s.starts == 0 || s.run == run && s.attempt < attempt:
		return plan.Report{Outcome: plan.NotRun, Detail: "the node has no receipt of this attempt"}
	case s.running:
		return plan.Report{Outcome: plan.Running, Detail: "the script is running"}
	case s.booting:
		return plan.Report{Outcome: plan.Running, Class: plan.MidSwap, Detail: "the node rebooted as the swap stopped its services: dcos-setup finishes it at boot"}
	case s.midSwap:
		return plan.Report{Outcome: plan.Failed, Class: plan.MidSwap, Detail: "script exit 1; its swap was cut; services are stopped"}
	case s.atTarget && s.failed:
		return plan.Report{Outcome: plan.Failed, Class: plan.NotStarted, Detail: "script exit 1, but active packages are the target's: it was applied and the services were not started"}
	case s.atTarget:
		return plan.Report{Outcome: plan.Done, Detail: "active packages are the target's"}
	default:
		return plan.Report{Outcome: plan.Failed, Class: plan.BeforeSwap, Detail: "script exit 1 before the swap: nothing was stopped"}
	}
}
