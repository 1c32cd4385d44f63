package nodemodel

import (
	"fmt"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/node"
)

// Script is what is true of the script that began last, and of what it did to the
// node. The zero Script is a node that none has changed.
type Script struct {
	Running   bool
	MidSwap   bool // install_progress exists
	AtBoot    bool // the machine reboots, and dcos-setup will finish the swap
	AtTarget  bool // the target's packages are active
	Failed    bool // exit code 1
	Lost      bool // the machine went down with it
	Finishing bool // a call of finish-swap is at work
	Whole     bool // the new set is not damaged
	Finish    node.Finish
}

// Node is what a node keeps besides. The zero Node but for Name and Boot is ready.
type Node struct {
	Name    string
	IP      string
	Boot    string
	Booted  time.Duration // the present boot began then, by its user's clock
	Target  []string      // packages
	Patched bool          // it was at the target before
	Fetched []string
	Epoch   int // the highest that it has seen

	receipts []node.Receipt // as they were written
	begun    int            // the place of the last that has begun, from 1; 0: none has
	unit     []node.PatchUnit
}

// before is what is active on nodes that are not patched, and its hash in receipts.
var before = []string{"before--1"}

const beforeSum = "2e805bf0210bfb255ddcb119b1c7beefc3fe6f51fac66b9a4e4bf5175b264ac2"

// upBefore is how long nodes have been up when their user's clock begins.
const upBefore = 24 * time.Hour

// Uptime is what the node says of its clock.
func (n *Node) Uptime(now time.Duration) node.Uptime {
	return node.Uptime{BootID: n.Boot, For: now - n.Booted + upBefore}
}

// refuse is an answer of the node program.
func (n *Node) refuse(word, format string, args ...any) error {
	return &node.RefusedError{Node: n.Name, Word: word, Text: fmt.Sprintf(format, args...)}
}

// Claim is what every verb that changes something begins with.
func (n *Node) Claim(epoch int, s Script) error {
	switch {
	case s.Finishing:
		return n.refuse(node.RefusedBusy, "another change is in hand on this node")
	case epoch < n.Epoch:
		return n.refuse(node.RefusedEpoch, "epoch %d is over, the node has seen %d", epoch, n.Epoch)
	}
	n.Epoch = epoch
	return nil
}

// CallOff makes sure that an attempt which has not begun never will.
func (n *Node) CallOff(epoch, attempt int, s Script) (node.RunState, error) {
	if err := n.Claim(epoch, s); err != nil {
		return node.RunUnknown, err
	}
	all := n.Receipts(s)
	if i := n.find(attempt); i >= 0 {
		return all[i].State, nil
	}
	n.receipts = append(slices.Clip(all), node.Receipt{Attempt: attempt, State: node.CalledOff})
	return node.CalledOff, nil
}

func (n *Node) find(attempt int) int {
	return slices.IndexFunc(n.receipts, func(r node.Receipt) bool { return r.Attempt == attempt })
}

// Launch says why the node does not take a launch; nil: it does, and Begin is to
// follow.
func (n *Node) Launch(now time.Duration, by node.Start, s Script) error {
	if err := n.Claim(by.Epoch, s); err != nil {
		return err
	}
	switch {
	case n.find(by.Attempt) >= 0:
		return n.refuse(node.RefusedReceipt, "attempt %d exists", by.Attempt)
	case s.Running || n.begun > 0 && (s.MidSwap || s.AtTarget || s.AtBoot):
		return n.refuse(node.RefusedReceipt, "an attempt runs, or has changed the node")
	}
	return n.late(now, by.Until)
}

// Begin keeps that an attempt has begun.
func (n *Node) Begin(by node.Start) {
	unit := fmt.Sprintf("dcos-patch-%.12s-%d.service", by.SHA256, by.Attempt)
	n.unit = []node.PatchUnit{{Name: unit, State: "active"}}
	n.receipts = append(slices.Clip(n.receipts), node.Receipt{Attempt: by.Attempt, State: node.Running, Run: by.Run, Epoch: by.Epoch, BootID: n.Boot, PID1Start: 1, Unit: unit,
		From: by.From, ActiveSum: beforeSum})
	n.begun = len(n.receipts)
}

// Unit is the transient unit of the attempt that began last.
func (n *Node) Unit() string { return n.unit[0].Name }

// FinishSwap says why the node does not take a call that finishes its swap.
func (n *Node) FinishSwap(now time.Duration, by node.Swap, s Script) error {
	if err := n.Claim(by.Epoch, s); err != nil {
		return err
	}
	switch {
	case s.Running:
		return n.refuse(node.RefusedBusy, "%s is running", n.Unit())
	case n.begun == 0 || s.AtBoot:
		return n.refuse(node.RefusedReceipt, "no attempt that is over has run here")
	case !s.MidSwap && !s.AtTarget, !s.Whole:
		return n.refuse(node.RefusedSwap, "the new set is not complete")
	}
	return n.late(now, by.Until)
}

func (n *Node) late(now time.Duration, until node.Deadline) error {
	if up := n.Uptime(now); until.BootID != up.BootID || int(up.For/time.Second) >= until.Uptime {
		return n.refuse(node.RefusedLate, "good until %d s after boot %s", until.Uptime, until.BootID)
	}
	return nil
}

// Receipts are those of the script. What was given out before is not changed.
func (n *Node) Receipts(s Script) []node.Receipt {
	if n.begun == 0 {
		return n.receipts
	}
	is := n.receipts[n.begun-1]
	was := is
	switch is.State, is.Code, is.Finish = node.Exited, 0, s.Finish; {
	case s.Running:
		is.State = node.Running
	case s.Lost:
		is.State = node.Lost
	case s.Failed:
		is.Code = 1
	}
	if is != was {
		n.receipts = slices.Clone(n.receipts)
		n.receipts[n.begun-1] = is
	}
	return n.receipts
}

// Survey is what the node says of itself.
func (n *Node) Survey(s Script) node.Survey {
	a := node.Survey{IP: n.IP, Active: before, Fetched: n.Fetched, MidSwap: s.MidSwap, FreeKB: 1 << 30, BootID: n.Boot, PID1Start: 1, Epoch: n.Epoch}
	if s.AtTarget || n.Patched {
		a.Active = n.Target
	}
	switch {
	case s.AtBoot:
		a.CutSwap = dcos.CutSwap{Stage: dcos.SwapArchive, Units: 1}
	case s.MidSwap:
		a.CutSwap = dcos.CutSwap{Stage: dcos.SwapMoveNew, Units: 1}
	}
	if s.Running {
		a.PatchUnits = n.unit
	}
	return a
}
