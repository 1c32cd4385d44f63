package mesos

import (
	"errors"
	"net/http"
	"strings"
)

// What Mesos says against calls that change something, to ask for with errors.Is.
// After any of these nothing has changed.
var (
	// ErrUnknownCall: this Mesos does not have the call.
	ErrUnknownCall = errors.New("this Mesos does not have the call")

	// ErrMalformed: the call cannot be read. Mesos has another format, or the mistake is ours.
	ErrMalformed = errors.New("the call is not as Mesos reads it")

	// ErrUnknownAgent: no agent has the id, or it is gone.
	ErrUnknownAgent = errors.New("no agent has this id")

	// ErrScheduled: an agent that is in the maintenance schedule is not drained.
	ErrScheduled = errors.New("the agent's machine is in the maintenance schedule")

	// ErrDraining: an agent is not reactivated before its drain has ended.
	ErrDraining = errors.New("the agent is still draining")

	// ErrNotDeactivated: there is nothing to reactivate, or no agent has the id.
	ErrNotDeactivated = errors.New("the agent is not deactivated")

	// ErrNotScheduled: no agent has announced this machine, and no window has it.
	ErrNotScheduled = errors.New("the machine is not in the maintenance schedule")

	// ErrNotDraining: a machine that is not scheduled, or that is down, is not taken down.
	ErrNotDraining = errors.New("the machine is not scheduled, or down already")

	// ErrNotDown: a machine that is not down is not brought up.
	ErrNotDown = errors.New("the machine is not down")

	// ErrMachineDown: the new schedule lacks a machine that is down.
	ErrMachineDown = errors.New("a machine that is down must stay in the schedule")

	// ErrDuplicateMachine: a machine is named twice; case does not matter.
	ErrDuplicateMachine = errors.New("a machine is named twice")

	// ErrNoMachines: a window, or the call, names none.
	ErrNoMachines = errors.New("no machine is named")

	// ErrNamelessMachine: a machine has neither hostname nor IP.
	ErrNamelessMachine = errors.New("a machine has neither hostname nor IP")

	// ErrMachineIP: the IP of a machine is no IPv4 address.
	ErrMachineIP = errors.New("the IP of a machine is not an IPv4 address")

	// ErrNegativeDuration: a window ends before it begins.
	ErrNegativeDuration = errors.New("a window has a negative duration")
)

// answer is a status, how Mesos's text to it begins, and what it says.
type answer struct {
	is          error
	code        int
	begins, has string
}

// answers are in the order in which they are tried. An empty text is any.
func answers() []answer {
	const bad = http.StatusBadRequest
	return []answer{
		{ErrUnauthorized, http.StatusUnauthorized, "", ""},
		{ErrUnauthorized, http.StatusForbidden, "", ""},
		{ErrNotRecovered, http.StatusServiceUnavailable, "Master has not finished recovery", ""},
		{ErrNotRecovered, http.StatusServiceUnavailable, "Agent has not finished recovery", ""},
		{ErrNoLeader, http.StatusServiceUnavailable, "No leader elected", ""},

		{ErrUnknownAgent, bad, "Unknown agent", ""},
		{ErrUnknownAgent, http.StatusNotFound, "Agent '", "' not found"},
		{ErrDraining, bad, "Agent is still in the DRAINING state", ""},
		{ErrNotDeactivated, bad, "Agent is not deactivated", ""},
		{ErrScheduled, bad, "Agent ", " is part of a maintenance schedule"},
		{ErrNotScheduled, bad, "Machine '", "' is not part of a maintenance schedule"},
		{ErrNotDraining, bad, "Machine '", "' is not in DRAINING mode and cannot be brought down"},
		{ErrNotDown, bad, "Machine '", "' is not in DOWN mode and cannot be brought up"},
		{ErrMachineDown, bad, "Machine '", "' is deactivated and cannot be removed from the schedule"},
		{ErrDuplicateMachine, bad, "Machine '", "' appears more than once in the schedule"},
		{ErrNoMachines, bad, "List of machines is empty", ""},
		{ErrNoMachines, bad, "List of machines in the maintenance window is empty", ""},
		{ErrNamelessMachine, bad, "Both 'hostname' and 'ip' for a machine are empty", ""},
		{ErrMachineIP, bad, "Failed to parse IPv4: ", ""},
		{ErrNegativeDuration, bad, "Unavailability 'duration' is negative", ""},

		{ErrUnknownCall, bad, "Failed to validate ", "::Call: Expecting 'type' to be present"},
		{ErrMalformed, bad, "Failed to validate ", ""},
		{ErrMalformed, bad, "Failed to parse body into JSON", ""},
		{ErrMalformed, bad, "Failed to convert JSON into Call protobuf", ""},
		{ErrMalformed, bad, "Expecting 'Content-Type' to be present", ""},
		{ErrMalformed, bad, "Missing required fields: ", ""}, // from here on, v0
		{ErrMalformed, bad, "syntax error at line ", ""},
		{ErrMalformed, bad, "Unexpected JSON type parsed", ""},
		{ErrMalformed, bad, "Not expecting a JSON ", ""},
		{ErrMalformed, http.StatusUnsupportedMediaType, "", ""},
		{ErrMalformed, http.StatusNotAcceptable, "", ""},
		{ErrMalformed, http.StatusMethodNotAllowed, "", ""},
	}
}

// means is the condition that an answer means, or nil.
func (e *StatusError) means() error {
	for _, a := range answers() {
		if e.Code == a.code && strings.HasPrefix(e.Body, a.begins) && strings.Contains(e.Body, a.has) {
			return a.is
		}
	}
	return nil
}
