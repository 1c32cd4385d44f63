package simcluster

import (
	"bytes"
	"net/http"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
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

// metricsQueue lets a request wait for its turn: a process answers two a
// second, whoever asks, and queues the rest without bound.
func (n *node) metricsQueue() httpReply {
	turn := n.c.now()
	if n.metrics.After(turn) {
		turn = n.metrics
	}
	n.metrics = turn.Add(n.c.scaled(metricsInterval))
	if n.ails(MetricsCrowded) {
		turn = turn.Add(n.c.scaled(metricsCrowd))
	}
	if wait := turn.Sub(n.c.now()); wait > 0 {
		return httpReply{wait: wait}
	}
	return n.metricsSnapshot()
}

// metricsNow answers a request whose turn has come.
func (c *Cluster) metricsNow(to endpoint) httpReply {
	defer c.enter()()
	if !to.alive() {
		return httpReply{}
	}
	return to.n.metricsSnapshot()
}

func (n *node) metricsSnapshot() httpReply {
	since, fill := n.master.since, n.masterMetrics
	if n.role.IsAgent() {
		since, fill = n.agent.since, n.agentMetrics
	}
	age := n.c.now().Sub(since)
	route, whole := metricsRoute, metricsWhole
	if age < n.c.scaled(metricsSlowWhole) && n.ails(MetricsSlow) {
		route, whole = metricsSlowRoute, metricsSlowWhole
	}
	switch f, stopping := n.c.find(Metrics500, n.name); {
	case age < n.c.scaled(route):
		return httpReply{status: http.StatusNotFound}
	case stopping && (f.When == WhenAlways || n.tree.exists(dcos.InstallProgress) || n.owed()):
		n.acts(Metrics500)
		return textReply(http.StatusInternalServerError, "discarded future")
	}
	m := map[string]float64{"system/cpus_total": 4, "system/load_1min": 0.42, "system/mem_total_bytes": 16 << 30, "system/mem_free_bytes": 9 << 30}
	if age >= n.c.scaled(whole) {
		fill(m, age.Seconds())
	}
	a := jsonReply(m)
	if n.runs().Compare("1.7.0") < 0 || n.ails(MetricsEscaped) { // older ones escape the slashes in names
		a.body = bytes.ReplaceAll(a.body, []byte("/"), []byte(`\/`))
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

func (n *node) masterMetrics(m map[string]float64, uptime float64) {
	ms := &n.c.mesos
	for _, k := range []string{"elected", "slaves_active", "slaves_connected", "slaves_disconnected", "slaves_inactive", "slaves_unreachable",
		"frameworks_active", "frameworks_disconnected", "frameworks_inactive", "recovery_slave_removals", "tasks_running", "tasks_unreachable"} {
		m["master/"+k] = 0
	}
	m["master/uptime_secs"] = uptime
	m["registrar/queued_operations"] = 0
	m["registrar/log/recovered"] = 1
	m["registrar/log/ensemble_size"] = float64(n.c.ensemble())
	if n.c.opt.OverlayLog {
		m["overlay/log/recovered"], m["overlay/log/ensemble_size"] = 1, float64(n.c.ensemble())
		if n.ails(OverlayStuck) {
			m["overlay/log/recovered"] = 0
		}
	}
	if n.ails(RegistrarMissing) {
		delete(m, "registrar/log/recovered")
	}
	if n.ails(EnsembleSmall) {
		m["registrar/log/ensemble_size"]--
	}
	if ms.leader != n {
		return
	}
	m["master/elected"] = 1
	if !ms.recovered {
		return
	}
	m["registrar/registry_size_bytes"] = float64(230 * len(n.c.agents()))
	m["registrar/state_fetch_ms"] = 12.5
	m["registrar/state_store_ms"] = 7.1
	m["master/frameworks_active"] = 1
	for _, a := range n.c.agents() {
		n.countAgent(m, a)
	}
	m["master/slaves_unreachable"] += float64(ms.ghosts)
}

func (n *node) countAgent(m map[string]float64, a *node) {
	r := a.agent.record
	switch {
	case r.active:
		m["master/slaves_active"]++
		m["master/slaves_connected"]++
	case r.known && !r.recovering:
		m["master/slaves_inactive"]++
		m["master/slaves_disconnected"]++
	case r.gone:
		m["master/slaves_unreachable"]++
	}
	for _, t := range a.agent.tasks {
		switch {
		case t.state == taskUnreachable:
			m["master/tasks_unreachable"]++
		case t.state == taskRunning && r.active:
			m["master/tasks_running"]++
		}
	}
}

func (n *node) agentMetrics(m map[string]float64, uptime float64) {
	a := &n.agent
	m["slave/uptime_secs"] = uptime
	m["slave/registered"] = 0
	if n.detects() {
		m["slave/registered"] = 1
	}
	m["slave/recovery_errors"] = 0
	if a.settled {
		m["slave/recovery_time_secs"] = 0.02
	}
	m["slave/tasks_running"] = float64(len(a.running()))
	m["slave/executors_running"] = m["slave/tasks_running"]
	m["slave/frameworks_active"] = 1
}

func (a *agentState) running() []*task {
	var out []*task
	for _, t := range a.tasks {
		if t.state == taskRunning || t.state == taskUnreachable {
			out = append(out, t)
		}
	}
	return out
}

// versionJSONOf is what /version of the running Mesos process says.
func (n *node) versionAnswer() map[string]any {
	v := n.master.version
	if n.role.IsAgent() {
		v = n.agent.version
	}
	of := n.c.opt.From
	if v == n.c.opt.MesosTo {
		of = n.c.opt.To
	}
	return map[string]any{"build_date": "2020-12-19 10:00:00 UTC", "build_time": 1608372000.0, "build_user": "", "git_sha": gitSHA(v, n.c.release(of)), "version": v}
}

func gitSHA(mesos string, of release) string {
	id := packageNamed(packagesOf(of), "mesos")
	return id[len("mesos--"):]
}
