package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

func TestACommandIsPrintedAgainAsItWasGiven(t *testing.T) {
	for _, c := range []struct{ inventory, given, want string }{
		{"inventory.yaml", "apply --yes", "dcos-patch apply --yes"},
		{"a/b.yaml", "-i a/b.yaml apply --yes plan.json --plan-id 1234", "dcos-patch -i a/b.yaml apply --yes plan.json --plan-id 1234"},
		{"a/b.yaml", "apply --inventory a/b.yaml --yes", "dcos-patch -i a/b.yaml apply --yes"},
		{"a/b.yaml", "apply --inventory=a/b.yaml -ia/b.yaml", "dcos-patch -i a/b.yaml apply"},
		{"$x/b.yaml", "plan --waive disk:a1=logs;go", "dcos-patch -i '$x/b.yaml' plan --waive 'disk:a1=logs;go'"},
	} {
		if got := (&app{inventory: c.inventory}).program().Run(again(strings.Fields(c.given))...); got != c.want {
			t.Errorf("%s: %s, want %s", c.given, got, c.want)
		}
	}
}

// TestEveryRefusalEndsWithTheCommandThatLeadsOn: the same again where something
// is to be mended, and another where that is what is asked for.
func TestEveryRefusalEndsWithTheCommandThatLeadsOn(t *testing.T) {
	t.Parallel()
	opt := simcluster.Options{Private: 1, Seed: 1, Faults: simcluster.Faults{{What: fault.MidSwapFromStart, Where: "a1"}}}
	inBubble(t, opt, func(l *lab) {
		for _, command := range []string{"apply --yes --plan-id 0123456789ab", "plan", "preflight", "stage --yes"} {
			e := l.run(strings.Fields(command)...)
			l.want(e, exitRefused)
			if want := "\n  next  when that is done: " + l.typed(command) + "\n"; !strings.HasSuffix("\n"+e.err, want) {
				l.Errorf("%s does not end with %q: %s", command, want, e)
			}
		}
		e := l.run("resume")
		l.want(e, exitRefused)
		if strings.Contains(e.err, "when that is done") || !strings.Contains(e.err, "next      "+l.typed("apply")) {
			l.Errorf("there is nothing to resume: %s", e)
		}
	})
}

func TestASavedPlanThatDoesNotHoldAnyMoreIsMadeAnew(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 2, Width: 1, Seed: 1, Faults: patched("m1", "m2", "m3")}, func(l *lab) {
		file := filepath.Join(l.dir, "plan.json")
		l.want(l.run("plan", "--out", file), exitDone)
		l.edit(func(inv string) string { return inv + "exclude: [{node: a2, reason: x, until: 2000-02-01}]\n" })
		e := l.run("apply", "--yes", file)
		l.want(e, exitRefused)
		if want := "\n  next  " + l.typed("plan --out "+file) + "\n"; !strings.HasSuffix(e.err, want) {
			l.Errorf("does not end with %q: %s", want, e)
		}
		l.edit(func(inv string) string {
			return strings.Replace(inv, "{node: a2,", "{node: a1, reason: y, until: 2000-02-01}, {node: a2,", 1)
		})
		if e = l.run("apply", "--yes", file); strings.Contains(e.err, "--out") {
			l.Errorf("nothing is left to plan: %s", e)
		}
	})
}
