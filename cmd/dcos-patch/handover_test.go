package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/node"
)

// fourLeft is a cluster of which four agents are left to patch, two at a time.
func fourLeft() simcluster.Options {
	return simcluster.Options{Private: 4, Width: 2, Seed: 1, Faults: patched("m1", "m2", "m3")}
}

// colleague is somebody at another machine.
func (l *lab) colleague() *operator {
	c := l.controller()
	c.state = filepath.Join(l.dir, "elsewhere")
	return c
}

// elsewhere is the newest run of the colleague's store.
func (l *lab) elsewhere() []journal.Event {
	l.Helper()
	store := l.storeIn("elsewhere")
	runs, err := store.Runs()
	if err != nil || len(runs) != 1 {
		l.Fatalf("the colleague has the runs %v, %v", runs, err)
	}
	return l.eventsOf(store.Path(runs[0], journal.JournalFile))
}

// breakLock breaks the lock as soon as it may be broken.
func (l *lab) breakLock() {
	l.Helper()
	if e := l.tryToBreak(); e.code != exitDone {
		l.Fatalf("the lock was not broken: %s", e)
	}
}

func (l *lab) tryToBreak() (e ended) {
	for range 60 {
		if e = l.colleague().run("lock", "break", "--reason", "the laptop was stolen"); e.code == exitDone {
			return e
		}
		if !strings.Contains(e.err, "a patch is running") && !strings.Contains(e.err, " lives") { // its last heartbeat may be of this moment
			break
		}
		time.Sleep(30 * time.Second)
	}
	return e
}

// dieAt kills a controller as it says something for the nth time.
func (l *lab) dieAt(said string, nth int, args ...string) {
	l.Helper()
	c := l.controller()
	c.wrote = func(line string) {
		if strings.Contains(line, said) {
			if nth--; nth == 0 {
				c.kill()
			}
		}
	}
	if e := c.run(args...); nth > 0 {
		l.Fatalf("%q was not said: %s", said, e)
	}
}

// copyOf is what a master holds of the newest run's journal.
func (l *lab) copyOf(master string) (file string, content []byte) {
	l.Helper()
	run := filepath.Base(filepath.Dir(l.journal()))
	file = node.RunPath(run, journal.JournalFile)
	content, ok := l.c.File(master, file)
	if !ok {
		l.Fatalf("%s has no copy of the journal", master)
	}
	return file, content
}

func TestAColleagueGoesOnFromAnotherMachine(t *testing.T) {
	t.Parallel()
	inBubble(t, fourLeft(), func(l *lab) {
		l.dieAt("verified", 1, "apply", "--yes")
		e := l.colleague().run("resume", "--from-cluster")
		l.want(e, exitRefused) // nobody has given the lock away yet
		if !strings.Contains(e.err, "lock break --reason") {
			l.Errorf("%s", e)
		}
		l.want(l.colleague().run("lock", "break"), exitInvalid)
		l.breakLock()
		e = l.colleague().run("resume", "--from-cluster")
		l.want(e, exitDone)
		l.launched(1, "a1", "a2", "a3", "a4")
		l.unlocked()
		if last := l.elsewhere(); last[len(last)-1].Kind != journal.ObligationClosed || !slices.ContainsFunc(last, func(e journal.Event) bool { return e.Kind == journal.RunDone }) {
			l.Errorf("the colleague's journal ends with %+v", last[len(last)-1])
		}

		before := len(l.c.Launches(""))
		e = l.run("resume") // at the first machine again
		l.want(e, exitRefused)
		if !strings.Contains(e.err, "another controller has gone on with run") || !strings.Contains(e.err, "resume --from-cluster") {
			l.Errorf("%s", e)
		}
		l.want(l.run("resume", "--from-cluster"), exitDone) // nothing is left but to know it
		l.done(7)
		l.want(l.run("apply", "--yes"), exitDone)
		if now := len(l.c.Launches("")); now != before {
			l.Errorf("%d scripts more were started", now-before)
		}
		l.unlocked()
	})
}

