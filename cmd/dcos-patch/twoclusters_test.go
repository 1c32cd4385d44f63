package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// elsewhereInventory is an inventory of another cluster that has the same name.
func (l *lab) elsewhereInventory() string {
	l.Helper()
	file := filepath.Join(l.dir, "other.yaml")
	text := regexp.MustCompile(`id: [0-9a-f-]+}`).ReplaceAll(l.read(l.inventory()), []byte("id: 00000000-aaaa-bbbb-cccc-000000000000}"))
	if err := os.WriteFile(file, text, 0o600); err != nil {
		l.Fatal(err)
	}
	return file
}

func TestARunOfAnotherClusterOfTheSameNameIsNotShownAsOurs(t *testing.T) {
	t.Parallel()
	inBubble(t, fourLeft(), func(l *lab) {
		l.dieAt("verified", 1, "apply", "--yes")
		before, other := l.read(l.journal()), l.elsewhereInventory()
		for _, row := range []struct {
			args string
			code int
			says string
		}{
			{"status", exitDone, "no run in "},
			{"runs", exitDone, "no run in "},
			{"park a1 --reason x", exitRefused, "there is no run to leave a node out of"},
			{"resume", exitRefused, "there is no run to resume"},
			{"apply --yes", exitRefused, "belongs to another cluster"},
			{"sweep", exitRefused, "belongs to another cluster"},
			{"plan", exitRefused, "belongs to another cluster"},
			{"check m1", exitRefused, "belongs to another cluster"},
			{"check m1 --wait", exitRefused, "belongs to another cluster"},
			{"lock break --reason x", exitRefused, "belongs to another cluster"},
			{"resume --from-cluster", exitRefused, "belongs to another cluster"},
		} {
			e := l.run(append([]string{"-i", other}, strings.Fields(row.args)...)...)
			l.want(e, row.code)
			if !strings.Contains(e.out+e.err, row.says) || strings.Contains(e.err, "has not ended") || strings.Contains(e.out+e.err, "locked by run") {
				l.Errorf("%s: %s", row.args, e)
			}
		}
		if string(l.read(l.journal())) != string(before) {
			l.Error("the run's journal was written to")
		}
		l.want(l.run("resume"), exitDone)
	})
}

func TestARunOfAnEarlierVersionIsGoneOnWith(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 2, Width: 1, Seed: 1, Faults: patched("m1", "m2", "m3")}, func(l *lab) {
		l.dieAt("verified", 1, "apply", "--yes")
		if err := os.Rename(l.store().Dir, filepath.Join(l.dir, "state", "sim")); err != nil {
			l.Fatal(err)
		}
		e := l.run("-i", l.elsewhereInventory(), "status")
		l.want(e, exitDone)
		if !strings.Contains(e.out, "no run in ") {
			l.Errorf("%s", e)
		}
		l.want(l.run("resume"), exitDone)
		l.done(5)
		l.launched(1, "a1", "a2")
	})
}
