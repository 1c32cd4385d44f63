package main

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/internal/forgery"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
	"github.com/dcos-patch/dcos-patch/steps"
)

func TestANodeForgesNoLineOfAnError(t *testing.T) {
	for name, err := range map[string]error{
		"a plain error": errors.New("m1: " + forgery.Text),
		"a lock":        &steps.LockedError{Node: "m1", Holder: node.LockHolder{Run: forgery.Text, Owner: forgery.Text}},
		"a takeover":    &steps.OvertakenError{Node: "m1", Run: forgery.Text},
		"a refusal":     plan.Refuse(plan.Block{Node: "a1", What: forgery.Text, Observed: forgery.Text, Want: forgery.Text, Next: advice.Run("check", "a1")}),
		"several":       errors.Join(errors.New("a1: "+forgery.Text), errors.New("a2: "+forgery.Text)),
	} {
		var out strings.Builder
		(&app{}).explain(&out, err)
		(&app{}).tellOnward(&out, err, nil)
		forgery.OnlyOurs(t, name, out.String())
	}
}

// TestACommandToPasteIsMadeOfOurOwnValues: pasted, with a name that a node chose, it
// runs nothing but dcos-patch, and carries no name that is none of ours.
func TestACommandToPasteIsMadeOfOurOwnValues(t *testing.T) {
	for _, name := range []string{"$(touch x)", "a;b", "x`id`", "../../etc", "--yes", "a b", "a'b", "a\nb", "|sh"} {
		for where, text := range map[string]string{
			"locked": controller.Advice(&steps.LockedError{Holder: node.LockHolder{Run: name, Owner: name}}).String(),
			"over":   controller.Advice(&steps.OvertakenError{Run: name}).String(),
			"survey": controller.Holder{Node: "m1", Run: name, Owner: name}.Advice().String(),
		} {
			if strings.Contains(text, "--run") || name != "--yes" && strings.Contains(text, name) && !strings.Contains(text, fmt.Sprintf("%q", name)) {
				t.Errorf("%s of a run called %q: %s", where, name, text)
			}
		}
	}
	for _, words := range [][]string{{"check", "a;1", "--wait"}, {"park", "$(id)", "--reason", "WHY"}, {"resume", "--run", "a'b c"}} {
		got, err := exec.Command("sh", "-c", `it() { printf '%s\n' "$@"; }; `+strings.Replace(render.Program{}.Run(words...), "dcos-patch", "it", 1)).Output()
		if want := strings.Join(words, "\n") + "\n"; err != nil || string(got) != want {
			t.Errorf("%q: a shell reads %q, %v", words, got, err)
		}
	}
}
