package inventory

import "time"

// policyFields is the table of the fields of a policy, in the order in which they
// are shown. Every default of a policy is in it.
func policyFields() []policyField {
	type P = Policy
	type T = Timeouts
	return []policyField{
		limitField("width", anyScope, Count(1), 1, func(p *P) *Limit { return &p.Width }, "nodes of a group in flight"),
		limitField("max_failures", anyScope, Count(0), 0, func(p *P) *Limit { return &p.MaxFailures }, "failed agents of a group before the run stops; of masters and canaries always none"),
		probeField(),
		timeField("bake", anyScope, 15*time.Minute, func(p *P) *time.Duration { return &p.Bake }, "wait after a canary"),
		settleField(), spreadField(), canaryField(),
		limitField("max_out", ofCluster, Limit{}, 1, func(p *P) *Limit { return &p.MaxOut }, "agents of the whole cluster out of service, for any reason; without it width + max(2, 2 % of the agents)"),
		timeField("settle_leading", ofCluster, 5*time.Minute, func(p *P) *time.Duration { return &p.SettleLeading }, "wait after the leading master"),
		parallelField(),
		timeField("hold_limit", ofCluster, 30*time.Minute, func(p *P) *time.Duration { return &p.HoldLimit }, "a HOLD longer than this is a STOP"),
		expectedRedField(),
		timeoutField("script", anyScope, 15*time.Minute, func(t *T) *time.Duration { return &t.Script }, "watching the patch script, which is never killed: 15m, for 1.11 and 2.2 30m"),
		timeoutField("registered", anyScope, 10*time.Minute, func(t *T) *time.Duration { return &t.Registered }, "until an agent is back at the leader"),
		timeoutField("tasks", anyScope, 5*time.Minute, func(t *T) *time.Duration { return &t.Tasks }, "until its tasks run again"),
		timeoutField("checks", anyScope, 5*time.Minute, func(t *T) *time.Duration { return &t.Checks }, "until its health checks are green"),
		timeoutField("units", anyScope, 3*time.Minute, func(t *T) *time.Duration { return &t.Units }, "until its units are up"),
		timeoutField("exhibitor", ofCluster, 10*time.Minute, func(t *T) *time.Duration { return &t.Exhibitor }, "until a master's ZooKeeper and Exhibitor serve"),
		timeoutField("unit", ofCluster, 5*time.Minute, func(t *T) *time.Duration { return &t.Unit }, "until its Mesos unit and version are right"),
		timeoutField("registrar", ofCluster, 5*time.Minute, func(t *T) *time.Duration { return &t.Registrar }, "until its replicated log has recovered"),
		timeoutField("leader", ofCluster, 5*time.Minute, func(t *T) *time.Duration { return &t.Leader }, "until the leading master works"),
		timeoutField("ranges", ofCluster, 20*time.Minute, func(t *T) *time.Duration { return &t.Ranges }, "until CockroachDB has all of its ranges"),
		timeoutField("agents_back", ofCluster, 9*time.Minute, func(t *T) *time.Duration { return &t.AgentsBack }, "until the agents are back at a new leader; Mesos gives them up at 10m"),
	}
}
