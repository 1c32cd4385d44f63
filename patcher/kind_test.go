package patcher

import (
	"errors"
	"testing"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

// What fails at the login is not a matter of reaching the node.
func TestWhatFailsAtTheLoginIsNotUnreachable(t *testing.T) {
	for want, err := range map[string]error{
		"auth":       &sshexec.AuthError{Ended: true},
		"agent":      &sshexec.AgentError{Socket: "/agent", Err: errors.New("no answer within 15s")},
		"algorithms": &sshexec.AlgorithmError{What: "client to server cipher"},
		"shell":      &sshexec.NotRunError{Err: sshexec.ErrShell},
		"dial":       errors.New("connection refused"),
	} {
		if got := kind(&sshexec.DialError{Node: "a1", Err: err}); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
}
