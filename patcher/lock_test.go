package patcher

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/steps"
)

const (
	here  = "ops@here pid 1"
	there = "ops@there pid 2"
)

func (s shellNodes) survey(t *testing.T, name inventory.NodeName) node.Survey {
	t.Helper()
	sv, err := node.TakeSurvey(t.Context(), s[name])
	if err != nil {
		t.Fatal(err)
	}
	return sv
}

// holders are the runs that hold the lock, by master.
func (s shellNodes) holders(t *testing.T) map[inventory.NodeName]string {
	t.Helper()
	held := map[inventory.NodeName]string{}
	for name := range s {
		if l := s.survey(t, name).Lock; l != nil {
			held[name] = l.Run
		}
	}
	return held
}

func acquire(t *testing.T, l *Lock) int {
	t.Helper()
	epoch, err := l.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return epoch
}

// TestAMinorityOfTheMastersIsNotEnoughForTheLock tries every number of masters
// that answer.
func TestAMinorityOfTheMastersIsNotEnoughForTheLock(t *testing.T) {
	for _, masters := range []int{3, 4, 5} {
		for answer := range masters + 1 {
			nodes := newShellNodes(t, masterNames(masters)[:answer]...)
			l := &Lock{Nodes: nodes, Masters: masterNames(masters), Run: "r1", Owner: here}
			_, err := l.Acquire(t.Context())
			if enough := 2*answer > masters; enough != (err == nil) || !enough && !errors.Is(err, steps.ErrNoMajority) {
				t.Errorf("%d of %d masters answer: %v", answer, masters, err)
			}
			if held := nodes.holders(t); err != nil && len(held) > 0 {
				t.Errorf("%d of %d masters answer, and the lock stays at %v", answer, masters, held)
			}
		}
	}
}

// TestWhoMayTakeTheLockAgain lets run r1 of this machine take the lock, and
// then another controller.
func TestWhoMayTakeTheLockAgain(t *testing.T) {
	for _, c := range []struct {
		name string
		lock Lock
		may  bool
	}{
		{"the same run from the same machine", Lock{Run: "r1", Owner: here}, true},
		{"the same run from another machine", Lock{Run: "r1", Owner: there}, false},
		{"the same run from another machine whose journal knows of the lock", Lock{Run: "r1", Owner: there, Known: 1}, true},
		{"the same run as a hand-over, even of this machine", Lock{Run: "r1", Owner: here, Handover: true, Known: 1}, false},
		{"another run of this machine", Lock{Run: "r2", Owner: here}, false},
		{"another run that knows of higher epochs", Lock{Run: "r2", Owner: here, Known: 9}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			nodes := newShellNodes(t, masterNames(3)...)
			acquire(t, &Lock{Nodes: nodes, Masters: masterNames(3), Run: "r1", Owner: here})
			l := c.lock
			l.Nodes, l.Masters = nodes, masterNames(3)
			epoch, err := l.Acquire(t.Context())
			var locked *steps.LockedError
			switch {
			case c.may && (err != nil || epoch != 2):
				t.Errorf("epoch %d, %v; want epoch 2", epoch, err)
			case !c.may && !errors.As(err, &locked):
				t.Errorf("epoch %d, %v; want a steps.LockedError", epoch, err)
			}
			for name := range nodes {
				if s := nodes.survey(t, name); s.Lock == nil || s.Lock.Run != "r1" || !c.may && (s.Epoch != 1 || s.Lock.Epoch != 1) {
					t.Errorf("%s: lock %+v, epoch %d after that", name, s.Lock, s.Epoch)
				}
			}
		})
	}
}

func TestEachAcquiringFencesTheControllersBeforeIt(t *testing.T) {
	nodes := newShellNodes(t, masterNames(3)...)
	l := &Lock{Nodes: nodes, Masters: masterNames(3), Run: "r1", Owner: here}
	first := acquire(t, l)
	second := acquire(t, l)
	if second <= first {
		t.Fatalf("epoch %d after %d", second, first)
	}
	var refused *node.RefusedError
	if err := node.Beat(t.Context(), nodes["m1"], node.Claim{Epoch: first, Run: "r1"}, 7); !errors.As(err, &refused) || refused.Word != "epoch" {
		t.Errorf("the first controller's heartbeat: %v, want it refused for its epoch", err)
	}
}

func TestAJournalThatEndsBeforeALaterControllersHeartbeatGoesNoFurther(t *testing.T) {
	nodes := newShellNodes(t, masterNames(3)...)
	l := &Lock{Nodes: nodes, Masters: masterNames(3), Run: "r1", Owner: here}
	epoch := acquire(t, l)
	if err := node.Beat(t.Context(), nodes["m2"], node.Claim{Epoch: epoch, Run: "r1"}, 7); err != nil {
		t.Fatal(err)
	}
	if err := l.Release(t.Context(), epoch); err != nil {
		t.Fatal(err)
	}
	var over *steps.OvertakenError
	if _, err := l.Acquire(t.Context()); !errors.As(err, &over) || over.Seen != epoch {
		t.Errorf("%v, want a steps.OvertakenError of epoch %d", err, epoch)
	}
	l.Known = epoch
	acquire(t, l)
}

