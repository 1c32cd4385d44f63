package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// trouble runs a command whose controller comes to harm as a step starts.
func (l *lab) trouble(s *story, c *operator, x strike, args []string) ended {
	at := func() bool { return l.started(x.step) }
	strike := func(do func()) func(string) {
		return once(at, func() {
			s.acted = true
			do()
		})
	}
	switch x.fault.What {
	case fault.ControllerDies:
		var file string
		var kept []byte
		c.wrote = strike(func() {
			file = l.journal()
			kept = l.read(file)
			c.kill()
		})
		c.run(args...)
		l.rewrite(file, func([]byte) []byte { return kept }) // the dead write nothing
		s.steps = append(s.steps, "killed")
		return l.asked(s)
	case fault.ControllerDiskFull:
		c.wrote = strike(l.fillDisk)
		return c.run(args...)
	case fault.Interrupted, fault.InterruptedTwice:
		c.wrote = strike(func() {
			c.heard <- os.Interrupt
			if x.fault.What == fault.InterruptedTwice {
				c.heard <- os.Interrupt
			}
		})
		return c.run(args...)
	case fault.TwoControllers:
		return l.beside(s, c, x, args)
	default:
		return l.sleeper(s, c, x, args)
	}
}

// asked is what a person sees who asks for the state of a run whose controller
// is gone, and does what it says.
func (l *lab) asked(s *story) ended {
	e := l.run("status")
	next := commands(e)
	if len(next) == 0 {
		s.breaks("status says nothing of what comes next: %s", e)
		return e
	}
	e, _ = l.follow(s, next)
	return e
}

// beside runs a command while somebody else tries to begin, too.
func (l *lab) beside(s *story, c *operator, x strike, args []string) ended {
	other := make(chan ended, 1)
	c.wrote = once(func() bool { return l.started(x.step) }, func() {
		s.acted = true
		go func() { other <- l.colleague().run("apply", "--yes") }()
	})
	e := c.run(args...)
	if second := <-other; second.code != exitRefused {
		s.breaks("the second controller was not refused: %s", second)
	}
	s.steps = append(s.steps, "the second is refused (exit 3), the first went on")
	return e
}

// sleeper runs a command whose controller falls asleep; a colleague takes over,
// comes to the end, and then it wakes.
func (l *lab) sleeper(s *story, c *operator, x strike, args []string) ended {
	lid, asleep, over := &ice{}, make(chan struct{}), make(chan int, 1)
	c.wrote = once(func() bool { return l.started(x.step) }, func() {
		lid.suspend()
		close(asleep)
		lid.wait()
	})
	go func() { over <- c.runOnIce(lid, args...) }()
	select {
	case <-asleep:
		s.acted = true
	case code := <-over:
		s.breaks("the controller ended before it could fall asleep")
		return ended{code: code, out: c.out.String(), err: c.errs.String()}
	}
	wake := sync.OnceFunc(lid.thaw)
	defer wake() // whatever happens
	broken := l.tryToBreak()
	heir := l.colleague().run("resume", "--from-cluster")
	if strings.Contains(heir.err, "no master holds an intact copy") { // nothing had been touched
		heir = l.colleague().run("apply", "--yes")
	}
	if heir.code != exitDone {
		s.breaks("the colleague cannot go on: %s\n%s", broken, heir)
	}
	before := len(l.c.Launches(""))
	wake()
	time.Sleep(repairTakes)
	code := <-over
	if n := len(l.c.Launches("")); n != before {
		s.breaks("the woken controller ended with exit %d, and started %d scripts\n%s\n%s", code, n-before, c.out.String(), c.errs.String())
	}
	s.steps = append(s.steps, "`lock break`", "`resume --from-cluster` elsewhere", fmt.Sprintf("the woken one does nothing (exit %d)", code))
	return heir
}
