package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// lockedMaster is a master's own record.
type lockedMaster struct {
	survey node.Survey
	silent bool
}

// lockedMasters are those of a cluster, and what is heard of each call.
type lockedMasters struct {
	driver
	all  map[inventory.NodeName]*lockedMaster
	fate func(Call) (does, answers bool) // may be nil: all does and answers
}

func newMasters(n int) (*lockedMasters, []inventory.NodeName) {
	ms := &lockedMasters{all: map[inventory.NodeName]*lockedMaster{}}
	var names []inventory.NodeName
	for i := range n {
		name := inventory.NodeName(fmt.Sprint("m", i+1))
		ms.all[name], names = &lockedMaster{}, append(names, name)
	}
	ms.answer = func(c Call) (a Answer) {
		if c.Do == SurveyAll {
			for _, n := range c.Nodes {
				s := Sighting{Node: n, Survey: ms.all[n].survey}
				if ms.all[n].silent {
					s = Sighting{Node: n, Err: fmt.Errorf("%s: no route", n)}
				}
				a.Seen = append(a.Seen, s)
			}
			return a
		}
		does, answers := !ms.all[c.Node].silent, true
		if ms.fate != nil && does {
			does, answers = ms.fate(c)
		}
		if does {
			a = ms.all[c.Node].do(c)
		}
		if !does || !answers {
			return lost
		}
		return a
	}
	return ms, names
}

// do is a verb of run r1.
func (m *lockedMaster) do(c Call) Answer {
	s := &m.survey
	switch {
	case c.Do == Survey:
		return Answer{Survey: *s}
	case c.Do != PutProgram && s.EpochCluster == "" && c.Epoch < s.Epoch:
		return refusedBy(node.RefusedEpoch)
	case c.Do == Claim:
		s.Epoch = c.Epoch
	case c.Do == Lock && s.Lock != nil && s.Lock.Run != "r1", c.Do == Unlock && s.Lock != nil && s.Lock.Run != "r1":
		return refusedBy(node.RefusedLock)
	case c.Do == Lock:
		s.Lock = &node.LockHolder{Epoch: c.Epoch, Run: "r1", Owner: "me@here"}
	case c.Do == Unlock:
		s.Lock = nil
	}
	return Answer{}
}

func TestWhoMayTakeTheLock(t *testing.T) {
	lock := func(epoch int, run, owner string) node.Survey {
		return node.Survey{Epoch: epoch, Lock: &node.LockHolder{Epoch: epoch, Run: run, Owner: owner}}
	}
	beat := node.Survey{Epoch: 5, Heartbeat: &node.Heartbeat{Run: "r1", Epoch: 5}}
	for _, c := range []struct {
		name   string
		m1     node.Survey
		silent int
		by     Claimant
		want   string // "": taken
		epoch  int
	}{
		{"nobody has it", node.Survey{}, 0, Claimant{}, "", 1},
		{"one does not answer", node.Survey{}, 1, Claimant{}, "", 1},
		{"two do not answer", node.Survey{}, 2, Claimant{}, "too few masters answered to take the lock: m2: no route; m3: no route", 0},
		{"an epoch was seen", node.Survey{Epoch: 7}, 0, Claimant{}, "", 8},
		{"another cluster's epoch was seen", node.Survey{Epoch: 7, EpochCluster: "old"}, 0, Claimant{Cluster: "ours"}, "", 1},
		{"another run has it", lock(3, "r2", "me@here"), 0, Claimant{Known: 9}, "locked by run r2", 0},
		{"this machine has it", lock(3, "r1", "me@here pid 7"), 0, Claimant{}, "", 4},
		{"another machine has it", lock(3, "r1", "me@there pid 7"), 0, Claimant{}, "locked by run r1", 0},
		{"another machine had it, and the journal knows", lock(3, "r1", "me@there"), 0, Claimant{Known: 3}, "", 4},
		{"a hand-over while it is held", lock(3, "r1", "me@here"), 0, Claimant{Known: 3, Handover: true}, "locked by run r1", 0},
		{"a later controller has gone on", beat, 0, Claimant{Known: 4}, "another controller has gone on with run r1 (epoch 5", 0},
		{"the journal knows of that controller", beat, 0, Claimant{Known: 5}, "", 6},
		{"a hand-over after it", beat, 0, Claimant{Handover: true}, "", 6},
	} {
		ms, names := newMasters(3)
		ms.all["m1"].survey = c.m1
		for i := range c.silent {
			ms.all[names[i+1]].silent = true
		}
		c.by.Run, c.by.Owner, c.by.Masters = "r1", "me@here pid 9", names
		m := Acquire(c.by)
		ms.run(t, m)
		switch err := m.Err(); {
		case (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want):
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		case err == nil && m.Epoch != c.epoch:
			t.Errorf("%s: epoch %d, want %d", c.name, m.Epoch, c.epoch)
		case err != nil && len(ms.calls) != 1:
			t.Errorf("%s: something was changed: %v", c.name, ms.verbs())
		}
	}
}

