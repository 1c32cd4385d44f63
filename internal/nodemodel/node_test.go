package nodemodel

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/node"
)

// model is a node on which attempt 1 of epoch 2 has begun.
func model() *Node {
	n := &Node{Name: "a1", Boot: "b", Target: []string{"after--2"}}
	n.Begin(start(2, 1))
	n.Epoch = 2
	return n
}

func start(epoch, attempt int) node.Start {
	return node.Start{Claim: node.Claim{Epoch: epoch, Run: "r"}, SHA256: "5c", Attempt: attempt, Until: soon}
}

var soon = node.Deadline{BootID: "b", Uptime: int((upBefore + time.Minute) / time.Second)}

func TestWhatTheNodeRefuses(t *testing.T) {
	launch := func(by node.Start) func(*Node, Script) error {
		return func(n *Node, s Script) error { return n.Launch(0, by, s) }
	}
	finish := func(epoch int, until node.Deadline) func(*Node, Script) error {
		return func(n *Node, s Script) error {
			return n.FinishSwap(0, node.Swap{Claim: node.Claim{Epoch: epoch}, Until: until}, s)
		}
	}
	late := start(2, 2)
	late.Until.Uptime = int(upBefore / time.Second)
	cut := Script{MidSwap: true, Failed: true, Whole: true}
	for _, c := range []struct {
		name string
		call func(*Node, Script) error
		is   Script
		word string // empty: it is taken
	}{
		{"an attempt after one that changed nothing", launch(start(2, 2)), Script{Failed: true}, ""},
		{"an attempt that exists", launch(start(2, 1)), Script{Failed: true}, node.RefusedReceipt},
		{"an attempt beside a running one", launch(start(2, 2)), Script{Running: true}, node.RefusedReceipt},
		{"an attempt on a cut swap", launch(start(2, 2)), cut, node.RefusedReceipt},
		{"an attempt of an earlier controller", launch(start(1, 2)), Script{Failed: true}, node.RefusedEpoch},
		{"a launch after its time", launch(late), Script{Failed: true}, node.RefusedLate},
		{"a cut swap", finish(2, soon), cut, ""},
		{"a swap that is not cut", finish(2, soon), Script{Failed: true, Whole: true}, node.RefusedSwap},
		{"a swap whose new set is damaged", finish(2, soon), Script{MidSwap: true}, node.RefusedSwap},
		{"a swap beside the script", finish(2, soon), Script{Running: true, MidSwap: true, Whole: true}, node.RefusedBusy},
		{"a swap beside another call", finish(2, soon), Script{MidSwap: true, Finishing: true, Whole: true}, node.RefusedBusy},
		{"a swap of another boot", finish(2, node.Deadline{BootID: "before", Uptime: soon.Uptime}), cut, node.RefusedLate},
	} {
		var refused *node.RefusedError
		if err := c.call(model(), c.is); (err == nil) != (c.word == "") || err != nil && (!errors.As(err, &refused) || refused.Word != c.word) {
			t.Errorf("%s: %v, want %q", c.name, err, c.word)
		}
	}
}

func TestWhatTheNodeShows(t *testing.T) {
	n := model()
	old := n.Receipts(Script{Running: true})
	for _, c := range []struct {
		is    Script
		state node.RunState
		code  int
	}{{Script{Running: true}, node.Running, 0}, {Script{AtTarget: true}, node.Exited, 0}, {Script{Failed: true}, node.Exited, 1}, {Script{Lost: true, AtBoot: true, MidSwap: true}, node.Lost, 0}} {
		if r := n.Receipts(c.is)[0]; r.State != c.state || r.Code != c.code {
			t.Errorf("%+v: %+v", c.is, r)
		}
		s := n.Survey(c.is)
		boots, _ := s.CutSwap.FinishesAtBoot()
		if s.MidSwap != c.is.MidSwap || boots != c.is.AtBoot || (s.RunningUnit() != "") != c.is.Running || (s.Active[0] == "after--2") != c.is.AtTarget {
			t.Errorf("%+v: %+v", c.is, s)
		}
	}
	if old[0].State != node.Running {
		t.Errorf("what was given out has changed: %+v", old[0])
	}
	sum := sha256.Sum256([]byte(strings.Join(before, "\n") + "\n"))
	if hex.EncodeToString(sum[:]) != beforeSum {
		t.Errorf("the sum of %v is %x", before, sum)
	}
}

func TestAnAttemptThatWasCalledOffIsNotBegun(t *testing.T) {
	n := model()
	if state, err := n.CallOff(2, 2, Script{Failed: true}); state != node.CalledOff || err != nil {
		t.Errorf("%v, %v", state, err)
	}
	if err := n.Launch(0, start(2, 2), Script{Failed: true}); err == nil {
		t.Error("its launch was taken")
	}
	if state, err := n.CallOff(2, 1, Script{Running: true}); state != node.Running || err != nil {
		t.Errorf("one that runs: %v, %v", state, err)
	}
}
