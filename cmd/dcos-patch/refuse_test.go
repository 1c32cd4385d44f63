package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// touchedNothing wants no start of a script and no file of ours on any node.
func (l *lab) touchedNothing() {
	l.Helper()
	if n := len(l.c.Launches("")); n > 0 {
		l.Errorf("%d scripts were started", n)
	}
	if got := l.ours(); len(got) > 0 {
		l.Errorf("files on nodes: %v", got)
	}
}

func TestWhatCannotBeTrustedIsRefusedBeforeAnythingIsTouched(t *testing.T) {
	t.Parallel()
	saved := func(l *lab) string {
		file := filepath.Join(l.dir, "plan.json")
		l.want(l.run("plan", "--out", file), exitDone)
		return file
	}
	for _, x := range []struct {
		name string
		code int
		says string
		try  func(l *lab) ended
	}{
		{"nobody is there to be asked for the cluster's name", exitInvalid, "--yes", func(l *lab) ended { return l.run("apply") }},
		{"a plan that was edited by hand", exitInvalid, "plan", func(l *lab) ended {
			file := saved(l)
			l.rewrite(file, func(b []byte) []byte { return regexp.MustCompile(`"width": ?1\b`).ReplaceAll(b, []byte(`"width": 2`)) })
			return l.run("apply", "--yes", file)
		}},
		{"a plan cut short", exitInvalid, "plan", func(l *lab) ended {
			file := saved(l)
			l.rewrite(file, func(b []byte) []byte { return b[:len(b)/2] })
			return l.run("apply", "--yes", file)
		}},
		{"another plan than the approved one", exitRefused, "0123456789ab", func(l *lab) ended { return l.run("apply", "--yes", "--plan-id", "0123456789ab") }},
		{"a saved plan, and an inventory with other members since", exitRefused, "a2", func(l *lab) ended {
			file := saved(l)
			l.edit(func(inv string) string { return inv + "exclude: [{node: a2, reason: x, until: 2000-02-01}]\n" })
			return l.run("apply", "--yes", file)
		}},
		{"an inventory of another cluster", exitRefused, "cluster", func(l *lab) ended {
			l.edit(func(inv string) string {
				return regexp.MustCompile(`id: [0-9a-f]{8}`).ReplaceAllString(inv, "id: 00000000")
			})
			return l.run("apply", "--yes")
		}},
		{"a script whose hash is another than the inventory pins", exitRefused, "sha256", func(l *lab) ended {
			l.edit(func(inv string) string {
				return regexp.MustCompile(`sha256: [0-9a-f]{8}`).ReplaceAllString(inv, "sha256: 00000000")
			})
			return l.run("apply", "--yes")
		}},
		{"an inventory with a word it does not know", exitInvalid, "wdith", func(l *lab) ended {
			l.edit(func(inv string) string { return inv + "wdith: 5\n" })
			return l.run("apply", "--yes")
		}},
		{"a node of which no host key is known", exitRefused, "a2", func(l *lab) ended {
			l.rewrite(filepath.Join(l.dir, "known_hosts"), func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(l.c.Address("a2")), []byte("10.9.9.9")) })
			return l.run("apply", "--yes")
		}},
		{"nothing to resume", exitRefused, "no run", func(l *lab) ended { return l.run("resume") }},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, simcluster.Options{Private: 2, Width: 1, Seed: 1}, func(l *lab) {
				e := x.try(l)
				if e.code != x.code || !strings.Contains(e.out+e.err, x.says) {
					l.Errorf("want exit %d, saying %q: %s", x.code, x.says, e)
				}
				l.touchedNothing()
			})
		})
	}
}

func TestARunDoesNotBeginWhileAnotherOneHoldsTheLock(t *testing.T) {
	t.Parallel()
	inBubble(t, agentsLeft(), func(l *lab) {
		var second ended
		first := l.controller()
		first.wrote = func(line string) {
			if !strings.Contains(line, "a1 holds the packages") || second.err != "" {
				return
			}
			other := l.controller()
			other.state = filepath.Join(l.dir, "elsewhere") // another operator's machine
			second = other.run("apply", "--yes")
			if n := len(l.c.Launches("")); n > 0 {
				l.Errorf("%d scripts were started before the second controller ended", n)
			}
		}
		l.want(first.run("apply", "--yes"), exitDone)
		if second.code != exitRefused || !strings.Contains(second.err, "lock") {
			l.Errorf("the second controller: %s", second)
		}
		for _, launch := range l.c.Launches("") {
			if launch.Epoch != 1 {
				l.Errorf("%+v", launch)
			}
		}
		l.launched(1, "a1", "a2", "a3")
		l.unlocked()
	})
}

func TestADamagedJournalIsNotGoneOnWith(t *testing.T) {
	t.Parallel()
	inBubble(t, agentsLeft(), func(l *lab) {
		l.die(30, "apply", "--yes")
		before, file := len(l.c.History()), l.journal()
		whole := l.read(file)
		l.rewrite(file, func(b []byte) []byte {
			at := len(b) / 2
			b[at] ^= 1
			return b
		})
		for _, args := range [][]string{{"resume"}, {"apply", "--yes"}, {"status"}} {
			if e := l.run(args...); e.code != exitInvalid || !strings.Contains(e.err, "journal") {
				l.Errorf("%v: %s", args, e)
			}
		}
		if now := l.c.History()[before:]; slices.ContainsFunc(now, func(h simcluster.Event) bool { return h.What == "launch" || h.What == "lock" || h.What == "unlock" }) {
			l.Errorf("something was done: %+v", now)
		}
		l.rewrite(file, func([]byte) []byte { return whole })
		l.want(l.run("resume"), exitDone)
		l.launched(1, "a1", "a2", "a3")
	})
}

func TestOfTwoControllersThatBeginAtOnceOneRuns(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 1, Width: 1, Seed: 1, Faults: patched("m1", "m2", "m3")}, func(l *lab) {
		var both [2]ended
		var wg sync.WaitGroup
		for i := range both {
			wg.Go(func() {
				c := l.controller()
				c.state = filepath.Join(l.dir, fmt.Sprint("state of ", i))
				both[i] = c.run("apply", "--yes")
			})
		}
		wg.Wait()
		codes := []int{both[0].code, both[1].code}
		slices.Sort(codes)
		if !slices.Equal(codes, []int{exitDone, exitRefused}) {
			l.Errorf("%s\n%s", both[0], both[1])
		}
		l.launched(1, "a1")
		l.unlocked()
	})
}
