package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
)

// staying are the files that outlive a sweep: receipts and epochs.
func staying(files []string) (stay, litter []string) {
	for _, f := range files {
		if strings.Contains(f, node.Dir+"/receipts/") || strings.HasSuffix(f, node.Dir+"/epoch") || strings.HasSuffix(f, node.Dir+"/claim") || strings.HasSuffix(f, node.Dir+"/receipts") {
			stay = append(stay, f)
		} else {
			litter = append(litter, f)
		}
	}
	return stay, litter
}

func TestASweepLeavesReceiptsAndWhatIsNotOurs(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 2, Width: 2, Seed: 1, Faults: patched("m1", "m2")}, func(l *lab) {
		l.want(l.run("sweep"), exitDone) // nothing is there, nothing is done
		l.touchedNothing()
		l.want(l.run("apply", "--yes"), exitDone)
		for _, m := range l.c.Names(dcos.Master) {
			l.c.SetFile(m, "/tmp/dcos-patch.notours1/file", []byte("root's"))
		}
		l.c.SetFile("a1", node.Dir+"/scripts/mine.sh", []byte("not ours"))
		if e := l.run("status"); !strings.Contains(e.out, "owed    copies of plan, journal and script on m[1-3]: "+l.typed("sweep")) ||
			!strings.Contains(e.out, "node patch script and node program on m3 a[1-2]: "+l.typed("sweep")) || strings.Contains(e.out, "lock") {
			l.Errorf("%s", e)
		}

		before := l.ours()
		stay, litter := staying(before)
		e := l.run("sweep", "--dry-run")
		l.want(e, exitDone)
		if now := l.ours(); !slices.Equal(now, before) {
			l.Errorf("a dry run has changed %v into %v", before, now)
		}
		for _, f := range litter {
			at, path, _ := strings.Cut(f, ":")
			mine := strings.HasSuffix(path, "mine.sh") || strings.HasSuffix(path, "/heartbeat")
			if said := strings.Contains(e.out, at+"  would remove "+path+"\n"); said == mine {
				l.Errorf("%s: said to be removed: %v\n%s", f, said, e.out)
			}
		}
		l.want(l.run("sweep"), exitDone)
		after, left := staying(l.ours())
		if want := []string{"a1:" + node.Dir + "/scripts/mine.sh"}; !slices.Equal(left, want) {
			l.Errorf("left: %v", left)
		}
		if len(stay) < 5 || len(after) != len(stay) {
			l.Errorf("before %v\nafter %v", stay, after)
		}
		for _, m := range l.c.Names(dcos.Master) {
			if _, there := l.c.File(m, "/tmp/dcos-patch.notours1/file"); !there {
				l.Errorf("%s: somebody else's upload was removed", m)
			}
		}
		if s := l.state(); len(s.Obligations()) > 0 {
			l.Errorf("still owed: %+v", s.Obligations())
		}
		l.want(l.run("apply", "--yes"), exitDone) // and all is as it was: nothing is patched again
		l.launched(1, "m3", "a1", "a2")
	})
}

func TestNothingIsSweptUnderARun(t *testing.T) {
	t.Parallel()
	inBubble(t, fourLeft(), func(l *lab) {
		var here, there ended
		first := l.controller()
		first.wrote = func(line string) {
			if strings.Contains(line, "a1 settle started") && here.err == "" {
				here, there = l.run("sweep"), l.colleague().run("sweep")
			}
		}
		l.want(first.run("apply", "--yes"), exitDone)
		for _, e := range []ended{here, there} {
			if e.code != exitRefused {
				l.Errorf("%s", e)
			}
		}
		l.done(7)
		if s := l.state(); !s.OwesFor(plan.OwesFiles) || s.OwesFor(plan.OwesLock) {
			l.Errorf("owed: %+v", s.Obligations())
		}
		// From another machine, too, a run that is done is known by its copies.
		l.want(l.colleague().run("sweep"), exitDone)
		if _, litter := staying(l.ours()); len(litter) > 0 {
			l.Errorf("left: %v", litter)
		}
	})
}

func TestWhatAnUnfinishedRunNeedsIsNotSwept(t *testing.T) {
	t.Parallel()
	inBubble(t, fourLeft(), func(l *lab) {
		l.dieAt("verified", 1, "apply", "--yes")
		before := l.ours()
		l.want(l.run("sweep"), exitRefused)
		l.want(l.colleague().run("sweep"), exitRefused)
		l.breakLock()
		e := l.colleague().run("sweep") // nobody holds the lock, and yet
		l.want(e, exitRefused)
		if !strings.Contains(e.err, "has not ended") || !strings.Contains(e.err, "resume --from-cluster") {
			l.Errorf("%s", e)
		}
		_, litter := staying(l.ours())
		for _, f := range before {
			if !slices.Contains(l.ours(), f) && !strings.HasSuffix(f, "/lock") {
				l.Errorf("%s is gone; left are %v", f, litter)
			}
		}
	})
}

func TestALockLeftByARunThatIsDoneIsSwept(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 1, Width: 1, Seed: 1, Faults: patched("m1", "m2", "m3")}, func(l *lab) {
		l.dieAt("postflight done", 1, "apply", "--yes")
		l.want(l.run("resume"), exitDone)
		l.unlocked()
		for _, m := range []string{"m1", "m2"} { // as if it had died before it gave the lock back
			l.c.SetFile(m, node.Dir+"/lock", []byte("2 "+l.state().Run+" ops@host pid 7\n"))
		}
		l.want(l.run("apply", "--yes"), exitRefused)
		e := l.run("sweep")
		l.want(e, exitDone)
		l.unlocked()
		l.want(l.run("apply", "--yes"), exitDone)
	})
}
