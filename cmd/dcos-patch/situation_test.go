package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

func TestStatusSaysWhoIsAtItAndHowTheClusterWasSeen(t *testing.T) {
	t.Parallel()
	inBubble(t, crashing(), func(l *lab) {
		masters, agents := ended{}, ended{}
		c := l.controller()
		first, second := once(func() bool { return l.started("masters/m2/serve") }, func() { masters = l.run("status") }),
			once(func() bool { return l.started("general/a1/serve") }, func() { agents = l.run("status") })
		c.wrote = func(line string) { first(line); second(line) }
		l.want(c.run("apply", "--yes"), exitDone)
		for _, x := range []struct {
			e    ended
			want string
		}{
			{masters, `(?m)^by      \S+@\S+ pid \d+: alive, it has the run in hand at this moment$`},
			{masters, `(?m)^quorum  m\d leads, 1 agents registered, zookeeper 3/3, registrar 3/3, .*, seen \d+(\.\d)?m?s ago$|(?m)^quorum  zookeeper 3/3.*m\d leads.*, seen \S+ ago$`},
			{masters, `(?m)^out     ours 1/1 \(m2\), all agents 0/3$`},
			{agents, `(?m)^out     ours 1/1 \(a1\), all agents 1/3 \(a1\)$`},
		} {
			if !regexp.MustCompile(x.want).MatchString(x.e.out) {
				l.Errorf("want %s: %s", x.want, x.e)
			}
		}
		if e := l.run("status"); strings.Contains(e.out, "quorum") || strings.Contains(e.out, "ours") {
			l.Errorf("nothing is out any more: %s", e)
		}
	})
}

// TestStatusSaysWhatIsRedAndThatTheControllerIsGone: nobody looks any more, so
// that the age of the last look is part of the answer.
func TestStatusSaysWhatIsRedAndThatTheControllerIsGone(t *testing.T) {
	t.Parallel()
	opt := crashing()
	opt.Faults = append(opt.Faults, simcluster.Fault{What: fault.UnitRedAfter, Where: "a1"})
	inBubble(t, opt, func(l *lab) {
		l.edit(func(inv string) string { return strings.Replace(inv, quick, hasty, 1) })
		c := l.controller()
		c.wrote = once(func() bool { return l.started("general/a1/serve") }, func() {
			if err := l.c.Strike(simcluster.Fault{What: fault.ZooKeeperGone}); err != nil {
				l.Error(err)
			}
		})
		l.want(c.run("apply", "--yes"), exitStopped)
		if e := l.run("status"); !regexp.MustCompile(`(?m)^quorum  .*; red: leader \(.*, seen \S+ ago$`).MatchString(e.out) || !strings.Contains(e.out, ": has ended its part\n") || strings.Contains(e.out, "ours") {
			l.Errorf("%s", e)
		}
	})
	inBubble(t, crashing(), func(l *lab) {
		l.die(30, "apply", "--yes")
		if e := l.run("status"); !strings.Contains(e.out, ": gone, nobody on this machine has the run in hand\n") || !strings.Contains(e.out, "quorum  ") {
			l.Errorf("%s", e)
		}
	})
}