func TestWhatWasDoneAfterTheLastCopyIsNotDoneAgain(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name string
		opt  simcluster.Options
		die  string // what the first controller says as it dies
		nth  int
		last journal.Kind // of the event that the copies end with, the first of its kind
	}{
		{"agents, and two are in the middle of it", fourLeft(), "patch started", 4, journal.LaneAdmitted},
		{"masters", simcluster.Options{Private: 2, Width: 1, Seed: 1, Faults: patched("m1")}, "patch started", 2, journal.RunStarted},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, x.opt, func(l *lab) {
				l.dieAt(x.die, x.nth, "apply", "--yes")
				behind := 0
				for _, m := range l.c.Names(dcos.Master) {
					file, _ := l.copyOf(m)
					lines := bytes.SplitAfter(l.read(l.journal()), []byte("\n"))
					at := slices.IndexFunc(lines, func(line []byte) bool { return bytes.Contains(line, []byte(`"kind":"`+x.last+`"`)) })
					behind = len(lines) - at
					l.c.SetFile(m, file, append(bytes.Join(lines[:at+1], nil), lines[at+1][:10]...)) // and the next one torn
				}
				if behind < 20 {
					l.Fatalf("the copies lack %d events only: this tests nothing", behind)
				}
				started := len(l.c.Launches(""))
				l.breakLock()
				l.want(l.colleague().run("resume", "--from-cluster"), exitDone)
				for _, a := range append(l.c.Names(dcos.PrivateAgent), l.c.Names(dcos.Master)...) {
					if n := len(l.c.Launches(a)); n > 1 {
						l.Errorf("%s: %d scripts were started", a, n)
					}
				}
				if started < 1 || len(l.c.Launches("")) != 4 {
					l.Errorf("%d scripts were started, %d of them by the first controller", len(l.c.Launches("")), started)
				}
				l.unlocked()
			})
		})
	}
}

// What one master alone holds is not believed: the nodes know it as well. Who
// names the plan takes the newest copy.
func TestTheNewestThatAMajorityHoldsIsGoneOnFrom(t *testing.T) {
	t.Parallel()
	for _, named := range []bool{false, true} {
		inBubble(t, fourLeft(), func(l *lab) {
			l.dieAt("verified", 2, "apply", "--yes")
			lines := bytes.SplitAfter(l.read(l.journal()), []byte("\n"))
			whole := bytes.Join(lines, nil)
			file, _ := l.copyOf("m1")
			l.c.SetFile("m1", file, bytes.Replace(whole, []byte(`"attempt":1`), []byte(`"attempt":2`), 1)) // damaged
			l.c.SetFile("m2", file, bytes.Join(lines[:len(lines)/2], nil))
			l.c.SetFile("m3", file, whole[:len(whole)-4]) // torn
			l.breakLock()
			args, from := []string{"resume", "--from-cluster"}, "events from m2, m3,"
			if named {
				args, from = append(args, "--plan-id", l.state().Plan.ID), "events from m3,"
			}
			e := l.colleague().run(args...)
			l.want(e, exitDone)
			if !strings.Contains(e.err, from) || !strings.Contains(e.err, "not used: m1:journal.jsonl") {
				l.Errorf("%s", e.err)
			}
			l.launched(1, "a1", "a2", "a3", "a4")
		})
	}
}

func TestNoCopyIsNoRun(t *testing.T) {
	t.Parallel()
	inBubble(t, fourLeft(), func(l *lab) {
		e := l.run("resume", "--from-cluster")
		l.want(e, exitRefused)
		if !strings.Contains(e.err, "no master holds an intact copy") {
			l.Errorf("%s", e)
		}
		l.touchedNothing()
	})
}

func TestALivingControllerIsNotTakenOver(t *testing.T) {
	t.Parallel()
	inBubble(t, fourLeft(), func(l *lab) {
		tried := make(chan struct{})
		var once sync.Once
		first := l.controller()
		first.wrote = func(line string) {
			if !strings.Contains(line, "verified") {
				return
			}
			once.Do(func() {
				go func() { // the first one works on meanwhile
					defer close(tried)
					e := l.colleague().run("lock", "break", "--reason", "impatience")
					if e.code != exitRefused || !strings.Contains(e.err, "lives") && !strings.Contains(e.err, "a patch is running") {
						l.Errorf("lock break: %s", e)
					}
					if e := l.colleague().run("resume", "--from-cluster"); e.code != exitRefused || !strings.Contains(e.err, "is locked by run") {
						l.Errorf("resume: %s", e)
					}
				}()
			})
		}
		l.want(first.run("apply", "--yes"), exitDone)
		<-tried
		l.done(7)
		for _, launch := range l.c.Launches("") {
			if launch.Epoch != 1 {
				l.Errorf("%+v", launch)
			}
		}
		l.unlocked()
	})
}

// ice is what suspends a controller: nothing reaches it, and what it was about
// to say it says when it wakes, as after SIGSTOP or with the lid closed.
type ice struct {
	mu     sync.Mutex
	thawed chan struct{} // nil: not yet suspended
	conns  []*icyConn
}

// suspend reports whether it was this call that did it.
func (i *ice) suspend() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.thawed != nil {
		return false
	}
	i.thawed = make(chan struct{})
	return true
}