// TestALockThatIsTakenInBetweenIsItsHolders: between the look and the lock.
func TestALockThatIsTakenInBetweenIsItsHolders(t *testing.T) {
	for _, answers := range []bool{true, false} {
		ms, names := newMasters(3)
		ms.fate = func(c Call) (bool, bool) {
			if c.Node == "m2" && c.Do == PutProgram {
				ms.all["m2"].survey.Lock = &node.LockHolder{Epoch: 1, Run: "r2", Owner: "them"}
			}
			return true, answers || c.Do != Survey
		}
		m := Acquire(Claimant{Masters: names, Run: "r1", Owner: "me"})
		ms.run(t, m)
		var locked *LockedError
		var untaken *UntakenError
		if err := m.Err(); answers && (!errors.As(err, &locked) || locked.Node != "m2" || locked.Holder.Run != "r2") || !answers && (!errors.As(err, &untaken) || untaken.Doing != "taking the lock") {
			t.Errorf("answers %t: %v", answers, err)
		}
		if ms.all["m1"].survey.Lock != nil || ms.all["m2"].survey.Lock.Run != "r2" || ms.all["m3"].survey.Epoch != 0 {
			t.Errorf("%+v %+v %+v", ms.all["m1"], ms.all["m2"], ms.all["m3"])
		}
	}
}

// TestPropertyOfTheLock: whatever is lost, a lock that is said to be held is held on a
// majority, under an epoch that is new; one that is not held stays nowhere, unless that
// is said.
func TestPropertyOfTheLock(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ms, names := newMasters(rapid.SampledFrom([]int{1, 3, 5}).Draw(rt, "masters"))
		highest := 0
		for _, n := range names {
			m := ms.all[n]
			m.silent = rapid.IntRange(0, 5).Draw(rt, "silent") == 0
			m.survey.Epoch = rapid.IntRange(0, 3).Draw(rt, "epoch")
			if !m.silent {
				highest = max(highest, m.survey.Epoch)
			}
		}
		if rapid.IntRange(0, 3).Draw(rt, "stops") == 0 {
			ms.stop = began
		}
		worst := rapid.IntRange(1, 30).Draw(rt, "worst")
		ms.fate = func(c Call) (bool, bool) {
			if !ms.stop.IsZero() && !c.Anyway && rapid.IntRange(0, 3).Draw(rt, "cancelled") == 0 {
				return false, false
			}
			fate := rapid.IntRange(0, worst).Draw(rt, "fate")
			return fate != 1, fate != 2
		}
		m := Acquire(Claimant{Masters: names, Run: "r1", Owner: "me@here"})
		ms.run(rt, m)
		err, has := m.Err(), 0
		for _, n := range names {
			l := ms.all[n].survey.Lock
			if l == nil {
				continue
			}
			if has++; err != nil && !strings.Contains(err.Error(), fmt.Sprintf("%s: the lock stays", n)) && !strings.Contains(err.Error(), fmt.Sprintf("%s: the lock may stay", n)) {
				rt.Fatalf("the lock stays on %s, and nothing says so: %v", n, err)
			}
			if l.Epoch != m.Epoch {
				rt.Fatalf("%s has the lock under epoch %d, want %d", n, l.Epoch, m.Epoch)
			}
		}
		if err == nil && (2*has <= len(names) || m.Epoch != highest+1) {
			rt.Fatalf("it is held on %d of %d masters, under epoch %d after %d", has, len(names), m.Epoch, highest)
		}
		for i, c := range ms.calls {
			if c.Do == Unlock && !c.Anyway {
				rt.Fatalf("%s does not get its lock back once the taking is interrupted", c.Node)
			}
			if c.Do == Lock && !slices.ContainsFunc(ms.calls[:i], func(b Call) bool { return b.Do == Claim && b.Node == c.Node && b.Epoch == c.Epoch }) {
				rt.Fatalf("%s was locked under an epoch that it had not seen", c.Node)
			}
		}
	})
}

// TestALockIsGivenBackWhereItCan: the last master first, and the others all the same.
func TestALockIsGivenBackWhereItCan(t *testing.T) {
	ms, names := newMasters(3)
	for _, n := range names {
		ms.all[n].survey = node.Survey{Epoch: 2, Lock: &node.LockHolder{Epoch: 2, Run: "r1"}}
	}
	ms.all["m2"].silent = true
	m := Release(Claimant{Masters: names, Run: "r1"}, 2)
	ms.run(t, m)
	if err := m.Err(); err == nil || !strings.HasPrefix(err.Error(), "m2: the lock stays: ") || ms.all["m1"].survey.Lock != nil || ms.all["m3"].survey.Lock != nil || ms.calls[0].Node != "m3" {
		t.Errorf("%v after %+v", err, ms.calls)
	}
}

