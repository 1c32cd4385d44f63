package patcher

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
)

// Lock is the cluster lock: a file made exclusively on a majority of the
// masters, with an epoch that every node program remembers. Time alone never
// takes it over.
type Lock struct {
	Nodes   Nodes
	Masters []inventory.NodeName
	Run     string
	Owner   string
}

// LockedError means that somebody else holds the lock. Nothing was changed.
type LockedError struct {
	Node   inventory.NodeName
	Holder node.LockHolder
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("the cluster is locked by run %s of %s (epoch %d, as %s says)", e.Holder.Run, e.Holder.Owner, e.Holder.Epoch, e.Node)
}

// ErrNoMajority means that too few masters answered to take the lock.
var ErrNoMajority = errors.New("too few masters answered to take the lock")

// Acquire takes the lock under a new epoch, higher than any that a master has
// seen. A run that holds it may acquire it again, which fences an earlier
// controller of the same run. On an error nothing is held.
func (l *Lock) Acquire(ctx context.Context) (epoch int, err error) {
	hosts, seen, err := l.look(ctx)
	if err != nil {
		return 0, err
	}
	c := node.Claim{Epoch: seen + 1, Run: l.Run, Owner: l.Owner}
	var taken []inventory.NodeName
	for _, m := range l.Masters {
		h, ok := hosts[m]
		if !ok {
			continue
		}
		if err := l.take(ctx, m, h, c); err != nil {
			return 0, errors.Join(err, l.give(ctx, c, taken))
		}
		taken = append(taken, m)
	}
	return c.Epoch, nil
}

// look reads every master's lock and epoch; a majority must answer.
func (l *Lock) look(ctx context.Context) (map[inventory.NodeName]Host, int, error) {
	hosts := map[inventory.NodeName]Host{}
	var silent []string
	epoch := 0
	for _, m := range l.Masters {
		h, err := l.Nodes.Node(ctx, m)
		var s node.Survey
		if err == nil {
			s, err = node.TakeSurvey(ctx, h)
		}
		if err != nil {
			silent = append(silent, err.Error())
			continue
		}
		if s.Lock != nil && s.Lock.Run != l.Run {
			return nil, 0, &LockedError{Node: m, Holder: *s.Lock}
		}
		hosts[m], epoch = h, max(epoch, s.Epoch)
	}
	if 2*len(hosts) <= len(l.Masters) {
		return nil, 0, fmt.Errorf("%w: %s", ErrNoMajority, strings.Join(silent, "; "))
	}
	return hosts, epoch, nil
}

func (l *Lock) take(ctx context.Context, m inventory.NodeName, h Host, c node.Claim) error {
	if err := put(ctx, h, node.InstalledPath(), node.Program()); err != nil {
		return err
	}
	if err := node.Init(ctx, h, c); err != nil {
		return fmt.Errorf("%s: raising the epoch: %w", m, err)
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
		return fmt.Errorf("%s: taking the lock: %w", m, err)
	}
	return nil
}

// Release gives the lock back on every master that can be reached. The error
// names those where it stays.
func (l *Lock) Release(ctx context.Context, epoch int) error {
	return l.give(ctx, node.Claim{Epoch: epoch, Run: l.Run, Owner: l.Owner}, l.Masters)
}

func (l *Lock) give(ctx context.Context, c node.Claim, masters []inventory.NodeName) error {
	var errs []error
	for _, m := range slices.Backward(masters) {
		h, err := l.Nodes.Node(ctx, m)
		if err == nil {
			err = node.Unlock(ctx, h, c)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: the lock stays: %w", m, err))
		}
	}
	return errors.Join(errs...)
}
