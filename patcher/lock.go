package patcher

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/steps"
)

// Lock is the cluster lock: a file made exclusively on a majority of the
// masters, with an epoch that every node program remembers. Time alone never
// takes it over.
type Lock struct {
	Nodes   Nodes
	Masters []inventory.NodeName
	Run     string
	Owner   string
	Cluster string // its id; epochs of another cluster are not counted

	// Known is the highest epoch that this controller's journal of the run
	// tells of: a later controller has left a higher one behind. 0: a new run.
	Known int
	// Handover means that the run comes from another machine: not even a lock
	// of this very run may be held, since its controller may live there.
	Handover bool
}

// LockedError means that somebody else holds the lock. Nothing was changed.
type LockedError struct {
	Node   inventory.NodeName
	Holder node.LockHolder
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("the cluster is locked by run %s of %s (epoch %d, as %s says)", node.Said(e.Holder.Run), node.Said(e.Holder.Owner), e.Holder.Epoch, e.Node)
}

// OvertakenError means that another controller has gone on with the run since
// this one's journal ends. Nothing was changed.
type OvertakenError struct {
	Node inventory.NodeName
	Run  string
	Seen int // its epoch
}

func (e *OvertakenError) Error() string {
	return fmt.Sprintf("another controller has gone on with run %s (epoch %d, as %s says): the journal here is not its last word", node.Said(e.Run), e.Seen, e.Node)
}

// UntakenError means that the lock could not be taken on a master that
// answers. It was given back on the others; nothing else was changed.
type UntakenError struct {
	Node  inventory.NodeName
	Doing string
	Err   error
}

func (e *UntakenError) Error() string {
	return fmt.Sprintf("%s: %s: %s", e.Node, e.Doing, strings.TrimPrefix(e.Err.Error(), string(e.Node)+": "))
}

func (e *UntakenError) Unwrap() error { return e.Err }

// takingIt is what a master was doing that may have the lock although it failed.
const takingIt = "taking the lock"

// ErrNoMajority means that too few masters answered to take the lock.
var ErrNoMajority = errors.New("too few masters answered to take the lock")

// Acquire takes the lock under a new epoch, higher than any that a master has
// seen. A run that holds it may acquire it again from the same machine, or
// with the journal that knows of it, which fences an earlier controller of the
// same run. On an error nothing is held.
func (l *Lock) Acquire(ctx context.Context) (epoch int, err error) {
	hosts, seen, err := l.look(ctx)
	if err != nil {
		return 0, err
	}
	c := l.claim(seen + 1)
	var taken []inventory.NodeName
	for _, m := range l.Masters {
		h, ok := hosts[m]
		if !ok {
			continue
		}
		if err := l.take(ctx, m, h, c); err != nil {
			return 0, errors.Join(err, l.undo(ctx, c, taken, m, err))
		}
		taken = append(taken, m)
	}
	return c.Epoch, nil
}

// undo gives back what an Acquire that failed has taken, also when it was
// interrupted. The master that failed may have the lock all the same: the answer
// can be lost.
func (l *Lock) undo(ctx context.Context, c node.Claim, taken []inventory.NodeName, at inventory.NodeName, why error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), steps.AskTimeout)
	defer cancel()
	kept := error(nil)
	var untaken *UntakenError
	var refused *node.RefusedError
	if errors.As(why, &untaken) && untaken.Doing == takingIt && !errors.As(why, &refused) {
		if err := l.giveOne(ctx, at, c); err != nil && !errors.As(err, &refused) { // refused: it is another's
			kept = fmt.Errorf("%s: the lock may stay: %w", at, err)
		}
	}
	return errors.Join(kept, l.give(ctx, c, taken))
}

// look reads every master's lock and epoch, all at once; a majority must answer.
func (l *Lock) look(ctx context.Context) (map[inventory.NodeName]Host, int, error) {
	hosts := map[inventory.NodeName]Host{}
	var silent []string
	epoch := 0
	for _, x := range Look(ctx, l.Nodes, l.Masters) {
		m, s := x.Node, x.Survey
		h, err := Host(nil), x.Err
		if err == nil {
			h, err = bounded{l.Nodes}.Node(ctx, m)
		}
		if err != nil {
			silent = append(silent, err.Error())
			continue
		}
		switch b := s.Heartbeat; {
		case s.Lock != nil && !l.mine(*s.Lock):
			return nil, 0, &LockedError{Node: m, Holder: *s.Lock}
		case b != nil && !l.Handover && b.Run == l.Run && b.Epoch > l.Known:
			return nil, 0, &OvertakenError{Node: m, Run: l.Run, Seen: b.Epoch}
		}
		hosts[m], epoch = h, max(epoch, epochOf(s, l.Cluster))
	}
	if 2*len(hosts) <= len(l.Masters) {
		return nil, 0, fmt.Errorf("%w: %s", ErrNoMajority, strings.Join(silent, "; "))
	}
	return hosts, epoch, nil
}

func (l *Lock) claim(epoch int) node.Claim {
	return node.Claim{Epoch: epoch, Run: l.Run, Owner: l.Owner, Cluster: l.Cluster}
}

// epochOf is the highest epoch that a node has seen of a cluster. One that does
// not say whose it is counts.
func epochOf(s node.Survey, cluster string) int {
	if s.EpochCluster != "" && cluster != "" && s.EpochCluster != cluster {
		return 0
	}
	return s.Epoch
}

// mine reports whether a held lock is this controller's to take again: its
// journal knows of it, or it is of this machine, where the journal itself keeps
// two controllers apart.
func (l *Lock) mine(h node.LockHolder) bool {
	return h.Run == l.Run && !l.Handover && (h.Epoch <= l.Known || machine(h.Owner) == machine(l.Owner))
}

// machine is the owner without the process: "ops@host pid 4312" is "ops@host".
func machine(owner string) string {
	m, _, _ := strings.Cut(owner, " ")
	return m
}

func (l *Lock) take(ctx context.Context, m inventory.NodeName, h Host, c node.Claim) error {
	ctx, cancel := context.WithTimeout(ctx, steps.AskTimeout)
	defer cancel()
	if err := node.Init(ctx, h, c); err != nil {
		return &UntakenError{m, "raising the epoch", err}
	}
	if err := put(ctx, h, node.InstalledPath(), node.Program()); err != nil {
		return &UntakenError{m, "putting the node program in its place", err}
	}
	err := node.Lock(ctx, h, c)
	var refused *node.RefusedError
	if errors.As(err, &refused) && refused.Word == "lock" {
		s, serr := node.TakeSurvey(ctx, h)
		if serr == nil && s.Lock != nil {
			return &LockedError{Node: m, Holder: *s.Lock}
		}
	}
	if err != nil {
		return &UntakenError{m, takingIt, err}
	}
	return nil
}

// Release gives the lock back on every master that can be reached. The error
// names those where it stays.
func (l *Lock) Release(ctx context.Context, epoch int) error {
	return l.give(ctx, l.claim(epoch), l.Masters)
}

func (l *Lock) give(ctx context.Context, c node.Claim, masters []inventory.NodeName) error {
	var errs []error
	for _, m := range slices.Backward(masters) {
		if err := l.giveOne(ctx, m, c); err != nil {
			errs = append(errs, fmt.Errorf("%s: the lock stays: %w", m, err))
		}
	}
	return together(errs...)
}

func (l *Lock) giveOne(ctx context.Context, m inventory.NodeName, c node.Claim) error {
	h, err := bounded{l.Nodes}.Node(ctx, m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, steps.AskTimeout)
	defer cancel()
	return node.Unlock(ctx, h, c)
}
