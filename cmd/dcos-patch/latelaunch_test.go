package main

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/node"
)

// oneOf is a cluster with one node left to patch.
func oneOf(name string) simcluster.Options {
	opt := simcluster.Options{Private: 1, Width: 1, Seed: 1}
	for _, n := range []string{"m1", "m2", "m3", "a1"} {
		if n != name {
			opt.Faults = append(opt.Faults, patched(n)...)
		}
	}
	return opt
}

// patchOf is the patch step of a node of oneOf.
func patchOf(name string) string {
	if name == "a1" {
		return "general/a1/patch"
	}
	return "masters/" + name + "/patch"
}

// struckAt runs a command, and lets faults strike as a step starts.
func (l *lab) struckAt(step string, args []string, at *time.Time, faults ...simcluster.Fault) ended {
	c := l.controller()
	c.wrote = once(func() bool { return l.started(step) }, func() {
		*at = time.Now()
		for _, f := range faults {
			if err := l.c.Strike(f); err != nil {
				l.Error(err)
			}
		}
	})
	return c.run(args...)
}

// The way to the node is lost right after its proof, for nine minutes, and three
// minutes in the other masters' Mesos stops, for a quarter of an hour. When the
// way is back the proof is old: nothing is launched until all is well again. The
// oracle fails the test if it is.
func TestNothingIsLaunchedOnAnOldProof(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"m1", "a1"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, oneOf(name), func(l *lab) {
				l.edit(func(inv string) string { return strings.Replace(inv, "hold_limit: 10m", "hold_limit: 30m", 1) })
				var struck time.Time
				e := l.struckAt(patchOf(name), []string{"apply", "--yes"}, &struck,
					simcluster.Fault{What: fault.SSHSilent, Where: name, For: 9 * time.Minute},
					simcluster.Fault{What: fault.LeaderAlone, After: 3 * time.Minute, For: 15 * time.Minute})
				for range 3 { // an agent that does not answer while it is made ready is left behind, and can be tried again
					if e.code == exitDone {
						break
					}
					time.Sleep(10 * time.Minute)
					e = l.run("resume")
					if e.code == exitRefused {
						e = l.run("apply", "--yes")
					}
				}
				l.want(e, exitDone)
				l.launched(1, name)
				if after := l.when(name, "launch").Sub(struck); after < 18*time.Minute {
					l.Errorf("launched %s after the way was lost: the masters were alone until 18m", after)
				}
			})
		})
	}
}

// A launch that is on its way when the connection breaks arrives later: before
// the controller is back, after it has called the attempt off, or after its
// deadline. The script is run once in all of them, and nothing is lied about.
func TestALateLaunchIsRunOnceOrNever(t *testing.T) {
	t.Parallel()
	down := func(d time.Duration) []simcluster.Fault {
		return []simcluster.Fault{{What: fault.SSHDown, When: simcluster.WhenLaunch, For: d}}
	}
	for _, c := range []struct {
		name  string
		late  time.Duration
		with  []simcluster.Fault
		says  string
		late1 bool // the late launch is the one that runs
	}{
		{"after the call-off", 20 * time.Second, nil, "it was called off", false},
		{"just within its deadline, and after the call-off", 50 * time.Second, nil, "it was called off", false},
		{"before the controller is back", 20 * time.Second, down(40 * time.Second), "launch unanswered", true},
		{"after its deadline, before the controller is back", 90 * time.Second, down(2 * time.Minute), "it was called off", false},
	} {
		for _, name := range []string{"m1", "a1"} {
			t.Run(name+" "+c.name, func(t *testing.T) {
				t.Parallel()
				inBubble(t, oneOf(name), func(l *lab) {
					faults := []simcluster.Fault{{What: fault.LaunchLate, Where: name, For: c.late, Nth: 1}}
					for _, f := range c.with {
						f.Where = name
						faults = append(faults, f)
					}
					e := l.struckAt(patchOf(name), []string{"apply", "--yes"}, new(time.Time), faults...)
					l.want(e, exitDone)
					l.launched(1, name)
					if attempt := l.c.Launches(name)[0].Attempt; !strings.Contains(e.out, c.says) || (attempt == 1) != c.late1 {
						l.Errorf("attempt %d ran; want words of %q in\n%s", attempt, c.says, e.out)
					}
					time.Sleep(5 * time.Minute) // whatever still comes
					l.launched(1, name)
				})
			})
		}
	}
}

