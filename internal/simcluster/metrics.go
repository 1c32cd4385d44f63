package simcluster

import (
	"bytes"
	"net/http"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/answers"
	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// Phases of a Mesos process's start, unscaled: the route is missing, then the
// metrics of the interesting parts are.
const (
	metricsRoute = 300 * time.Millisecond
	metricsWhole = 900 * time.Millisecond

	metricsSlowRoute = 20 * time.Second // with the faults for it
	metricsSlowWhole = 40 * time.Second
	metricsCrowd     = 4 * time.Second
)

// metricsTurn is how long a request for metrics has to wait: a process answers
// two a second, whoever asks, and queues the rest without bound.
func (c *Cluster) metricsTurn(to endpoint, r *http.Request) time.Duration {
	defer c.enter()()
	n := to.n
	if n == nil || to.port != dcos.MesosMasterPort && to.port != dcos.MesosAgentPort || answers.Path(r) != dcos.MetricsSnapshot || !to.alive() {
		return 0
	}
	turn := c.now()
	if n.metrics.After(turn) {
		turn = n.metrics
	}
	n.metrics = turn.Add(c.scaled(metricsInterval))
	if n.affectedBy(fault.MetricsCrowded) {
		turn = turn.Add(c.scaled(metricsCrowd))
	}
	return turn.Sub(c.now())
}

func (n *node) metricsSnapshot() answers.Reply {
	since, whole := n.master.since, n.masterMetrics
	if n.role.IsAgent() {
		since, whole = n.agent.since, func() map[string]float64 { return n.mesosAgent().Metrics() }
	}
	age := n.c.now().Sub(since)
	routeAt, wholeAt := metricsRoute, metricsWhole
	if age < n.c.scaled(metricsSlowWhole) && n.affectedBy(fault.MetricsSlow) {
		routeAt, wholeAt = metricsSlowRoute, metricsSlowWhole
	}
	switch f, stopping := n.c.find(fault.Metrics500, n.name); {
	case age < n.c.scaled(routeAt):
		return answers.Reply{Status: http.StatusNotFound}
	case stopping && (f.When == WhenAlways || n.tree.exists(dcos.InstallProgress) || n.owed()):
		n.acts(fault.Metrics500)
		return answers.Text(http.StatusInternalServerError, "discarded future")
	}
	m := answers.SystemMetrics()
	if age >= n.c.scaled(wholeAt) {
		m = whole()
	}
	a := answers.JSON(m)
	if n.runs().Compare("1.7.0") < 0 || n.affectedBy(fault.MetricsEscaped) { // older ones escape the slashes in names
		a.Body = bytes.ReplaceAll(a.Body, []byte("/"), []byte(`\/`))
	}
	return a
}

// runs is the version of the running Mesos daemon.
func (n *node) runs() dcos.Version {
	if n.role.IsAgent() {
		return dcos.Version(n.agent.version)
	}
	return dcos.Version(n.master.version)
}

func (n *node) masterMetrics() map[string]float64 {
	m := n.mesosMaster().Metrics()
	if n.c.opt.OverlayLog {
		m["overlay/log/recovered"], m["overlay/log/ensemble_size"] = 1, float64(n.c.ensemble())
		if n.affectedBy(fault.OverlayStuck) {
			m["overlay/log/recovered"] = 0
		}
	}
	if n.affectedBy(fault.RegistrarMissing) {
		delete(m, "registrar/log/recovered")
	}
	if n.affectedBy(fault.EnsembleSmall) {
		m["registrar/log/ensemble_size"]--
	}
	return m
}
