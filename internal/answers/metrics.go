package answers

// SystemMetrics are what a Mesos process has from its very start.
func SystemMetrics() map[string]float64 {
	return map[string]float64{"system/cpus_total": 4, "system/load_1min": 0.42, "system/mem_total_bytes": 16 << 30, "system/mem_free_bytes": 9 << 30}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// Metrics is the snapshot. What a standby or a leader without its registry does
// not have is absent, or 0 where Mesos says so.
func (m Master) Metrics() map[string]float64 {
	out := SystemMetrics()
	for _, k := range []string{"slaves_active", "slaves_connected", "slaves_disconnected", "slaves_inactive", "slaves_unreachable",
		"frameworks_active", "frameworks_disconnected", "frameworks_inactive", "recovery_slave_removals", "tasks_running", "tasks_unreachable"} {
		out["master/"+k] = 0
	}
	out["master/elected"] = truth(m.Leads)
	out["master/uptime_secs"] = m.Uptime.Seconds()
	out["registrar/queued_operations"] = 0
	out["registrar/log/recovered"] = truth(m.Voting)
	out["registrar/log/ensemble_size"] = float64(m.Ensemble)
	if !m.Leads || !m.Recovered {
		return out
	}
	agents := m.Agents()
	out["registrar/registry_size_bytes"] = float64(230 * len(agents))
	out["registrar/state_fetch_ms"] = 12.5
	out["registrar/state_store_ms"] = 7.1
	out["master/frameworks_active"] = 1
	out["master/slaves_unreachable"] = float64(m.Ghosts)
	for _, a := range agents {
		a.count(out)
	}
	return out
}

func (a Agent) count(out map[string]float64) {
	switch {
	case a.Phase == Registered && a.Connected && a.Inactive:
		out["master/slaves_inactive"]++
		out["master/slaves_connected"]++
	case a.Phase == Registered && a.Connected:
		out["master/slaves_active"]++
		out["master/slaves_connected"]++
	case a.Phase == Registered:
		out["master/slaves_inactive"]++
		out["master/slaves_disconnected"]++
	case a.Phase == Unreachable:
		out["master/slaves_unreachable"]++
	}
	for _, t := range a.Tasks {
		switch {
		case t.State == TaskUnreachable:
			out["master/tasks_unreachable"]++
		case t.State == TaskRunning && a.Connected:
			out["master/tasks_running"]++
		}
	}
}

// Metrics is the agent's snapshot.
func (p Process) Metrics() map[string]float64 {
	out := SystemMetrics()
	out["slave/uptime_secs"] = p.Uptime.Seconds()
	out["slave/registered"] = truth(p.Leader)
	out["slave/recovery_errors"] = 0
	out["slave/frameworks_active"] = 1
	if p.Settled {
		out["slave/recovery_time_secs"] = p.Recovery.Seconds()
	}
	running := 0.0
	for _, t := range p.Tasks {
		running += truth(t.Runs())
	}
	out["slave/tasks_running"], out["slave/executors_running"] = running, running
	return out
}
