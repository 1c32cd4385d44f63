package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/mesos"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
	"github.com/dcos-patch/dcos-patch/sshexec"
	"github.com/dcos-patch/dcos-patch/steps"
)

// Exit codes are part of the interface (see `dcos-patch help exit-codes`). Those of
// runs are render's.
const (
	exitDone        = render.ExitDone
	exitInternal    = render.ExitInternal
	exitInvalid     = 2 // input: inventory, plan file, flags
	exitRefused     = 3 // before anything was touched
	exitStopped     = render.ExitStopped
	exitInDoubt     = render.ExitInDoubt
	exitParked      = render.ExitParked
	exitWork        = 20 // plan --detailed-exitcode: there is work
	exitInterrupted = render.ExitInterrupted
)

func invalid(format string, args ...any) error {
	return &controller.InvalidError{Err: fmt.Errorf(format, args...)}
}

// codeError ends the command with a code after everything was said.
type codeError struct{ code int }

func (e *codeError) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// codeOf is the one place that maps errors to exit codes.
func codeOf(err error) int {
	var (
		code     *codeError
		bad      *controller.InvalidError
		problems *inventory.Problems
		damage   *journal.DamageError
		refusal  *plan.RefusalError
		locked   *steps.LockedError
		overtook *steps.OvertakenError
		fenced   *node.RefusedError // another controller was quicker to the lock; inside a run it is a report
		untaken  *steps.UntakenError
		dial     *sshexec.DialError
		sudo     *sshexec.SudoError
		record   *orchestrator.RecordError
	)
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &code):
		return code.code
	case errors.As(err, &bad), errors.As(err, &problems), errors.As(err, &damage):
		return exitInvalid
	case errors.As(err, &record):
		return exitInDoubt
	case errors.As(err, &refusal), errors.As(err, &locked), errors.As(err, &overtook), errors.As(err, &fenced), errors.As(err, &dial), errors.As(err, &sudo),
		errors.Is(err, steps.ErrNoMajority), errors.Is(err, mesos.ErrNoLeader), errors.Is(err, mesos.ErrNotRecovered), errors.Is(err, mesos.ErrUnauthorized):
		return exitRefused
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &untaken):
		return exitRefused
	default:
		return exitInternal
	}
}

// isCode reports whether everything was said of an error.
func isCode(err error) bool {
	var code *codeError
	return errors.As(err, &code)
}

// explain prints an error for a person, with what to do next.
func (a *app) explain(w io.Writer, err error) {
	var code *codeError
	if err == nil || errors.As(err, &code) {
		return
	}
	var refusal *plan.RefusalError
	if errors.As(err, &refusal) {
		_ = a.program().Refusal(w, refusal)
		return
	}
	said := interruptedOr(err)
	if bad := ledOn(err); bad != nil {
		said = render.Error(bad.Err) + "; " + a.program().Text(bad.Next)
	}
	fmt.Fprintf(w, "dcos-patch: %s\n", said)
	if h := controller.Advice(err); h != nil {
		fmt.Fprintf(w, "  next  %s\n", a.program().Text(h))
	}
}

// ledOn is invalid input that says where it leads on; nil: it is none.
func ledOn(err error) *controller.InvalidError {
	if bad, ok := err.(*controller.InvalidError); ok && bad.Next != nil {
		return bad
	}
	return nil
}

// remedy is what a person can do about an error, where no block says it; nil: nothing is
// known.
func remedy(err error) advice.Text {
	var gone *controller.GoneError
	if bad := ledOn(err); bad != nil {
		return bad.Next
	}
	if errors.As(err, &gone) {
		return advice.Say("only if this cluster does not exist any more: ").And(gone.Next)
	}
	return controller.Advice(err)
}

// interruptedOr is the error, or, of what an interrupt ended, that it did.
func interruptedOr(err error) string {
	said := render.Error(err)
	if !errors.Is(err, context.Canceled) || codeOf(err) != exitInterrupted {
		return said
	}
	switch what := strings.TrimSuffix(strings.TrimSuffix(said, context.Canceled.Error()), ": "); {
	case what == "":
		return "interrupted"
	case strings.HasPrefix(what, "interrupted"):
		return what
	default:
		return "interrupted: " + what
	}
}

// explainJSON is explain for programs: on standard output, where they read.
func (a *app) explainJSON(err error, args []string) {
	var code *codeError
	if err == nil || errors.As(err, &code) || a.output != "json" {
		return
	}
	_ = a.program().RefusalJSON(a.out, render.Refused{Err: err, Advice: remedy(err), Next: onward(err, args)})
}
