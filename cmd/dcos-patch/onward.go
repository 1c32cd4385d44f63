package main

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// refuse makes a refusal of one reason. Once that is mended, the command is
// given again.
func refuse(b plan.Block) error { return &plan.RefusalError{Blocks: []plan.Block{b}} }

// insteadError is a refusal after which another command is to be given: next,
// or the one that the refusal names.
type insteadError struct {
	error
	next []string // words of dcos-patch
}

func (e *insteadError) Unwrap() error { return e.error }

// instead makes a refusal of one reason, whose Next names another command.
func instead(b plan.Block) error { return &insteadError{error: refuse(b)} }

// moved is the refusal of a saved plan that does not hold any more. Of one that
// is carried out nothing is left to plan.
func moved(err error, fresh *plan.Plan, file string) error {
	if !hasWork(fresh) {
		return &insteadError{error: err}
	}
	return &insteadError{err, []string{"plan", "--out", file}}
}

// tellOnward ends a refusal with the command to give when all that it asks for
// is done.
func (a *app) tellOnward(w io.Writer, err error, args []string) {
	var (
		other  *insteadError
		locked *patcher.LockedError
		over   *patcher.OvertakenError
	)
	switch {
	case codeOf(err) != exitRefused, errors.As(err, &locked), errors.As(err, &over):
	case !errors.As(err, &other):
		fmt.Fprintf(w, "  next  when that is done: %s\n", a.again(withoutRefusedWaivers(args)))
	case other.next != nil:
		fmt.Fprintf(w, "  next  %s\n", ours(other.next...))
	}
}

// withoutRefusedWaivers are a command's words without waivers of what cannot be waived: it
// would be refused again.
func withoutRefusedWaivers(args []string) []string {
	refused := func(w string) bool {
		check, _, _ := strings.Cut(w, ":")
		return !slices.Contains(plan.Waivable(), check)
	}
	var words []string
	for i := 0; i < len(args); i++ {
		value, joined := strings.CutPrefix(args[i], "--waive=")
		switch {
		case joined && refused(value):
		case args[i] == "--waive" && i+1 < len(args) && refused(args[i+1]):
			i++
		default:
			words = append(words, args[i])
		}
	}
	return words
}

// onlyCommand matches a command of ours at the beginning of a block's next line.
var onlyCommand = regexp.MustCompile(`^dcos-patch ([a-z-]+( --?[a-z][a-z-]*)*( [0-9]{4}-[0-9]{4}-[a-z0-9]+)?)($|[,;:. ])`)

// asOnward takes a refusal apart.
func asOnward(err error) (*insteadError, *plan.RefusalError) {
	var other *insteadError
	var refusal *plan.RefusalError
	errors.As(err, &other)
	errors.As(err, &refusal)
	return other, refusal
}

// again is the command as it was given.
func (a *app) again(args []string) string { return sshexec.Quote(a.argv(withoutInventory(args))) }

// withoutInventory are a command's words without the flag that names the inventory.
func withoutInventory(args []string) []string {
	var words []string
	for i := 0; i < len(args); i++ {
		switch arg := args[i]; {
		case arg == "-i", arg == "--inventory":
			i++
		case strings.HasPrefix(arg, "-i"), strings.HasPrefix(arg, "--inventory="):
		default:
			words = append(words, arg)
		}
	}
	return words
}
