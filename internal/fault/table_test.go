package fault

import (
	"testing"
)

// TestARehearsalShowsWhatCanHappenToARun: what is there from the start and refused
// by the plan, or harmless, is no business of a rehearsal.
func TestARehearsalShowsWhatCanHappenToARun(t *testing.T) {
	harmless := map[Kind]bool{}
	for _, k := range []Kind{BatchJobFinishes, MetricsEscaped, MetricsSlow, Metrics500, MetricsCrowded,
		CockroachGhost, UnitRedBefore, NoForwarding, NoSFTP, ClockSkew, ClockStep, SlowSudo,
		SlowShell, NoSudo, DiskLow, TmpLow, DockerDown, NoBootstrap, NoIPSet,
		ForeignUnit, ForeignFile, EventSubscriber, Deploying,
		AgentDeactivated, MachineScheduled, MachineDown,
		AgentFull, StreamCut, FrameworkLingers} {
		harmless[k] = true
	}
	for _, k := range Simulated() {
		if _, known := k.Seen().Rehearsed(); !known && !k.FromStart() && !harmless[k] {
			t.Errorf("no rehearsal shows %s", k)
		}
	}
}

// TestTheTableIsWhole: every kind has a name of its own, words and a stand-in, and
// is shown in a rehearsal by a kind that it has.
func TestTheTableIsWhole(t *testing.T) {
	seen := map[Kind]bool{}
	for _, a := range table {
		as := a.twin.As
		_, has := as.Rehearsed()
		if seen[a.kind] || a.words == "" || as != "" && (!has || a.twin.Rate > 0) || a.when == notSimulated && a.twin.Rate == 0 || a.when != ofProduct && a.when != notSimulated && a.of == ofController {
			t.Errorf("%s: %+v", a.kind, a)
		}
		seen[a.kind] = true
	}
	if n := len(Simulated()); n != 99 {
		t.Errorf("the simulated cluster shows %d kinds", n)
	}
	if n := len(Rehearsed()); n != 38 {
		t.Errorf("a rehearsal has %d kinds", n)
	}
}
