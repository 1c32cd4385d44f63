package mesos

import (
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Call is a call of the v1 operator API that a Client can make.
type Call struct {
	Name       string
	Writes     bool
	Repeatable bool         // when its answer was lost it may be sent again, without another look
	Because    string       // why it is, or is not; REC: a recording of a real Mesos
	Since      dcos.Version // of Mesos
	Refused    []error      // what Mesos says against it, besides what it says against every call
}

// In reports whether a Mesos of a version has the call. One that does not answers
// ErrUnknownCall.
func (c Call) In(v dcos.Version) bool { return v.Compare(c.Since) >= 0 }

// The calls that change something.
const (
	updateSchedule   = "UPDATE_MAINTENANCE_SCHEDULE"
	startMaintenance = "START_MAINTENANCE"
	stopMaintenance  = "STOP_MAINTENANCE"
	drainAgent       = "DRAIN_AGENT"
	deactivateAgent  = "DEACTIVATE_AGENT"
	reactivateAgent  = "REACTIVATE_AGENT"
	markAgentGone    = "MARK_AGENT_GONE"
)

// Calls are all of them.
func Calls() []Call {
	machine := []error{ErrNoMachines, ErrNamelessMachine, ErrMachineIP, ErrDuplicateMachine}
	of := func(more ...error) []error { return append(more, machine...) }
	calls := []Call{
		{updateSchedule, true, false, "replaces the whole schedule, and so what somebody else has posted since", "1.0.0", of(ErrMachineDown, ErrNegativeDuration)},
		{startMaintenance, true, false, "refused of a machine that is down (REC 218), and takes down one that somebody has scheduled again", "1.0.0", of(ErrNotScheduled, ErrNotDraining)},
		{stopMaintenance, true, false, "refused of a machine that is up (REC 230), and brings up one that somebody else has taken down since", "1.0.0", of(ErrNotScheduled, ErrNotDown)},
		{drainAgent, true, false, "overwrites the options of the first, and a drained agent drains again (REC 261, 269)", "1.9.0", []error{ErrUnknownAgent, ErrScheduled}},
		{deactivateAgent, true, true, "changes nothing the second time (REC 451)", "1.9.0", []error{ErrUnknownAgent}},
		{reactivateAgent, true, false, "refused the second time (REC 273), and undoes what somebody else has deactivated since", "1.9.0", []error{ErrNotDeactivated, ErrDraining}},
		{markAgentGone, true, true, "changes nothing the second time (REC 307), and cannot be undone", "1.5.0", []error{ErrUnknownAgent}},
	}
	for _, read := range []struct {
		name  string
		since dcos.Version
	}{
		{"GET_AGENTS", "1.0.0"},
		{"GET_TASKS", "1.0.0"},
		{"GET_HEALTH", "1.0.0"},
		{"GET_FRAMEWORKS", "1.0.0"},
		{"GET_QUOTA", "1.0.0"},
		{"GET_MAINTENANCE_SCHEDULE", "1.0.0"},
		{"GET_MAINTENANCE_STATUS", "1.0.0"},
		{"GET_AGENT", "1.2.0"},
		{"GET_OPERATIONS", "1.5.0"},
	} {
		calls = append(calls, Call{Name: read.name, Repeatable: true, Because: "changes nothing", Since: read.since})
	}
	return calls
}

// CallNamed finds a call; one that there is not has no name.
func CallNamed(name string) Call {
	for _, c := range Calls() {
		if c.Name == name {
			return c
		}
	}
	return Call{}
}

// WriteTimeout is for how long the answer to a call that writes is awaited: longer than
// DC/OS's registry_store_timeout of 60 s, after which a leader without a quorum aborts.
const WriteTimeout = 90 * time.Second