// TestALockThatCannotBeTakenEverywhereIsHeldNowhere lets another run take the
// lock on m3 while it is being taken on the others.
func TestALockThatCannotBeTakenEverywhereIsHeldNowhere(t *testing.T) {
	nodes := newShellNodes(t, masterNames(3)...)
	nodes["m3"].before = func(verb string) {
		if verb == "init" {
			nodes["m3"].write(t, "var/lib/dcos-patch/lock", "1 other ops@there pid 2\n")
		}
	}
	l := &Lock{Nodes: nodes, Masters: masterNames(3), Run: "r1", Owner: here}
	_, err := l.Acquire(t.Context())
	var locked *steps.LockedError
	if !errors.As(err, &locked) || locked.Node != "m3" || locked.Holder.Run != "other" {
		t.Errorf("%v, want a steps.LockedError of m3", err)
	}
	nodes["m3"].before = nil
	if held := nodes.holders(t); len(held) != 1 || held["m3"] != "other" {
		t.Errorf("held by %v, want m3 by the other run alone", held)
	}
}

// A first Ctrl-C ends the call by which the second master has just taken the lock.
func TestALockWhoseTakingIsInterruptedIsHeldNowhere(t *testing.T) {
	nodes := newShellNodes(t, masterNames(3)...)
	ctx, interrupt := context.WithCancel(t.Context())
	nodes["m2"].after = func(verb string) error {
		if verb != "lock" {
			return nil
		}
		nodes["m2"].after = nil
		interrupt()
		return context.Canceled
	}
	l := &Lock{Nodes: nodes, Masters: masterNames(3), Run: "r1", Owner: here}
	if _, err := l.Acquire(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the interrupt", err)
	}
	if held := nodes.holders(t); len(held) > 0 {
		t.Errorf("still held by %v", held)
	}
}

func TestABrokenLocksControllerIsRefusedByEveryNode(t *testing.T) {
	names := append(masterNames(3), "a1")
	nodes := newShellNodes(t, names...)
	epoch := acquire(t, &Lock{Nodes: nodes, Masters: masterNames(3), Run: "r1", Owner: here})
	nodes["a1"].write(t, "var/lib/dcos-patch/epoch", fmt.Sprint(epoch)) // it knows the first controller
	master := func(n inventory.NodeName) bool { return n != "a1" }
	after, unraised, err := Raise(context.Background(), nodes, Look(t.Context(), nodes, names), master, node.Claim{Run: "r1", Owner: there})
	if err != nil || len(unraised) > 0 || after <= epoch {
		t.Fatalf("epoch %d after %d, %v, %v", after, epoch, unraised, err)
	}
	if held := nodes.holders(t); len(held) != 3 {
		t.Errorf("held by %v before the locks are removed", held)
	}
	if err := Unlock(t.Context(), nodes, nodes.holders(t), node.Claim{Epoch: after}); err != nil {
		t.Fatal(err)
	}
	if held := nodes.holders(t); len(held) > 0 {
		t.Errorf("still held by %v", held)
	}
	for _, name := range names {
		var refused *node.RefusedError
		if err := node.Init(t.Context(), nodes[name], node.Claim{Epoch: epoch, Run: "r1"}); !errors.As(err, &refused) || refused.Word != "epoch" {
			t.Errorf("%s: the old controller's claim: %v, want it refused for its epoch", name, err)
		}
	}
}

func TestAnAgentDoesNotChooseTheEpoch(t *testing.T) {
	names := append(masterNames(3), "a1")
	nodes := newShellNodes(t, names...)
	epoch := acquire(t, &Lock{Nodes: nodes, Masters: masterNames(3), Run: "r1", Owner: here})
	if err := node.Init(t.Context(), nodes["a1"], node.Claim{Epoch: 999999998, Run: "elsewhere"}); err != nil {
		t.Fatal(err)
	}
	master := func(n inventory.NodeName) bool { return n != "a1" }
	after, unraised, err := Raise(t.Context(), nodes, Look(t.Context(), nodes, names), master, node.Claim{Run: "r1", Owner: there})
	var refused *node.RefusedError
	if err != nil || after != epoch+1 || len(unraised) != 1 || !errors.As(unraised["a1"], &refused) {
		t.Errorf("epoch %d after %d, %v, %v", after, epoch, unraised, err)
	}
}

// TestAMasterThatServedAnotherClusterIsOutdated: it was out of reach when the lock was
// taken, and the epoch that it has seen is the other cluster's.
func TestAMasterThatServedAnotherClusterIsOutdated(t *testing.T) {
	const cluster = "3f0c1e2a-77d0-4c1b-9a55-0e6f2f1b8d11"
	nodes := newShellNodes(t, masterNames(3)...)
	m3 := nodes["m3"]
	m3.write(t, node.Dir+"/epoch", "9 another-cluster\n")
	delete(nodes, "m3")
	l := &Lock{Nodes: nodes, Masters: masterNames(3), Run: "r1", Owner: here, Cluster: cluster}
	epoch := acquire(t, l)
	nodes["m3"] = m3
	after, err := l.Outdate(t.Context(), epoch, nil)
	if err != nil || after != epoch+1 {
		t.Fatalf("epoch %d: %v, want %d", after, err, epoch+1)
	}
	for _, s := range Look(t.Context(), nodes, masterNames(3)) {
		if s.Survey.Epoch != after || s.Survey.EpochCluster != cluster {
			t.Errorf("%s has seen epoch %d of cluster %q", s.Node, s.Survey.Epoch, s.Survey.EpochCluster)
		}
	}
}
