package inventory

import (
	"slices"
	"time"
)

// Policy is what the operator allows. A zero field means "not said here":
// Merge fills it from the next wider scope, and Load from the defaults, so
// that a loaded Policy is complete.
type Policy struct {
	Width         Limit          // lanes in flight in a group
	MaxOut        Limit          // agents of the whole cluster out of service, for any reason
	Canary        []NodeName     // empty: the planner chooses; see NoCanary
	NoCanary      bool           // canary: none
	MaxFailures   Limit          // failed agents of a group before the run stops
	Spread        map[string]int // "zone": zones with lanes in flight at once
	LaunchProbe   Switch         // whether canaries must start a task and see it end
	Bake          time.Duration  // wait after a canary
	Settle        time.Duration  // wait after a node (masters: 3m)
	NoSettle      bool           // settle: none; Settle is 0 then
	SettleLeading time.Duration  // wait after the leading master
	StageParallel int            // agents fetching packages at once
	HoldLimit     time.Duration  // a HOLD longer than this is a STOP
	ExpectedRed   []string       // units and checks of masters that may be red until the masters are done, sorted
	NoExpectedRed bool           // expected_red_until: none
	Timeouts      Timeouts
}

// Timeouts are the longest waits. None kills anything on a node.
type Timeouts struct {
	Script     time.Duration // watching the patch script; afterwards it is in doubt, still running
	Exhibitor  time.Duration
	Unit       time.Duration
	Registrar  time.Duration
	Leader     time.Duration
	Ranges     time.Duration
	AgentsBack time.Duration
	Registered time.Duration
	Tasks      time.Duration
	Checks     time.Duration
	Units      time.Duration
}

// Incomplete names a field of the cluster's policy, or of a group's, that is not
// said although there is a default of it; empty when none is.
func (p Policy) Incomplete(group bool) string {
	for _, f := range policyFields() {
		if f.in(group) && f.def != nil && !f.said(p) {
			return f.name
		}
	}
	return ""
}

// Sum adds up the timeouts of these names, as inventories and the table of gates
// write them.
func (t Timeouts) Sum(names []string) time.Duration {
	var sum time.Duration
	for _, f := range policyFields() {
		if f.timeout != nil && slices.Contains(names, f.name) {
			sum += *f.timeout(&t)
		}
	}
	return sum
}
