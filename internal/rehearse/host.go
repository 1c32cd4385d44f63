package rehearse

import (
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/nodemodel"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
)

// host is one machine of the twin: the truth, which a run can only find out.
type host struct {
	plan.Node
	width int            // of the stage that patches it; 0: none does
	prog  nodemodel.Node // what its node program keeps

	script script
	cut    time.Duration // cannot be reached until then
	off    bool          // switched off
	gone   time.Duration // does not serve from here on ...
	back   time.Duration // ... until then
	ready  map[string]time.Duration
	ours   bool // it is out because of us: from the swap until it serves again
	lost   bool // a step of it was reported as failed since

	answer  func(error) // a call at work has ended; nil: nobody waits for it
	silent  error       // what comes of connecting to it when it cannot be reached
	refused bool        // finish-swap, since its script was begun
	told    bool        // the engine knows, or thinks, that its swap stays cut
}

// script is what became of the script on a node.
type script struct {
	starts   int // in all runs
	life     int // of the process: one that was killed does nothing more
	running  bool
	hung     bool // and will not end by itself
	midSwap  bool // install_progress exists
	booting  bool // the machine reboots
	moving   bool // the swap was cut while it moved files: dcos-setup cannot finish it at boot
	atTarget bool
	failed   bool // exit code other than 0
	lost     bool // the machine went down with it

	finishing bool        // a call of finish-swap is at work
	finish    node.Finish // how far it has come
	unstarted bool        // it was cut before the services started
	spoilt    fault.Kind  // what a call of finish-swap will come to
}

// shown is what the node program can know of it.
func (s script) shown() nodemodel.Script {
	return nodemodel.Script{Running: s.running, MidSwap: s.midSwap, AtBoot: s.booting && !s.moving, AtTarget: s.atTarget, Failed: s.failed, Lost: s.lost,
		Finishing: s.finishing, Finish: s.finish, Whole: s.spoilt != fault.FinishRefused}
}

// master reports whether the node is one.
func (n *host) master() bool { return n.Role == dcos.Master }

// out reports whether the node is out of service.
func (n *host) out(now time.Duration) bool { return n.off || now >= n.gone && now < n.back }

// reachable reports whether SSH answers.
func (n *host) reachable(now time.Duration) bool { return !n.off && now >= n.cut }

// harmless reports whether nothing that was begun on the node can have changed
// it.
func (s script) harmless() bool { return !s.running && !s.midSwap && !s.booting && !s.atTarget }
