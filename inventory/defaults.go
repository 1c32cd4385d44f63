package inventory

import (
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Every default of an inventory is in this file, or in the table of the fields of
// a policy. Show prints what they came to. Two are left to package plan, since
// they need to know the cluster: the canary, and max_out, which is
// width + max(2, 2 % of the agents).

// DefaultSSH is how nodes are reached when the inventory does not say. User is
// left empty: ~/.ssh/config or the name of who runs the program tells.
func DefaultSSH() SSH {
	return SSH{
		Port:          22,
		KnownHosts:    []string{"~/.ssh/known_hosts"},
		Config:        "~/.ssh/config",
		Dial:          15 * time.Second,
		DialAttempts:  3,
		Keepalive:     15 * time.Second,
		KeepaliveMiss: 3,
	}
}

// DefaultPolicy is the policy of the cluster, and so of its masters, for a
// target version. Masters always go one at a time, whatever Width says.
func DefaultPolicy(target dcos.Version) Policy {
	var p Policy
	for _, f := range policyFields() {
		if f.def != nil {
			f.def(&p)
		}
	}
	// Scripts of 1.11 and 2.2 wait for the node's health by themselves: 1.11 polls
	// its checks, 2.2 starts services without --no-block.
	if m := target.Minor(); m == "1.11" || m == "2.2" {
		p.Timeouts.Script = 30 * time.Minute
	}
	return p
}

// DefaultExpectedRed is what cannot be well on a master between the first and
// the last one: a patched Marathon cannot reach a leading Mesos that is not
// patched, and what depends on it is red with it.
func DefaultExpectedRed() []string {
	return []string{
		"dcos-adminrouter.service", "dcos-checks-poststart.service", "dcos-cosmos.service",
		"dcos-marathon.service", "dcos-metronome.service", "node-poststart/components_master",
	}
}

// DefaultGroupPolicy is the policy of a group of agents. It differs from the
// cluster's in two things: the next agent need not wait for the last to
// settle, and where zones are declared only one has lanes in flight.
func DefaultGroupPolicy(target dcos.Version, zones []string) Policy {
	p := DefaultPolicy(target)
	p.Settle, p.NoSettle = 0, true
	p.ExpectedRed = nil // of masters
	if len(zones) > 0 {
		p.Spread = map[string]int{zoneKey: 1}
	}
	return p
}

// DefaultGate is the demand of an operator's own gate. The span outlasts the
// usual scrape interval of Prometheus.
func DefaultGate() Gate {
	return Gate{Span: time.Minute, Every: 15 * time.Second, Within: 5 * time.Minute, Timeout: 15 * time.Second}
}
