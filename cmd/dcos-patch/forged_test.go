package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Forged copies are stories, and no row of docs/faults.md: that page tells of accidents
// of the cluster that a person repairs, and a forgery is met by resume --from-cluster
// alone, whose answer depends on what was forged on how many masters.

// forge writes copies of the newest run's journal onto masters: with right
// checksums, another plan with a right id and seal, and further events.
func (l *lab) forge(change func(*plan.Plan), masters []string, more ...journal.Event) {
	l.Helper()
	file, _ := l.copyOf("m1")
	var text bytes.Buffer
	events := l.events()
	b, err := json.Marshal(events[0].Plan)
	if err != nil {
		l.Fatal(err)
	}
	p := new(plan.Plan)
	if err := json.Unmarshal(b, p); err != nil {
		l.Fatal(err)
	}
	change(p)
	if p.ID, err = plan.Identity(p); err != nil {
		l.Fatal(err)
	}
	if events[0].Plan, err = plan.Sealed(p); err != nil {
		l.Fatal(err)
	}
	for _, e := range append(events, more...) {
		if e.Seq == 0 {
			e.Seq, e.At = uint64(len(events))+1, events[len(events)-1].At
			events = append(events, e)
		}
		line, err := journal.Encode(e)
		if err != nil {
			l.Fatal(err)
		}
		text.Write(line)
	}
	for _, m := range masters {
		l.c.SetFile(m, file, text.Bytes())
	}
}

// owned is a file that a forged command of a gate makes.
func (l *lab) owned() string { return filepath.Join(l.dir, "owned") }

// oneMoreGate has a command that would run on the operator's machine.
func (l *lab) oneMoreGate(p *plan.Plan) {
	p.Gates = append(p.Gates, plan.CustomGate{Name: "health", OfCluster: true, Command: "touch " + l.owned(), Timeout: plan.Duration(15e9)})
}

func as(*plan.Plan) {}

func (l *lab) notOwned() {
	l.Helper()
	if files, _ := filepath.Glob(l.owned()); len(files) > 0 {
		l.Error("a command of a forged plan ran on the operator's machine")
	}
}

var laterController = journal.Event{Kind: journal.RunResumed, Epoch: 99, Controller: "ops@elsewhere pid 1"}

func TestOneMasterCannotForgeARun(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		forge func(*lab) func(*plan.Plan)
		more  []journal.Event
	}{
		"a gate with a command, of a later controller": {func(l *lab) func(*plan.Plan) { return l.oneMoreGate }, []journal.Event{laterController}},
		"another script": {func(*lab) func(*plan.Plan) {
			return func(p *plan.Plan) { p.Script.SHA256 = strings.Repeat("a", 64) }
		}, []journal.Event{laterController}},
		"the same plan, said to be done": {func(*lab) func(*plan.Plan) { return as }, []journal.Event{laterController, {Kind: journal.RunDone}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, fourLeft(), func(l *lab) {
				l.dieAt("verified", 1, "apply", "--yes")
				l.forge(row.forge(l), []string{"m1"}, row.more...)
				l.breakLock()
				e := l.colleague().run("resume", "--from-cluster")
				l.want(e, exitDone)
				if !strings.Contains(e.out, "  from   the copy of ") || !strings.Contains(e.out, "m2, m3; a majority of the masters hold it alike") || !strings.Contains(e.out, "which "+l.inventory()+" pins") {
					l.Errorf("not said whose copy it is: %s", e)
				}
				if other := !strings.HasPrefix(name, "the same plan"); strings.Contains(e.err, "not used: m1: its copy is another: plan ") != other || strings.Contains(e.err, "not used: m2") {
					l.Errorf("m1 holds another: %t, and it is not said so: %s", other, e)
				}
				l.launched(1, "a1", "a2", "a3", "a4")
				l.notOwned()
			})
		})
	}
}

func TestAPlanThatMostMastersForgeIsHeldAgainstTheInventory(t *testing.T) {
	t.Parallel()
	notPinned := func(inv string) string { return regexp.MustCompile(`sha256: [0-9a-f]+, `).ReplaceAllString(inv, "") }
	same := func(inv string) string { return inv }
	for name, row := range map[string]struct {
		forge func(*lab) func(*plan.Plan)
		edit  func(string) string
		says  string
	}{
		"a gate with a command": {func(l *lab) func(*plan.Plan) { return l.oneMoreGate }, same, `gate "health" of the copied plan is not what the inventory here says`},
		"wider":                 {func(*lab) func(*plan.Plan) { return func(p *plan.Plan) { p.MaxOut = 50 } }, same, "max_out of the copied plan"},
		"another script, and one is pinned here": {func(*lab) func(*plan.Plan) {
			return func(p *plan.Plan) { p.Script.SHA256 = strings.Repeat("a", 64) }
		}, same, "the script's SHA-256 of the copied plan"},
		"another script, and none is pinned here": {func(*lab) func(*plan.Plan) {
			return func(p *plan.Plan) { p.Script.SHA256 = strings.Repeat("a", 64) }
		}, notPinned, "nothing here vouches for the script"},
		"packages from elsewhere": {func(*lab) func(*plan.Plan) {
			return func(p *plan.Plan) { p.Script.Repository = "http://elsewhere/" }
		}, same, "says of its script what the script does not"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, fourLeft(), func(l *lab) {
				l.edit(row.edit)
				l.dieAt("verified", 1, "apply", "--yes")
				l.forge(row.forge(l), []string{"m1", "m2"}, laterController)
				l.breakLock()
				before := len(l.c.Launches(""))
				e := l.colleague().run("resume", "--from-cluster")
				l.want(e, exitRefused)
				if !strings.Contains(e.err, row.says) {
					l.Errorf("want %q: %s", row.says, e)
				}
				if now := len(l.c.Launches("")); now != before {
					l.Errorf("%d scripts were started", now-before)
				}
				l.notOwned()
				l.unlocked()
			})
		})
	}
}