func (i *ice) thaw() {
	i.mu.Lock()
	defer i.mu.Unlock()
	close(i.thawed)
	for _, c := range i.conns {
		c.Conn.Write(c.held) // it may have been given up meanwhile
		c.held = nil
	}
}

func (i *ice) wait() {
	i.mu.Lock()
	thawed := i.thawed
	i.mu.Unlock()
	if thawed != nil {
		<-thawed
	}
}

type icyConn struct {
	net.Conn
	ice  *ice
	held []byte
}

func (c *icyConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.ice.wait()
	return n, err
}

func (c *icyConn) Write(b []byte) (int, error) {
	c.ice.mu.Lock()
	defer c.ice.mu.Unlock()
	if t := c.ice.thawed; t != nil {
		select {
		case <-t:
		default:
			c.held = append(c.held, b...)
			return len(b), nil
		}
	}
	return c.Conn.Write(b)
}

// runOnIce runs a command that can be suspended.
func (k *operator) runOnIce(i *ice, args ...string) int {
	a := &app{
		streams: streams{in: strings.NewReader(""), out: (*output)(k), errOut: &k.errs},
		environment: environment{stores: controller.StoresAt(k.state), owner: "ops@laptop pid 1",
			dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
				i.wait()
				c, err := k.dial(ctx, network, addr)
				if err != nil {
					return nil, err
				}
				icy := &icyConn{Conn: c, ice: i}
				i.mu.Lock()
				defer i.mu.Unlock()
				i.conns = append(i.conns, icy)
				return icy, nil
			},
			signals: func() (<-chan os.Signal, func()) { return k.heard, func() {} }},
	}
	return a.run(k.lab.Context(), append([]string{"-i", k.lab.inventory()}, args...))
}

func TestAWokenControllerDoesNothing(t *testing.T) {
	t.Parallel()
	for _, wake := range []string{"a4 script started", "DONE"} {
		t.Run("it wakes at "+wake, func(t *testing.T) {
			t.Parallel()
			inBubble(t, fourLeft(), func(l *lab) {
				old, lid := l.controller(), &ice{}
				asleep, over := make(chan struct{}), make(chan int, 1)
				old.wrote = func(line string) {
					if strings.Contains(line, "verified") && lid.suspend() {
						close(asleep)
						lid.wait()
					}
				}
				go func() { over <- old.runOnIce(lid, "apply", "--yes") }()
				<-asleep
				l.breakLock()
				heir, woken := l.colleague(), false
				heir.wrote = func(line string) {
					if strings.Contains(line, wake) && !woken {
						woken = true
						lid.thaw()
						time.Sleep(5 * time.Minute) // the old one has all the time it wants
						if n := len(over); n != 1 {
							l.Errorf("the old controller goes on")
						}
						for _, m := range l.c.Names(dcos.Master) {
							if text, held := l.c.File(m, node.Dir+"/lock"); wake != "DONE" && (!held || !strings.HasPrefix(string(text), "3 ")) {
								l.Errorf("%s: the lock is %q", m, text)
							}
						}
					}
				}
				e := heir.run("resume", "--from-cluster")
				l.want(e, exitDone)
				if !woken {
					l.Fatalf("%q was not said: %s", wake, e)
				}
				code, said := <-over, old.out.String()
				if code != exitStopped || !strings.Contains(said, "TAKEN OVER") || !strings.Contains(said, "has seen ") ||
					!strings.Contains(said, l.typed("resume --from-cluster --run ")) || strings.Contains(said, "SAFE TO LEAVE: yes") {
					l.Errorf("the old controller: exit %d\n%s\n%s", code, said, old.errs.String())
				}
				l.launched(1, "a1", "a2", "a3", "a4")
				for _, launch := range l.c.Launches("") {
					if (launch.Node == "a3" || launch.Node == "a4") && launch.Epoch != 3 {
						l.Errorf("%+v", launch)
					}
				}
				l.unlocked()
				_, copied := l.copyOf("m1")
				var last journal.Event
				if _, err := journal.Walk("m1", bytes.NewReader(copied), journal.Longest{}, func(e journal.Event) { last = e }); err != nil || last.Kind != journal.RunDone {
					l.Errorf("the copy on m1 is not the heir's last word: %v", err)
				}
				l.want(l.run("apply", "--yes"), exitRefused)
				l.want(l.run("resume"), exitRefused)
				l.want(l.run("resume", "--from-cluster"), exitDone)
				l.want(l.run("apply", "--yes"), exitDone)
			})
		})
	}
}
