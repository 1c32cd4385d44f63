package sshexec

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/ssh"
)

// An sshd that allows fewer sessions than we want at once (MaxSessions) refuses
// the next one, and counts a session for a moment longer than it lasts. So it
// is asked again, less and less often.
const (
	sessionPatience  = time.Minute
	sessionFirstWait = 50 * time.Millisecond
	sessionLastWait  = time.Second
)

// openSession opens a channel for a command or for SFTP, waiting for a session
// to be free. Nothing was run when it gives an error: an ErrNoSession when none
// was free for a minute.
func (c *Conn) openSession(ctx context.Context) (ssh.Channel, <-chan *ssh.Request, error) {
	for wait, waited := sessionFirstWait, time.Duration(0); ; wait = min(2*wait, sessionLastWait) {
		ch, requests, err := c.open(ctx, "session", nil)
		var refused *ssh.OpenChannelError
		if !errors.As(err, &refused) {
			return ch, requests, err
		}
		if refused.Reason == ssh.Prohibited || waited >= sessionPatience {
			return nil, nil, fmt.Errorf("%w: %w", ErrNoSession, err)
		}
		again := time.NewTimer(wait)
		select {
		case <-again.C:
			waited += wait
		case <-c.done:
			again.Stop()
			return nil, nil, c.Err()
		case <-ctx.Done():
			again.Stop()
			return nil, nil, fmt.Errorf("%w: %w", ErrNoSession, context.Cause(ctx))
		}
	}
}
