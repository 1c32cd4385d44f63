package nodetest

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// Case is one story of one node.
type Case struct {
	Name  string // a sentence
	Node  Node   // at its beginning
	Steps []Step
}

// Step is an arrangement or a call; exactly one of Do, File and Verb is there.
type Step struct {
	Do   func(t testing.TB, b Bench)
	File string // to be made, with a line in it; SHA stands for the script's SHA-256
	// Verb and its arguments, separated by blanks; SHA stands for the script's SHA-256,
	// SHA12 for its beginning, BOOT for the node's boot id, SOON for an uptime a minute
	// from now, PAST for one that is over.
	Verb string
	Want Want
}

// Want is what a call must answer. SHA and SHA12 are replaced in it too.
type Want struct {
	Exit    int      // the exit code; 0 answered, 1 failed, 64 wrong arguments
	Refused string   // the word of the refusal; then the exit code is 70
	Text    string   // what the refusal's text is; empty: anything
	Out     string   // all of standard output, but for the last newline; not looked at when Has, Begins or Lacks is there
	Has     []string // lines among those of standard output
	Begins  []string // beginnings of such lines
	Lacks   []string // beginnings that no line of standard output has
}

// Try plays the case on the bench.
func (c Case) Try(t testing.TB, b Bench) {
	t.Helper()
	ctx := t.Context()
	b.Arrange(t, c.Node)
	sha := b.Script(t)
	fill := strings.NewReplacer("SHA12", sha[:12], "SHA", sha)
	for _, s := range c.Steps {
		if s.Do != nil {
			s.Do(t, b)
			continue
		}
		if s.File != "" {
			b.Put(t, fill.Replace(s.File), "x\n")
			continue
		}
		args := strings.Fields(clocked(t, b, fill.Replace(s.Verb)))
		call := node.Change
		if reads(args[0]) {
			call = node.Read
		}
		out, err := call(ctx, b, args[0], args[1:]...)
		s.Want.check(t, fill, strings.Join(args, " "), string(out), err)
	}
}

// clocked fills in what depends on how long the node has been up.
func clocked(t testing.TB, b Bench, verb string) string {
	t.Helper()
	if !strings.Contains(verb, " BOOT ") {
		return verb
	}
	up, err := node.ReadUptime(t.Context(), b)
	if err != nil {
		t.Fatalf("uptime: %v", err)
	}
	soon, past := up.At(time.Minute), up.At(0)
	return strings.NewReplacer("BOOT", up.BootID, "SOON", strconv.Itoa(soon.Uptime), "PAST", strconv.Itoa(past.Uptime)).Replace(verb)
}

// reads tells the verbs that get the program on standard input.
func reads(verb string) bool {
	return slices.Contains([]string{"survey", "clock", "uptime", "readiness", "units", "checks", "cockroach", "exhibitor", "etcd", "receipt", "output", "log", "resources", "ours", "run"}, verb)
}

func (w Want) check(t testing.TB, fill *strings.Replacer, call, out string, err error) {
	t.Helper()
	if w.Refused != "" {
		var refused *node.RefusedError
		if !errors.As(err, &refused) || refused.Word != w.Refused {
			t.Fatalf("%s: got %q and %v, want refused: %s", call, out, err, w.Refused)
		}
		if want := fill.Replace(w.Text); want != "" && refused.Text != want {
			t.Fatalf("%s: refused: %s: %q, want %q", call, w.Refused, refused.Text, want)
		}
		return
	}
	if got := exitCode(t, call, err); got != w.Exit {
		t.Fatalf("%s: exit code %d (%v), want %d", call, got, err, w.Exit)
	}
	if w.Exit != 0 {
		return
	}
	if want := fill.Replace(w.Out); w.Has == nil && w.Begins == nil && w.Lacks == nil && strings.TrimSuffix(out, "\n") != want {
		t.Fatalf("%s: got\n%s\nwant\n%s", call, out, want)
	}
	w.checkLines(t, fill, call, out)
}

func (w Want) checkLines(t testing.TB, fill *strings.Replacer, call, out string) {
	t.Helper()
	lines := strings.Split(out, "\n")
	for _, want := range w.Has {
		if !slices.Contains(lines, fill.Replace(want)) {
			t.Fatalf("%s: no line %q in\n%s", call, fill.Replace(want), out)
		}
	}
	for _, want := range w.Begins {
		if !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, fill.Replace(want)) }) {
			t.Fatalf("%s: no line that begins with %q in\n%s", call, fill.Replace(want), out)
		}
	}
	for _, lacked := range w.Lacks {
		at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, fill.Replace(lacked)) })
		if at >= 0 {
			t.Fatalf("%s: line %q should not be there", call, lines[at])
		}
	}
}

// exitCode is the code that the node said; anything but an answer of the node
// ends the test.
func exitCode(t testing.TB, call string, err error) int {
	t.Helper()
	var (
		exit    *sshexec.ExitError
		refused *node.RefusedError
	)
	switch {
	case err == nil:
		return 0
	case errors.As(err, &refused):
		return 70
	case errors.As(err, &exit):
		return exit.Code
	}
	t.Fatalf("%s: %v: want an answer of the node", call, err)
	return 0
}
