package checks

import (
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// masterSelf is what a master says about itself.
type masterSelf struct {
	unit    dcos.Unit // asked before the metrics: they are of this process or a later one
	metrics dcos.Metrics
	asked   time.Time // when the metrics were asked for, controller's clock
}

// judgeRegistrar demands that the node's replica of the registry is caught up
// and that it sees the whole group. Necessary, never sufficient: a replica
// that was once voting says so at once after its start, alone (REC 1).
func judgeRegistrar(m masterSelf, a expectation) Answer {
	q := question{"registrar", a.node.Name, fmt.Sprintf("recovered 1, ensemble size %d", len(a.masters))}
	now := processOf(m.unit)
	if s, why := a.restarted(now); why != "" {
		return Answer{Finding: q.say(s, "%s", why)}
	}
	if why := a.oldUptime(m.metrics, "master/uptime_secs", m.asked); why != "" {
		return Answer{Finding: q.unknown("%s", why)}
	}
	for _, log := range []string{"registrar", "overlay"} {
		if s, why := logReady(m.metrics, log, len(a.masters)); why != "" {
			return Answer{Finding: q.say(s, "%s", why)}
		}
	}
	if _, has := m.metrics.Get(overlayRecovered); !has && a.base != nil && a.base.Overlay {
		return Answer{Finding: q.unknown("%s is missing from the metrics, and was there before", overlayRecovered)}
	}
	return Answer{Finding: q.passed("recovered 1, ensemble size %d", len(a.masters)), Identity: now.id(), Evidence: m.asked}
}

// overlayRecovered is there where the overlay keeps a replicated log.
const overlayRecovered = "overlay/log/recovered"

// logReady says why a replicated log is not ready. The overlay's exists only
// where the overlay module keeps one.
func logReady(m dcos.Metrics, log string, masters int) (dcos.Status, string) {
	recovered, has := m.Get(log + "/log/recovered")
	size, sized := m.Get(log + "/log/ensemble_size")
	switch {
	case log == "overlay" && !has && !sized:
		return dcos.Passed, ""
	case !has:
		return dcos.Unknown, log + "/log/recovered is missing from the metrics"
	case recovered != 1:
		return dcos.Failed, fmt.Sprintf("%s/log/recovered is %g", log, recovered)
	case !sized && log == "overlay":
		return dcos.Passed, ""
	case !sized:
		return dcos.Unknown, log + "/log/ensemble_size is missing from the metrics"
	case size != float64(masters):
		return dcos.Failed, fmt.Sprintf("%s/log/ensemble_size is %g", log, size)
	}
	return dcos.Passed, ""
}

// oldUptime says why metrics are not proved to come from a process started
// since the baseline; empty when they are, or it need not be proved. The
// uptime of the old process only grows, and stays above both limits: what it
// was at the baseline, and the time that has passed since. A new one is below
// one of them. Both are lengths of time, not clocks of two machines.
func (a expectation) oldUptime(m dcos.Metrics, name string, asked time.Time) string {
	if !a.restarts {
		return ""
	}
	if why := a.noBaseline(); why != "" {
		return why
	}
	up, has := m.Get(name)
	switch {
	case !has:
		return name + " is missing from the metrics"
	case up >= a.base.Uptime && up >= asked.Sub(a.base.TakenAt).Seconds():
		return fmt.Sprintf("the metrics are of a process that was up before the baseline: %s %.0f, %.0f then", name, up, a.base.Uptime)
	}
	return ""
}
