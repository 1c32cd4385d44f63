package mesos

import (
	"errors"
	"fmt"
)

// Conditions that errors.Is finds in a *StatusError.
var (
	ErrNotRecovered = errors.New("has not finished recovery") // 503 of a master (or agent) that is elected (or up) and cannot work yet
	ErrNoLeader     = errors.New("no leader elected")         // 503 of a standby that knows no leader
	ErrUnhealthy    = errors.New("answers that it is not healthy")
)

// StatusError is an answer with another status than 200.
type StatusError struct {
	Code int
	Body string // at most 1 KiB of it
}

func (e *StatusError) Error() string { return fmt.Sprintf("HTTP %d: %s", e.Code, e.Body) }

// NotLeaderError is the redirect of a standby. Location is only a hint: a
// master restarted within its ZooKeeper session redirects to itself.
type NotLeaderError struct{ Location string }

func (e *NotLeaderError) Error() string { return "not the leading master: redirects to " + e.Location }