// TestALockWhoseAnswerWasLostIsHeldNowhere: the master has taken it, and nobody heard so.
func TestALockWhoseAnswerWasLostIsHeldNowhere(t *testing.T) {
	for _, unheard := range []inventory.NodeName{"m1", "m2", "m3"} {
		ms, names := newMasters(3)
		ms.fate = func(c Call) (does, answers bool) { return true, c.Do != Lock || c.Node != unheard }
		m := Acquire(Claimant{Masters: names, Run: "r1", Owner: "me@here"})
		if ms.run(t, m); m.Err() == nil || !strings.Contains(m.Err().Error(), string(unheard)) {
			t.Errorf("%s was not heard: %v", unheard, m.Err())
		}
		for _, n := range names {
			if ms.all[n].survey.Lock != nil {
				t.Errorf("%s was not heard, and %s holds the lock", unheard, n)
			}
		}
	}
}

// TestAMasterThatHangsCostsNoOtherItsTurn: m2 answers nothing until its call is broken
// off; what m1 has taken by then is given back all the same.
func TestAMasterThatHangsCostsNoOtherItsTurn(t *testing.T) {
	ms, names := newMasters(3)
	answer := ms.answer
	ms.answer = func(c Call) Answer {
		if c.Node != "m3" || c.Do != Lock && c.Do != Unlock {
			if c.Do == Unlock && !ms.now.Before(c.By) {
				return Answer{Err: context.DeadlineExceeded, Unsent: true}
			}
			return answer(c)
		}
		ms.now = c.By
		return Answer{Err: context.DeadlineExceeded}
	}
	m := Acquire(Claimant{Masters: names, Run: "r1", Owner: "me@here"})
	ms.run(t, m)
	if err := m.Err(); err == nil || !strings.Contains(err.Error(), "m3: the lock may stay") || strings.Contains(err.Error(), "m1") || strings.Contains(err.Error(), "m2") {
		t.Errorf("%v, want a lock that may stay on m3 alone", err)
	}
	for _, n := range []inventory.NodeName{"m1", "m2"} {
		if ms.all[n].survey.Lock != nil {
			t.Errorf("%s holds the lock", n)
		}
	}
}

// TestTheLimitsOfTheLocksCalls: each master has its own two minutes to be locked in and
// to be unlocked in, and giving back counts them from its connection.
func TestTheLimitsOfTheLocksCalls(t *testing.T) {
	ms, names := newMasters(3)
	answer := ms.answer
	ms.answer = func(c Call) Answer {
		ms.now = ms.now.Add(time.Minute)
		return answer(c)
	}
	by := Claimant{Masters: names, Run: "r1", Owner: "me@here"}
	m := Acquire(by)
	ms.run(t, m)
	limits := map[inventory.NodeName]time.Time{}
	for _, c := range ms.calls[1:] {
		limits[c.Node] = c.By
	}
	if m.Err() != nil || !limits["m1"].Equal(began.Add(3*time.Minute)) || !limits["m2"].Equal(limits["m1"].Add(3*time.Minute)) {
		t.Errorf("%v: limits %v", m.Err(), limits)
	}
	ms.calls = nil
	r := Release(by, m.Epoch)
	ms.run(t, r)
	for _, c := range ms.calls {
		if c.Within != AskTimeout || !c.By.IsZero() || c.Anyway {
			t.Errorf("%+v: want two minutes once %s is connected", c, c.Node)
		}
	}
}

// TestALockThatWasNeverAskedForIsNotGivenBack: the command did not come to the master.
func TestALockThatWasNeverAskedForIsNotGivenBack(t *testing.T) {
	for name, failed := range map[string]Answer{
		"no connection":       {Err: errRoute, Unsent: true},
		"the shell had ended": {Err: &sshexec.NotRunError{Node: "m2", Err: errRoute}},
	} {
		ms, names := newMasters(3)
		answer := ms.answer
		ms.answer = func(c Call) Answer {
			if c.Node == "m2" && c.Do == Lock {
				return failed
			}
			return answer(c)
		}
		m := Acquire(Claimant{Masters: names, Run: "r1", Owner: "me@here"})
		ms.run(t, m)
		var untaken *UntakenError
		if un := ms.called(Unlock); !errors.As(m.Err(), &untaken) || len(un) != 1 || un[0].Node != "m1" {
			t.Errorf("%s: %v after %+v", name, m.Err(), un)
		}
	}
}
