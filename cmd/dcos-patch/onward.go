package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/steps"
)

// tellOnward ends a refusal with the command to give when all that it asks for
// is done.
func (a *app) tellOnward(w io.Writer, err error, args []string) {
	var refusal *plan.RefusalError
	switch {
	case givenAgain(err):
		fmt.Fprintf(w, "  next  when that is done: %s\n", a.program().Run(again(args)...))
	case errors.As(err, &refusal):
		for _, c := range refusal.Next {
			fmt.Fprintf(w, "  next  %s\n", a.program().Run(c...))
		}
	}
}

// givenAgain reports whether a command that was refused is given again, once all that the
// refusal asks for is done.
func givenAgain(err error) bool {
	var (
		refusal *plan.RefusalError
		locked  *steps.LockedError
		over    *steps.OvertakenError
	)
	return codeOf(err) == exitRefused && !errors.As(err, &locked) && !errors.As(err, &over) && !(errors.As(err, &refusal) && refusal.Instead)
}

// onward is what an error asks to be given next: what a person is told, as far as it begins
// with a command.
func onward(err error, args []string) []advice.Command {
	var refusal *plan.RefusalError
	switch {
	case givenAgain(err):
		return []advice.Command{again(args)}
	case errors.As(err, &refusal):
		return refusal.Onward()
	}
	if c := remedy(err).First(); c != nil {
		return []advice.Command{c}
	}
	return nil
}

// again are the words of the same command.
func again(args []string) advice.Command { return withoutInventory(withoutRefusedWaivers(args)) }

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