// The controller dies as its launch is on its way; a resume fences it, whenever
// it arrives.
func TestALateLaunchOfADeadControllerIsFencedByTheResume(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"m1", "a1"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, oneOf(name), func(l *lab) {
				if err := l.c.Strike(simcluster.Fault{What: fault.LaunchLate, Where: name, For: 50 * time.Second, Nth: 1}); err != nil {
					l.Fatal(err)
				}
				c := l.controller()
				c.wrote = once(func() bool { return l.started(patchOf(name)) }, func() {
					go func() {
						time.Sleep(2 * time.Second) // the launch has left
						c.kill()
					}()
				})
				// Nothing answers the controller any more, so that it cannot fence by itself.
				c.run("apply", "--yes")
				l.want(l.run("resume"), exitDone)
				time.Sleep(5 * time.Minute)
				l.launched(1, name)
				if got := l.c.Launches(name)[0]; got.Run == "" || !got.Applied {
					l.Errorf("%+v", got)
				}
			})
		})
	}
}

// A launch that died between making its attempt's directory and writing its
// receipt leaves a node that every command leads on from.
func TestAHalfWrittenLaunchHindersNoCommand(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"m1", "a1"} {
		half := func(l *lab) string {
			sum := fmt.Sprintf("%x", sha256.Sum256(l.c.Script()))
			l.c.SetFile(name, node.Dir+"/receipts/"+sum+"/1/started.tmp.4711", []byte("run="))
			return node.Dir + "/receipts/" + sum + "/1"
		}
		t.Run(name+" before an apply", func(t *testing.T) {
			t.Parallel()
			inBubble(t, oneOf(name), func(l *lab) {
				dir := half(l)
				l.want(l.run("plan"), exitDone)
				l.want(l.run("apply", "--yes"), exitDone)
				l.launched(1, name)
				l.writtenOff(name, dir)
				l.want(l.run("check", name), exitDone)
			})
		})
		t.Run(name+" before a resume", func(t *testing.T) {
			t.Parallel()
			inBubble(t, oneOf(name), func(l *lab) {
				c := l.controller()
				c.wrote = once(func() bool { return l.started(patchOf(name)) }, c.kill)
				c.run("apply", "--yes")
				l.launched(0, name)
				dir := half(l)
				e := l.run("resume")
				l.want(e, exitDone)
				if !strings.Contains(e.out, "called off") {
					l.Errorf("says nothing of what became of the attempt:\n%s", e.out)
				}
				l.launched(1, name)
				l.writtenOff(name, dir)
			})
		})
	}
}

// writtenOff wants an attempt to be over, with the reason.
func (l *lab) writtenOff(name, dir string) {
	l.Helper()
	why, _ := l.c.File(name, dir+"/output")
	if _, off := l.c.File(name, dir+"/begun/called-off"); !off || !strings.Contains(string(why), "called off before it began") {
		l.Errorf("%s: %s is not called off: %q", name, dir, why)
	}
}

// The run goes on without an agent that nobody has heard of since its launch.
// Before its lock is given back the epoch is raised, so that nothing of the run
// can be launched any more.
func TestALockIsGivenBackUnderAHigherEpochWhileALaunchIsInDoubt(t *testing.T) {
	t.Parallel()
	opt := oneLeft()
	opt.Private = 2
	opt.Faults = append(opt.Faults, simcluster.Fault{What: fault.SSHDown, Where: "a1", When: simcluster.WhenLaunch})
	inBubble(t, opt, func(l *lab) {
		l.edit(func(inv string) string { return strings.Replace(inv, quick, hasty, 1) })
		l.want(l.run("apply", "--yes"), exitInDoubt)
		l.want(l.run("park", "a1", "--reason", "PSU"), exitDone)
		l.c.LeftBehind("a1")
		if e := l.run("resume"); e.code != exitParked {
			l.Fatal(e)
		}
		l.unlocked()
		for _, m := range l.c.Names(dcos.Master) {
			if epoch, _ := l.c.File(m, node.Dir+"/epoch"); !strings.HasPrefix(string(epoch), "3 ") { // 1 of apply, 2 of resume
				l.Errorf("%s: the epoch is %q, want 3", m, epoch)
			}
		}
	})
}
