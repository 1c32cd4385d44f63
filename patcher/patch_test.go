package patcher

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// program answers for the node program on m1, and keeps which verbs were called.
type program struct {
	launch error // what the launch came to
	off    string
	verbs  []string
	down   error // no connection comes up
}

func (p *program) Node(context.Context, inventory.NodeName) (Host, error) {
	if p.down != nil {
		return nil, p.down
	}
	return p, nil
}

func (p *program) Run(_ context.Context, c sshexec.Cmd) (sshexec.Result, error) {
	verb := c.Argv[2]
	if c.Argv[1] == "-s" {
		verb = c.Argv[3]
	}
	p.verbs = append(p.verbs, verb)
	switch verb {
	case "launch":
		return sshexec.Result{}, p.launch
	case "survey":
		return sshexec.Result{Stdout: []byte("program 1\nactive mesos--1\n")}, nil
	case "call-off":
		return sshexec.Result{Stdout: []byte("state " + p.off + "\n")}, nil
	default:
		return sshexec.Result{}, nil
	}
}

func (p *program) Put(context.Context, sshexec.PutFile) error {
	return errors.New("nothing is installed here")
}

func (p *program) DialContext(context.Context, string, string) (net.Conn, error) {
	return nil, errors.New("nothing is dialled here")
}

// launchTask is a patch of m1 that may be launched for a minute.
func launchTask() plan.Task {
	p := &plan.Plan{From: "2.1.0", Script: dcos.Script{SHA256: strings.Repeat("a", 64), Packages: []string{"mesos--2"}},
		Nodes: []plan.Node{{Name: "m1", Role: dcos.Master}}}
	return plan.Task{Plan: p, Run: "r", Epoch: 1, Attempt: 1, Step: plan.Step{ID: "masters/m1/patch", Node: "m1", Action: plan.ActionPatch},
		Proof: "2 of 3 remain", Ready: &plan.Ready{Attempt: 1, BootID: "b", Uptime: plan.Duration(time.Hour)},
		Until: plan.Deadline{BootID: "b", Uptime: plan.Duration(time.Hour + time.Minute), By: time.Now().Add(time.Minute)}}
}

func patched(t *testing.T, p *program, task plan.Task) plan.Report {
	t.Helper()
	return (&Patcher{Nodes: p, Owner: "ops", Poll: time.Millisecond}).Do(t.Context(), task, func(plan.Note) {})
}

func TestAMasterIsNotLaunchedWithoutProofReadinessAndDeadline(t *testing.T) {
	for name, spoil := range map[string]func(*plan.Task){
		"proof":     func(t *plan.Task) { t.Proof = "" },
		"readiness": func(t *plan.Task) { t.Ready = nil },
		"deadline":  func(t *plan.Task) { t.Until = plan.Deadline{} },
	} {
		p, task := &program{}, launchTask()
		spoil(&task)
		if rep := patched(t, p, task); rep.Outcome != plan.Failed || rep.Class != plan.BeforeSwap || len(p.verbs) > 0 {
			t.Errorf("without %s: %+v, and the node was asked %v", name, rep, p.verbs)
		}
	}
}

// What a launch that started nothing, or may have, is reported as, and what the
// node was asked: nothing comes before the launch, and "never began" is said
// after a call-off only.
func TestWhatALaunchComesTo(t *testing.T) {
	refused := func(word string) error {
		return &sshexec.ExitError{Node: "m1", Code: 70, Stderr: []byte("refused: " + word + ": because\n")}
	}
	fenced := []string{"launch", "receipt", "survey", "call-off"}
	for _, c := range []struct {
		name    string
		launch  error
		outcome plan.Outcome
		class   plan.Class
		verbs   []string
	}{
		{"not answered", &sshexec.LostError{Node: "m1", Err: errors.New("cut")}, plan.NotRun, plan.BeforeSwap, fenced},
		{"ended by a signal", &sshexec.ExitError{Node: "m1", Code: 137}, plan.NotRun, plan.BeforeSwap, fenced},
		{"answered by nobody we know", errors.New("odd"), plan.NotRun, plan.BeforeSwap, fenced},
		{"not sent", &sshexec.NotRunError{Node: "m1", Err: errors.New("no session")}, plan.NotRun, plan.BeforeSwap, []string{"launch"}},
		{"too late", refused("late"), plan.NotRun, plan.BeforeSwap, []string{"launch"}},
		{"without the lock", refused("lock"), plan.Failed, plan.BeforeSwap, []string{"launch"}},
		{"in the middle of a swap", refused("midswap"), plan.Failed, plan.MidSwap, []string{"launch"}},
		{"taken over", refused("epoch"), plan.InDoubt, "", []string{"launch"}},
		{"failed on the node", &sshexec.ExitError{Node: "m1", Code: 1}, plan.Failed, plan.BeforeSwap, []string{"launch"}},
		{"refused by sudo", &sshexec.SudoError{Node: "m1"}, plan.Failed, plan.BeforeSwap, []string{"launch"}},
	} {
		p := &program{launch: c.launch, off: "called-off"}
		rep := patched(t, p, launchTask())
		if rep.Outcome != c.outcome || rep.Class != c.class || !slices.Equal(p.verbs, c.verbs) {
			t.Errorf("%s: %s %q (%s) after %v; want %s %q after %v", c.name, rep.Outcome, rep.Class, rep.Detail, p.verbs, c.outcome, c.class, c.verbs)
		}
	}
}

func TestALaunchIsNotSentOnceItsProofIsOld(t *testing.T) {
	p, task := &program{down: context.DeadlineExceeded}, launchTask()
	if rep := patched(t, p, task); rep.Outcome != plan.NotRun || rep.Class != plan.BeforeSwap {
		t.Errorf("%+v, want not run", rep)
	}
}

// A step that adopts what runs on the node launches nothing, proof or not.
func TestAStepThatAdoptsLaunchesNothing(t *testing.T) {
	p, task := &program{off: "called-off"}, launchTask()
	task.Adopt, task.Proof = true, ""
	rep := patched(t, p, task)
	if rep.Outcome != plan.NotRun || slices.Contains(p.verbs, "launch") || !slices.Contains(p.verbs, "call-off") {
		t.Errorf("%+v after %v", rep, p.verbs)
	}
}

func (*program) Visit(inventory.NodeName) (leave func()) { return func() {} }
