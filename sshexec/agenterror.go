package sshexec

import (
	"errors"
	"fmt"
)

// ErrAgent is an ssh agent that does not answer. A new attempt may find it answering again.
var ErrAgent = errors.New("the ssh agent does not answer")

// AgentError is a login that ended because the agent did not answer in time. It
// is an ErrAgent, not an ErrAuth: the node has refused nothing.
type AgentError struct {
	Socket string // of the agent
	Key    string // type and fingerprint of the key that should have signed; "": it did not list its keys
	Err    error  // why the waiting ended
}

func (e *AgentError) Error() string {
	if e.Key == "" {
		return fmt.Sprintf("the ssh agent at %s does not list its keys: %v", e.Socket, e.Err)
	}
	return fmt.Sprintf("the ssh agent at %s lists %s and does not sign with it: %v (a key that waits for a touch or a confirmation, or a forwarded agent that is gone)",
		e.Socket, e.Key, e.Err)
}

// Unwrap makes it an ErrAgent that still tells why.
func (e *AgentError) Unwrap() []error { return []error{ErrAgent, e.Err} }
