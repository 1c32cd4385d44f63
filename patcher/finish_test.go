package patcher

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// cutNode is m1, whose swap was cut, and which is finished after a while.
type cutNode struct {
	finished time.Time          // from then on; zero: never
	answers  map[string][]error // to a verb, in turn; then nil
	slow     time.Duration      // from when the node reads its state for a survey to the answer
	calls    [][]string
}

func (n *cutNode) Node(context.Context, inventory.NodeName) (Host, error) { return n, nil }
func (*cutNode) Visit(inventory.NodeName) (leave func())                  { return func() {} }
func (*cutNode) Put(context.Context, sshexec.PutFile) error               { return nil }
func (*cutNode) DialContext(context.Context, string, string) (net.Conn, error) {
	return nil, errors.New("nothing is dialled here")
}

func (n *cutNode) Run(ctx context.Context, c sshexec.Cmd) (sshexec.Result, error) {
	if ctx.Err() != nil {
		return sshexec.Result{}, ctx.Err()
	}
	argv := c.Argv[2:]
	if argv[0] == "--" {
		argv = argv[1:]
	}
	n.calls = append(n.calls, argv)
	if all := n.answers[argv[0]]; len(all) > 0 {
		n.answers[argv[0]] = all[1:]
		if all[0] != nil {
			return sshexec.Result{}, all[0]
		}
	}
	done := !n.finished.IsZero() && !time.Now().Before(n.finished)
	if argv[0] == "survey" && !pause(ctx, n.slow) {
		return sshexec.Result{}, ctx.Err()
	}
	said := map[string]string{
		"uptime":  "uptime 100.00 b\n",
		"survey":  "program 1\nmidswap\nswap_stage move_new\n",
		"receipt": "attempt 1\nrun=r\nstate exit:1\nexit 1 1700000000\n",
	}
	if done {
		said["survey"] = "program 1\nactive mesos--2\n"
		said["receipt"] = "attempt 1\nrun=r\nstate exit:1\nfinish done\nexit 1 1700000000\n"
	}
	return sshexec.Result{Stdout: []byte(said[argv[0]])}, nil
}

// called are the calls of a verb.
func (n *cutNode) called(verb string) (calls [][]string) {
	for _, argv := range n.calls {
		if argv[0] == verb {
			calls = append(calls, argv)
		}
	}
	return calls
}

// remedyTask finishes the swap of m1 on a look that was begun so long ago.
func remedyTask(age time.Duration) plan.Task {
	p := &plan.Plan{From: "2.1.0", Script: dcos.Script{SHA256: strings.Repeat("a", 64), Packages: []string{"mesos--2"}},
		Nodes: []plan.Node{{Name: "m1", Role: dcos.Master}}}
	return plan.Task{Plan: p, Run: "r", Epoch: 1, Attempt: 1, Remedy: plan.FinishSwap, Proof: "2 of 3 remain",
		Step:  plan.Step{ID: "masters/m1/patch", Node: "m1", Action: plan.ActionPatch, Timeout: plan.Duration(time.Hour)},
		Until: plan.Deadline{By: time.Now().Add(plan.FreshFor - age)}}
}

func remedied(t *testing.T, n *cutNode, task plan.Task) plan.Report {
	t.Helper()
	return (&Patcher{Nodes: n, Owner: "ops", Poll: time.Second}).Do(t.Context(), task, func(plan.Note) {})
}

func refusedBy(word string) error {
	return &sshexec.ExitError{Node: "m1", Code: 70, Stderr: []byte("refused: " + word + ": because\n")}
}

func TestNoSwapIsFinishedWithoutProofAndDeadline(t *testing.T) {
	for name, spoil := range map[string]func(*plan.Task){
		"proof":    func(t *plan.Task) { t.Proof = "" },
		"deadline": func(t *plan.Task) { t.Until = plan.Deadline{} },
	} {
		n, task := &cutNode{}, remedyTask(0)
		spoil(&task)
		if rep := remedied(t, n, task); rep.Outcome != plan.Failed || rep.Class != plan.MidSwap || len(n.calls) > 0 {
			t.Errorf("without %s: %+v, and the node was asked %v", name, rep, n.calls)
		}
	}
}

// The node takes the call for as long as the look is fresh that proves that it may
// be stopped, by its own uptime; it is not called when that is over.
func TestAProofOfARemedyIsNoOlderThanThatOfALaunch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &cutNode{finished: time.Now()}
		if rep := remedied(t, n, remedyTask(50*time.Second)); rep.Outcome != plan.Done {
			t.Errorf("%+v", rep)
		}
		if got := n.called("finish-swap"); len(got) != 1 || got[0][5] != "110" { // 10 s from an uptime of 100 s
			t.Errorf("called %v, want it to be good until 110 s", got)
		}
		n = &cutNode{}
		if rep := remedied(t, n, remedyTask(61*time.Second)); rep.Outcome != plan.NotRun || len(n.called("finish-swap")) > 0 {
			t.Errorf("%+v after %v", rep, n.calls)
		}
	})
}

