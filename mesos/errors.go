package mesos

import (
	"errors"
	"fmt"
)

// Conditions to ask for with errors.Is.
var (
	// ErrNotRecovered: a master that is elected and has not read its registry
	// (its v0 endpoints answer 200 with no agents meanwhile), or an agent that
	// has not recovered. Ask again.
	ErrNotRecovered = errors.New("has not finished recovery")

	// ErrNoLeader: a standby that knows of no leading master. Ask again.
	ErrNoLeader = errors.New("no leading master is known")

	// ErrUnauthorized: 401, the token is missing or has expired, or 403, the
	// account lacks the permission.
	ErrUnauthorized = errors.New("not authorized")

	// ErrUnhealthy: the daemon answered GET_HEALTH with healthy false.
	ErrUnhealthy = errors.New("answers that it is not healthy")
)

// StatusError is an answer with a status other than 200.
type StatusError struct {
	Code int
	Body string // at most 1 KiB of it
}

func (e *StatusError) Error() string {
	if e.Body == "" {
		return fmt.Sprintf("HTTP %d", e.Code)
	}
	return fmt.Sprintf("HTTP %d: %s", e.Code, e.Body)
}

// Is tells which condition the status and Mesos's own text mean.
func (e *StatusError) Is(target error) bool { return target != nil && e.means() == target }

// UnknownOutcomeError: the answer to a call that changes something was lost, and the call may
// have been carried out, or be carried out yet. Look, before it is sent again, unless it is
// repeatable.
type UnknownOutcomeError struct {
	Call Call
	Err  error
}

func (e *UnknownOutcomeError) Error() string {
	return "no answer, so it may have been carried out: " + e.Err.Error()
}

func (e *UnknownOutcomeError) Unwrap() error { return e.Err }

// NotLeaderError is the 307 of a master that does not lead. Location
// ("//10.20.0.12:5050/master/...") is a hint and no proof: a leader that was
// restarted within its ZooKeeper session redirects to itself, and standbys
// redirect to a dead leader until its session ends.
type NotLeaderError struct {
	Location string
}

func (e *NotLeaderError) Error() string { return "not the leading master: redirects to " + e.Location }
