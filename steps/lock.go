package steps

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Claimant is a run that wants the cluster lock, or has it.
type Claimant struct {
	Masters  []inventory.NodeName
	Run      string
	Owner    string
	Cluster  string // its id; epochs of another cluster are not counted
	Known    int    // the highest epoch that its journal tells of; 0: a new run
	Handover bool   // it comes from another machine: not even its own lock may be held
}

// mine reports whether a held lock is this controller's to take again: its
// journal knows of it, or it is of this machine, where the journal itself keeps
// two controllers apart.
func (c Claimant) mine(h node.LockHolder) bool {
	return h.Run == c.Run && !c.Handover && (h.Epoch <= c.Known || machineOf(h.Owner) == machineOf(c.Owner))
}

// machineOf is an owner without the process: "ops@host pid 4312" is "ops@host".
func machineOf(owner string) string {
	m, _, _ := strings.Cut(owner, " ")
	return m
}

// epochOf is the highest epoch that a node has seen of a cluster. One that does
// not say whose it is counts.
func epochOf(s node.Survey, cluster string) int {
	if s.EpochCluster != "" && cluster != "" && s.EpochCluster != cluster {
		return 0
	}
	return s.Epoch
}

// free gives the masters that answer, and the highest epoch that they have seen. A
// majority must answer, and none may know of another holder.
func (c Claimant) free(seen []Sighting) (masters []inventory.NodeName, epoch int, err error) {
	var silent []string
	for _, x := range seen {
		switch s, b := x.Survey, x.Survey.Heartbeat; {
		case x.Err != nil:
			silent = append(silent, x.Err.Error())
			continue
		case s.Lock != nil && !c.mine(*s.Lock):
			return nil, 0, &LockedError{Node: x.Node, Holder: *s.Lock}
		case b != nil && !c.Handover && b.Run == c.Run && b.Epoch > c.Known:
			return nil, 0, &OvertakenError{Node: x.Node, Run: c.Run, Seen: b.Epoch}
		}
		masters, epoch = append(masters, x.Node), max(epoch, epochOf(x.Survey, c.Cluster))
	}
	if 2*len(masters) <= len(c.Masters) {
		return nil, 0, fmt.Errorf("%w: %s", ErrNoMajority, strings.Join(silent, "; "))
	}
	return masters, epoch, nil
}

// Held judges by what the masters say whether the run holds the lock under an epoch.
// nil means that a majority says so, and no master that answers says otherwise. The
// error is a *LostError, or says that too few masters answered to know.
func (c Claimant) Held(seen []Sighting, epoch int) error {
	held, free := 0, []string(nil)
	var silent []string
	for _, x := range seen {
		s := x.Survey
		switch {
		case x.Err != nil:
			silent = append(silent, x.Err.Error())
		case epochOf(s, c.Cluster) > epoch:
			return &LostError{fmt.Sprintf("%s has seen epoch %d, and this controller's is %d", x.Node, s.Epoch, epoch)}
		case s.Lock == nil:
			free = append(free, string(x.Node))
		case s.Lock.Run == c.Run && s.Lock.Epoch == epoch:
			held++
		default:
			return &LostError{fmt.Sprintf("the lock on %s is held by run %s of %s (epoch %d)", x.Node, s.Lock.Run, s.Lock.Owner, s.Lock.Epoch)}
		}
	}
	switch n := len(c.Masters); {
	case 2*held > n:
		return nil
	case 2*(held+len(silent)) <= n: // whatever the silent ones say
		return &LostError{fmt.Sprintf("the lock is not held on %s any more", strings.Join(free, ", "))}
	}
	return fmt.Errorf("too few masters answered to know who holds the lock: %s", strings.Join(silent, "; "))
}

// Locking takes the lock or gives it back. It is over when there are no more calls.
type Locking struct {
	machine
	by      Claimant
	give    bool
	taken   []inventory.NodeName
	problem []error

	Epoch int // that the lock is held under
}

// Acquire takes the lock under a new epoch, higher than any that a master has seen.
// On an error nothing is held.
func Acquire(by Claimant) *Locking { return ready(machine{}, &Locking{by: by}) }

// Release gives the lock back on every master that can be reached. The error names
// those where it stays.
func Release(by Claimant, epoch int) *Locking {
	return ready(machine{}, &Locking{by: by, give: true, Epoch: epoch})
}

// Err is what went wrong; nil: nothing.
func (l *Locking) Err() error { return together(l.problem...) }

func (l *Locking) start(Answer) Move {
	if l.give {
		return l.release(l.by.Masters, Call{Within: AskTimeout})
	}
	return l.call(Call{Do: SurveyAll, Nodes: l.by.Masters}, func(a Answer) Move {
		masters, seen, err := l.by.free(a.Seen)
		if err != nil {
			l.problem = []error{err}
			return end(plan.Report{})
		}
		l.Epoch = seen + 1
		return l.take(masters)
	})
}

// take takes the lock on masters, one after the other.
func (l *Locking) take(masters []inventory.NodeName) Move {
	if len(masters) == 0 {
		return end(plan.Report{})
	}
	at := masters[0]
	of := Call{Node: at, Epoch: l.Epoch, By: l.now.Add(AskTimeout)}
	return l.inTurn([]Verb{Claim, PutProgram, Lock}, of, func(v Verb, a Answer) Move {
		var refused *node.RefusedError
		doing := map[Verb]string{Claim: "raising the epoch", PutProgram: "putting the node program in its place", Lock: "taking the lock"}[v]
		untaken := &UntakenError{at, doing, a.Err}
		switch held := errors.As(a.Err, &refused); {
		case a.Err == nil:
			l.taken = append(l.taken, at)
			return l.take(masters[1:])
		case v == Lock && held && refused.Word == node.RefusedLock:
			of.Do = Survey
			return l.call(of, func(a Answer) Move {
				if a.Err == nil && a.Survey.Lock != nil {
					return l.undo(&LockedError{Node: at, Holder: *a.Survey.Lock})
				}
				return l.undo(untaken)
			})
		case v == Lock && !held && !a.neverSent(): // it may have it all the same: the answer can be lost
			return l.undo(untaken, at)
		}
		return l.undo(untaken)
	})
}

// undo gives back what an Acquire that failed has taken, also when it was
// interrupted, and what it may have taken.
func (l *Locking) undo(why error, maybe ...inventory.NodeName) Move {
	l.problem = append(l.problem, why)
	return l.release(append(l.taken, maybe...), Call{Anyway: true})
}

// release gives the lock back on masters, the last one first.
func (l *Locking) release(masters []inventory.NodeName, of Call) Move {
	if len(masters) == 0 {
		return end(plan.Report{})
	}
	of.Do, of.Node, of.Epoch = Unlock, masters[len(masters)-1], l.Epoch
	if of.Anyway { // nobody ends it but time: each master has its own, so that one that hangs costs no other its turn
		of.By = l.now.Add(AskTimeout)
	}
	return l.call(of, func(a Answer) Move {
		var refused *node.RefusedError
		maybe := !l.give && !slices.Contains(l.taken, of.Node)
		switch {
		case a.Err == nil, maybe && errors.As(a.Err, &refused): // refused: it is another's
		case maybe:
			l.problem = append(l.problem, fmt.Errorf("%s: the lock may stay: %w", of.Node, a.Err))
		default:
			l.problem = append(l.problem, fmt.Errorf("%s: the lock stays: %w", of.Node, a.Err))
		}
		return l.release(masters[:len(masters)-1], of)
	})
}
