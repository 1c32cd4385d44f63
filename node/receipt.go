package node

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// RunState is what became of one attempt. The zero RunState is unknown.
type RunState uint8

// The states of an attempt.
const (
	RunUnknown RunState = iota
	Running             // its unit is there, since the same boot; or its launch is still in hand
	Exited              // the script ended and its exit code is on disk
	Lost                // begun, no exit code, and the unit is gone or the node has rebooted
	Unbegun             // launched, or cut short while it was, and not begun: it has changed nothing, and may begin late
	CalledOff           // has not begun, and never will
)

// Receipt is the node's own record of one attempt of one script. It outlives
// runs. The receipts inside a Survey have the first four fields only.
type Receipt struct {
	SHA256  string   // of the script
	Attempt int      // 1 for the first
	State   RunState //
	Code    int      // of the script, when Exited; evidence, never a verdict

	Run       string       // the run that launched it
	Epoch     int          //
	Who       string       // the owner that launched it
	At        time.Time    // of the launch, by the node's clock
	BootID    string       // of the boot it was launched in
	Until     int          // seconds after that boot at which it is too late to begin
	PID1Start uint64       // start of PID 1 in clock ticks: tells containers' boots apart
	Unit      string       // transient unit, with ".service"
	From      dcos.Version // what the node was at
	Cluster   string       // id of the cluster whose run launched it; empty: it does not say
	ActiveSum string       // hash of the set of active packages at the launch
	Libltdl   string       // "absent", "file SHA256" or "link TARGET" as found before removal; empty: not looked (masters)
	ExitAt    time.Time    // when Exited, by the node's clock
	Finish    Finish       // whether finish-swap was called on what it left
}

// Open reports whether the attempt has begun and is not known to be over.
func (r Receipt) Open() bool {
	switch r.State {
	case Exited, Lost, Unbegun, CalledOff:
		return false
	default:
		return true
	}
}

// Finish is how far finish-swap has come on an attempt.
type Finish string

// The words of a Finish.
const (
	FinishNone  Finish = ""
	FinishBegun Finish = "begun" // it may have been cut
	FinishDone  Finish = "done"  // dcos.target was started
)

// Receipts asks for every attempt of the script, ascending; none is an empty
// list and no error.
func Receipts(ctx context.Context, h Host, sha256 string) ([]Receipt, error) {
	b, err := Read(ctx, h, "receipt", sha256)
	if err != nil {
		return nil, err
	}
	return ParseReceipts(sha256, b)
}

// runState reads "running", "lost", "unbegun", "called-off" or "exit:CODE".
func runState(s string) (RunState, int, error) {
	switch code, exited := strings.CutPrefix(s, "exit:"); {
	case exited:
		n, err := number(code)
		return Exited, n, err
	case s == "running":
		return Running, 0, nil
	case s == "lost":
		return Lost, 0, nil
	case s == "unbegun":
		return Unbegun, 0, nil
	case s == "called-off":
		return CalledOff, 0, nil
	}
	return RunUnknown, 0, fmt.Errorf("%q is not the state of an attempt", s)
}

func formatState(r Receipt) string {
	switch r.State {
	case Running:
		return "running"
	case Exited:
		return fmt.Sprintf("exit:%d", r.Code)
	case Lost:
		return "lost"
	case Unbegun:
		return "unbegun"
	case CalledOff:
		return "called-off"
	default:
		return "unknown"
	}
}
