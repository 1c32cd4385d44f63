package main

import (
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/plan"
)

// expecting lets these units of masters be red until the masters are done.
func (l *lab) expecting(units string) {
	l.edit(func(inv string) string {
		return strings.Replace(inv, "policy: {settle: 20s", "policy: {expected_red_until: "+units+", settle: 20s", 1)
	})
}

func TestWhatMastersMayBeRedInIsJudgedWhenAllOfThemAreDone(t *testing.T) {
	t.Parallel()
	opt := simcluster.Options{Private: 1, Width: 1, Seed: 1, Faults: simcluster.Faults{
		{What: fault.UnitRedAfter, Where: "m1"}, {What: fault.UnitRedBefore, Where: "m2"}}}
	inBubble(t, opt, func(l *lab) {
		l.edit(func(inv string) string { return strings.Replace(inv, quick, hasty, 1) })
		l.expecting("{masters_done: [dcos-log.service]}")
		e := l.run("apply", "--yes")
		l.want(e, exitStopped)
		if s := l.state(); s.Stop == nil || s.Stop.Step != plan.StepID("masters-done/deferred") {
			l.Errorf("stopped at %+v", s.Stop)
		}
		for _, says := range []string{"Expected red until m2 is done, and judged then: log", `gate    "units" on m1`, "dcos-log.service", l.typed("resume")} {
			if !strings.Contains(e.out, says) {
				l.Errorf("says nothing of %q:\n%s", says, e.out)
			}
		}
		l.launched(1, l.c.Names(dcos.Master)...)
		l.launched(0, "a1")
		look := l.run("check", "m1")
		if look.code != exitStopped || !strings.Contains(look.out, "dcos-log.service") {
			l.Errorf("check passes what the run refuses: %s", look)
		}
	})
}

func TestAMasterThatWasRedBeforeTheRunMayStaySoWhenAllAreDone(t *testing.T) {
	t.Parallel()
	opt := simcluster.Options{Seed: 1, Faults: simcluster.Faults{{What: fault.UnitRedBefore, Where: "m2"}}}
	inBubble(t, opt, func(l *lab) {
		l.expecting("{masters_done: [dcos-log.service]}")
		l.want(l.run("apply", "--yes"), exitDone)
	})
}

func TestWhereNothingIsExpectedAMasterStopsTheLineAtOnce(t *testing.T) {
	t.Parallel()
	opt := simcluster.Options{Seed: 1, Faults: simcluster.Faults{{What: fault.UnitRedAfter, Where: "m1"}}}
	inBubble(t, opt, func(l *lab) {
		l.edit(func(inv string) string { return strings.Replace(inv, quick, hasty, 1) })
		l.expecting("none")
		l.want(l.run("apply", "--yes"), exitStopped)
		if s := l.state(); s.Stop == nil || s.Stop.Step != plan.StepID("masters/m1/serve") {
			l.Errorf("stopped at %+v", s.Stop)
		}
	})
}
