package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/journal"
)

// strike is one misfortune at one position of a run.
type strike struct {
	fault simcluster.Fault // of the cluster, or What is a trouble of the controller
	step  string           // as which starts it strikes; empty: from the start, or as the fault says
	after time.Duration    // and that long after it, by the seed
}

// position says where it strikes, in one word.
func (x strike) position() string {
	switch {
	case x.step != "":
		return x.step
	case x.fault.After > 0:
		return fmt.Sprintf("%s/launch+%ds", x.fault.Where, x.fault.After/time.Second)
	case x.fault.Where != "":
		return x.fault.Where + "/start"
	default:
		return "start"
	}
}

// story is how the whole product came through one strike.
type story struct {
	steps  []string // what happened, in words
	end    string   // why it did not come to its end; empty: it did
	broken []string // what must never be, and was
	lies   int      // of those, how often leaving was called safe and was not
	acted  bool     // the misfortune did
}

func (s *story) breaks(format string, args ...any) {
	s.broken = append(s.broken, fmt.Sprintf(format, args...))
}

// byItself is the story of a run that nothing stopped.
const byItself = "went on by itself"

func (s *story) String() string {
	if len(s.steps) == 0 {
		return byItself
	}
	return strings.Join(s.steps, ", ")
}

// most is how many commands may be needed; more lead nowhere.
const most = 6

// repairTakes is how long a person needs to bring in order what is broken.
const repairTakes = 5 * time.Minute

// options are those of the cluster that is struck: a master and an agent are
// left to patch.
func (x strike) options() simcluster.Options {
	opt := crashing()
	opt.OverlayLog = x.fault.What == fault.OverlayStuck
	if x.fault.What == fault.UnknownAgent {
		opt.Private = 2 // one must be left in the inventory
	}
	opt.Faults = append(opt.Faults, accomplice(x.fault.What)...)
	if x.step == "" && !x.fault.What.OfController() {
		opt.Faults = append(opt.Faults, x.fault)
	}
	return opt
}

// live lets the run be struck, and does what a person would do until it has
// come to its end: brings in order what is broken, and gives the commands that
// were printed, as they were printed.
func (x strike) live(l *lab) (s story) {
	l.awaits(x.fault.What)
	last := []string{"apply", "--yes"}
	e := x.struck(l, &s, last)
	for range most {
		if e.code == exitDone {
			judgeEnd(l, &s)
			return s
		}
		l.judgeStop(&s, e)
		l.c.Mend()
		time.Sleep(repairTakes)
		next := commands(e)
		again := len(next) == 0
		switch {
		case again && !strings.Contains(e.out+e.err, "  next  "):
			s.end = "nothing is said of what comes next: " + e.String()
			return s
		case again: // it was said what to repair, and that the same may be tried again
			next = [][]string{last}
		}
		if e.code == exitRefused {
			l.declare(x.fault.What)
		}
		if e, last = l.follow(&s, next); s.end != "" {
			return s
		}
		if again {
			s.steps[len(s.steps)-1] += " again"
		}
	}
	s.end = fmt.Sprintf("does not come to its end: %s", e)
	return s
}

// declare writes the inventory anew, as somebody would who was told that it is
// not what the cluster is.
func (l *lab) declare(k fault.Kind) {
	l.rewrite(l.inventory(), func([]byte) []byte { return l.c.Inventory(l.dir) })
	l.shorten(quick)
	l.awaits(k)
}

// follow gives commands that were printed, the last of which goes on with the
// run. After one that only looks comes the apply that was refused.
func (l *lab) follow(s *story, next [][]string) (e ended, last []string) {
	for i, args := range next {
		if e, last = l.order(args...), args; e.code != exitDone && i < len(next)-1 {
			s.end = fmt.Sprintf("%v did not lead on: %s", args, e)
			return e, args
		}
		s.steps = append(s.steps, "`"+strings.Join(shown(args), " ")+"`")
	}
	if e.code == exitDone && (verb(last) == "plan" || verb(last) == "check") {
		last = []string{"apply", "--yes"}
		e = l.run(last...)
	}
	return e, last
}

// order gives a command as a person at a terminal does, who answers with the
// cluster's name when asked.
func (l *lab) order(args ...string) ended {
	c := l.controller()
	c.says = "sim\n"
	return c.run(args...)
}

// shown leaves out of a command what differs from run to run.
func shown(args []string) []string {
	if i := slices.Index(args, "--run"); i >= 0 {
		args = slices.Delete(slices.Clone(args), i, i+2)
	}
	if args[0] == "-i" {
		args = args[2:]
	}
	return args
}

// verb is what a command asks for.
func verb(args []string) string { return shown(args)[0] }

// struck runs a command, and lets the misfortune strike as its step starts.
func (x strike) struck(l *lab, s *story, args []string) ended {
	c := l.controller()
	if x.fault.What.OfController() {
		return l.trouble(s, c, x, args)
	}
	c.wrote = once(func() bool { return x.step == "" || l.started(x.step) }, func() {
		if x.step == "" {
			return
		}
		f := x.fault
		f.After += x.after
		if err := l.c.Strike(f); err != nil {
			l.Error(err)
		}
	})
	return c.run(args...)
}

// once does something at the first line for which a condition holds.
func once(when func() bool, do func()) func(string) {
	var o sync.Once
	return func(string) {
		if when() {
			o.Do(do)
		}
	}
}

// started reports whether the newest run's journal has a step's start.
func (l *lab) started(step string) bool {
	runs, err := l.store().Runs()
	if err != nil || len(runs) == 0 {
		return false
	}
	b, err := os.ReadFile(l.store().Path(runs[len(runs)-1], journal.JournalFile))
	return err == nil && strings.Contains(string(b), fmt.Sprintf(`"step":%q,"attempt":`, step)) // only starts have an attempt
}