func TestTheOnlyCopyIsBelievedIfItsPlanIsNamed(t *testing.T) {
	t.Parallel()
	for _, pinned := range []bool{true, false} {
		inBubble(t, fourLeft(), func(l *lab) {
			if !pinned {
				l.edit(func(inv string) string { return regexp.MustCompile(`sha256: [0-9a-f]+, `).ReplaceAllString(inv, "") })
			}
			l.dieAt("verified", 1, "apply", "--yes")
			file, whole := l.copyOf("m3")
			for _, m := range []string{"m1", "m2"} {
				l.c.SetFile(m, file, []byte("lost\n"))
			}
			l.breakLock()
			id := l.state().Plan.ID
			e := l.colleague().run("resume", "--from-cluster")
			l.want(e, exitRefused)
			if !strings.Contains(e.err, "no journal is held alike by a majority") || !strings.Contains(e.err, "m3: plan "+id+", epoch 1, ") || !strings.Contains(e.err, "--plan-id ID") {
				l.Errorf("%s", e)
			}
			e = l.colleague().run("resume", "--from-cluster", "--plan-id", "0123456789ab")
			l.want(e, exitRefused)
			if !strings.Contains(e.err, "no master holds a copy of that plan") {
				l.Errorf("%s", e)
			}
			l.forge(l.oneMoreGate, []string{"m2"}, laterController)
			l.c.SetFile("m3", file, whole)
			e = l.colleague().run("resume", "--from-cluster", "--plan-id", id)
			l.want(e, exitDone)
			if !strings.Contains(e.out, "the copy of m3; its plan is the one that --plan-id names") {
				l.Errorf("%s", e)
			}
			l.launched(1, "a1", "a2", "a3", "a4")
			l.notOwned()
		})
	}
}

// A copy's run that began here: its plan is known, and only the end of the
// journal is the masters' word.
func TestAPlanThatThisMachineKnowsNeedsNoMajority(t *testing.T) {
	t.Parallel()
	inBubble(t, fourLeft(), func(l *lab) {
		l.dieAt("verified", 1, "apply", "--yes")
		l.forge(l.oneMoreGate, []string{"m1", "m2"}, laterController) // most of them
		file, _ := l.copyOf("m3")
		l.c.SetFile("m3", file, l.read(l.journal()))
		l.breakLock()
		e := l.run("resume", "--from-cluster")
		l.want(e, exitDone)
		l.launched(1, "a1", "a2", "a3", "a4")
		l.notOwned()
	})
}

// The end of a journal is not one master's word, whatever is known of its plan.
func TestOneMasterCannotSayThatAKnownRunIsDone(t *testing.T) {
	t.Parallel()
	for name, more := range map[string][]journal.Event{
		"done":       {laterController, {Kind: journal.RunDone}},
		"postflight": {laterController, {Kind: journal.StepStarted, Step: "postflight/postflight"}, {Kind: journal.StepEnded, Step: "postflight/postflight", Report: &plan.Report{Outcome: plan.Done}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, fourLeft(), func(l *lab) {
				l.dieAt("verified", 1, "apply", "--yes")
				l.forge(as, []string{"m1"}, more...)
				l.breakLock()
				l.want(l.run("resume", "--from-cluster"), exitDone)
				l.done(7)
				l.launched(1, "a1", "a2", "a3", "a4")
				ended := 0
				for _, e := range l.events() {
					if e.Kind == journal.StepStarted && e.Step == "postflight/postflight" {
						ended++
					}
				}
				if ended != 1 {
					t.Errorf("postflight was begun %d times", ended)
				}
			})
		})
	}
}

// Nor for a sweep, which would take the lock of a run that is over.
func TestOneMasterCannotGiveALockAwayToASweep(t *testing.T) {
	t.Parallel()
	inBubble(t, fourLeft(), func(l *lab) {
		l.dieAt("verified", 1, "apply", "--yes")
		l.forge(as, []string{"m1"}, journal.Event{Kind: journal.RunDone})
		e := l.colleague().run("sweep")
		l.want(e, exitRefused)
		if !strings.Contains(e.err, "has not ended") || !l.locked("m2") {
			l.Errorf("%s", e)
		}
	})
}
