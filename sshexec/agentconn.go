package sshexec

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// listPatience is how long an agent may take to list its keys, which needs no
// person. It is not more than half of a dial timeout: other keys may do.
const listPatience = 5 * time.Second

func agentPatience(cfg Config) time.Duration { return min(listPatience, cfg.DialTimeout/2) }

// agentConn is a connection to an ssh agent and the keys that it lists. It ends
// with the context that it was made with. A nil one is no agent.
type agentConn struct {
	socket  string
	signers []ssh.Signer
	conn    net.Conn
	stop    func() bool
}

// askAgent connects to an agent and has it list its keys.
func askAgent(ctx context.Context, socket string, patience time.Duration) (*agentConn, error) {
	inTime, cancel := ctx, context.CancelFunc(func() {})
	if patience > 0 {
		inTime, cancel = context.WithTimeoutCause(ctx, patience, fmt.Errorf("it does not list its keys within %s", patience))
	}
	defer cancel()
	c, err := (&net.Dialer{}).DialContext(inTime, "unix", expandHome(socket))
	if err != nil {
		return nil, orCause(inTime, err)
	}
	hangUp := context.AfterFunc(inTime, func() { c.Close() })
	signers, err := agent.NewClient(c).Signers()
	if listed := hangUp(); err != nil || !listed {
		_ = c.Close()
		return nil, orCause(inTime, err)
	}
	return &agentConn{socket: socket, signers: signers, conn: c, stop: context.AfterFunc(ctx, func() { c.Close() })}, nil
}

func (a *agentConn) close() {
	if a != nil {
		a.stop()
		_ = a.conn.Close()
	}
}

func (a *agentConn) keys() []ssh.Signer {
	if a == nil {
		return nil
	}
	return a.signers
}

// signer is the agent's for a public key; nil: it has none.
func (a *agentConn) signer(public ssh.PublicKey) ssh.Signer {
	for _, s := range a.keys() {
		if public != nil && bytes.Equal(s.PublicKey().Marshal(), public.Marshal()) {
			return s
		}
	}
	return nil
}

// agentSocket is where the agent is asked; "" is nowhere.
func (c Config) agentSocket() string {
	switch at := c.settings.Agent; at {
	case "":
		return c.AgentSocket
	case NoAgent:
		return ""
	case "SSH_AUTH_SOCK":
		return os.Getenv("SSH_AUTH_SOCK")
	default:
		return at
	}
}

// from is the agent, for people.
func (a *agentConn) from() string { return "agent " + a.socket }
