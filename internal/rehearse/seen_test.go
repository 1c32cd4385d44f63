package rehearse

import (
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// TestTheTwinSeesWhatCanHappenToARun: what is there from the start and refused
// by the plan, or harmless, is no business of a rehearsal.
func TestTheTwinSeesWhatCanHappenToARun(t *testing.T) {
	harmless := map[simcluster.Kind]bool{}
	for _, k := range []simcluster.Kind{simcluster.BatchJobFinishes, simcluster.MetricsEscaped, simcluster.MetricsSlow, simcluster.Metrics500, simcluster.MetricsCrowded,
		simcluster.CockroachGhost, simcluster.UnitRedBefore, simcluster.NoForwarding, simcluster.NoSFTP, simcluster.ClockSkew, simcluster.ClockStep, simcluster.SlowSudo,
		simcluster.SlowShell, simcluster.NoSudo, simcluster.DiskLow, simcluster.TmpLow, simcluster.DockerDown, simcluster.NoBootstrap, simcluster.NoIPSet,
		simcluster.ForeignUnit, simcluster.ForeignFile, simcluster.EventSubscriber, simcluster.Deploying,
		simcluster.AgentDeactivated, simcluster.MachineScheduled, simcluster.MachineDown,
		simcluster.AgentFull, simcluster.StreamCut, simcluster.FrameworkLingers} {
		harmless[k] = true
	}
	for _, k := range simcluster.Kinds() {
		if _, known := Seen(string(k)).about(); !known && !k.FromStart() && !harmless[k] {
			t.Errorf("the twin sees nothing of %s", k)
		}
	}
}