func TestWhatFinishSwapComesTo(t *testing.T) {
	lost := &sshexec.LostError{Node: "m1", Err: errors.New("cut")}
	for _, c := range []struct {
		name     string
		answers  map[string][]error
		finished time.Duration // after the call; 0: never
		outcome  plan.Outcome
		class    plan.Class
		calls    int
		takes    time.Duration
	}{
		{"answered", nil, time.Nanosecond, plan.Done, "", 1, 0},
		{"answered, and the swap is cut as before", nil, 0, plan.Failed, plan.MidSwap, 1, 0},
		{"another call is at work", map[string][]error{"init": {refusedBy("busy")}}, 0, plan.NotRun, plan.MidSwap, 0, 0},
		{"too late", map[string][]error{"finish-swap": {refusedBy("late")}}, 0, plan.NotRun, plan.MidSwap, 1, 0},
		{"the new set is not whole", map[string][]error{"finish-swap": {refusedBy("swap")}}, 0, plan.Failed, plan.MidSwap, 1, 0},
		{"taken over", map[string][]error{"init": {refusedBy("epoch")}}, 0, plan.InDoubt, "", 0, 0},
		{"not answered, and at work", map[string][]error{"finish-swap": {lost}, "init": {nil, refusedBy("busy"), refusedBy("busy")}}, 2 * time.Second, plan.Done, "", 1, 2 * time.Second},
		{"not answered, and it arrives later", map[string][]error{"finish-swap": {lost}}, 40 * time.Second, plan.Done, "", 1, 40 * time.Second},
		{"not answered, and it never arrives", map[string][]error{"finish-swap": {lost}}, 0, plan.Failed, plan.MidSwap, 1, plan.FreshFor},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				n := &cutNode{answers: c.answers}
				if c.finished > 0 {
					n.finished = began.Add(c.finished.Truncate(time.Second))
				}
				rep := remedied(t, n, remedyTask(0))
				if rep.Outcome != c.outcome || rep.Class != c.class || len(n.called("finish-swap")) != c.calls || time.Since(began).Truncate(time.Second) != c.takes {
					t.Errorf("%s %q (%s) after %d calls and %s; want %s %q after %d and %s", rep.Outcome, rep.Class, rep.Detail, len(n.called("finish-swap")), time.Since(began), c.outcome, c.class, c.calls, c.takes)
				}
			})
		})
	}
}

// The node may take an unanswered call between the reading of its state and the
// deadline: what was read before the deadline does not tell that none came.
func TestALookAtACutSwapThatBeganBeforeTheDeadlineDoesNotRuleOutACall(t *testing.T) {
	for name, c := range map[string]struct {
		finished time.Duration // 0: never
		outcome  plan.Outcome
		class    plan.Class
	}{
		"the call comes just before the deadline": {plan.FreshFor - time.Second, plan.Done, ""},
		"the call never comes":                    {0, plan.Failed, plan.MidSwap},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := &cutNode{slow: 7 * time.Second, answers: map[string][]error{"finish-swap": {&sshexec.LostError{Node: "m1", Err: errors.New("cut")}}}}
				if c.finished > 0 {
					n.finished = time.Now().Add(c.finished)
				}
				if rep := remedied(t, n, remedyTask(0)); rep.Outcome != c.outcome || rep.Class != c.class {
					t.Errorf("%s %q (%s), want %s %q", rep.Outcome, rep.Class, rep.Detail, c.outcome, c.class)
				}
			})
		})
	}
}

// A call of an earlier controller may still be at work, or be on its way: how the
// swap is left is judged when it is over, and afterwards none can begin.
func TestALookAtACutSwapWaitsForACallThatIsAtWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &cutNode{finished: time.Now().Add(3 * time.Second), answers: map[string][]error{"init": {refusedBy("busy"), refusedBy("busy"), refusedBy("busy")}}}
		task := remedyTask(0)
		task.Remedy, task.Epoch = plan.RemedyNone, 2
		rep := (&Patcher{Nodes: n, Owner: "ops", Poll: time.Second}).Reconcile(t.Context(), task)
		if rep.Outcome != plan.Done {
			t.Errorf("%+v", rep)
		}
		if inits := n.called("init"); len(inits) != 4 || !slices.Equal(inits[3], []string{"init", "2", "r"}) {
			t.Errorf("%v: want the node to know the newer epoch", inits)
		}
	})
	n := &cutNode{answers: map[string][]error{"init": {&sshexec.ExitError{Node: "m1", Code: 1, Stderr: []byte("no space left")}}}}
	if rep := (&Patcher{Nodes: n, Poll: time.Second}).Reconcile(t.Context(), remedyTask(0)); rep.Outcome != plan.Failed || rep.Class != plan.MidSwap {
		t.Errorf("a node that takes no claim: %+v", rep)
	}
}

// What an action of another version did is not known, and the receipt of the patch
// script tells nothing about it.
func TestAnUnknownActionStaysInDoubt(t *testing.T) {
	n, task := &cutNode{finished: time.Now()}, remedyTask(0) // its receipt says that the patch is done
	task.Step.Action, task.Remedy = "defragment", plan.RemedyNone
	rep := (&Patcher{Nodes: n, Owner: "ops", Poll: time.Second}).Reconcile(t.Context(), task)
	if rep.Outcome != plan.InDoubt || len(n.calls) > 0 {
		t.Errorf("%s %q (%s), and the node was asked %v; want in doubt", rep.Outcome, rep.Class, rep.Detail, n.calls)
	}
}
