package sshexec_test

import (
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

// waitingAgent lists keys, and keeps who wants a signature waiting: a forwarded
// agent whose laptop is closed, or a hardware key that waits for a touch.
type waitingAgent struct {
	agent.ExtendedAgent
	asked   chan struct{} // told of every signature that is wanted
	release <-chan struct{}
}

func (a waitingAgent) SignWithFlags(ssh.PublicKey, []byte, agent.SignatureFlags) (*ssh.Signature, error) {
	a.asked <- struct{}{}
	<-a.release
	return nil, errors.New("the laptop is closed")
}

// serveWaitingAgent holds the lab's key.
func serveWaitingAgent(t *testing.T, l *lab) (socket string, asked <-chan struct{}) {
	t.Helper()
	ring := agent.NewKeyring()
	if err := ring.Add(agent.AddedKey{PrivateKey: l.private}); err != nil {
		t.Fatal(err)
	}
	a := waitingAgent{ring.(agent.ExtendedAgent), make(chan struct{}, 64), t.Context().Done()}
	socket = filepath.Join(t.TempDir(), "agent")
	serveSocket(t, socket, func(c net.Conn) { _ = agent.ServeAgent(a, c) })
	return socket, a.asked
}

func serveSocket(t *testing.T, socket string, serve func(net.Conn)) {
	t.Helper()
	at, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { at.Close() })
	go func() {
		for {
			c, err := at.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				serve(c)
			}()
		}
	}()
}

// limit is how long these tests wait for what comes at once on an idle machine.
const limit = 5 * time.Minute

// inTime fails a test where f does not return.
func inTime(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(limit):
		t.Fatalf("%s does not end", what)
	}
}

func TestASignatureThatNeverComesEndsWithTheDialTimeout(t *testing.T) {
	l := newLab(t, newKeys(t))
	socket, _ := serveWaitingAgent(t, l)
	cfg := l.config()
	cfg.Identities, cfg.AgentSocket, cfg.DialTimeout = nil, socket, 3*time.Second
	inTime(t, "the dial", func() {
		_, err := sshexec.Dial(t.Context(), l.target("m1"), cfg)
		var e *sshexec.AgentError
		if !errors.As(err, &e) || e.Socket != socket || !strings.Contains(err.Error(), socket) || !strings.Contains(err.Error(), "3s") ||
			!strings.Contains(err.Error(), ssh.FingerprintSHA256(l.user.PublicKey())) || errors.Is(err, sshexec.ErrAuth) {
			t.Errorf("%v", err)
		}
	})
}

func TestASignatureThatNeverComesEndsWithItsContext(t *testing.T) {
	l := newLab(t, newKeys(t))
	socket, asked := serveWaitingAgent(t, l)
	cfg := l.config()
	cfg.Identities, cfg.AgentSocket, cfg.DialTimeout = nil, socket, time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	inTime(t, "the dial", func() {
		if _, err := sshexec.Dial(ctx, l.target("m1"), cfg); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
}

func TestClosingAPoolEndsASignature(t *testing.T) {
	l := newLab(t, newKeys(t))
	socket, asked := serveWaitingAgent(t, l)
	cfg := l.config()
	cfg.Identities, cfg.AgentSocket, cfg.DialTimeout = nil, socket, time.Hour
	p, _ := l.pool(t, cfg)
	got := make(chan error, 1)
	go func() {
		_, err := p.Get(t.Context(), "m1")
		got <- err
	}()
	<-asked
	inTime(t, "closing", p.Close)
	if err := <-got; !errors.Is(err, sshexec.ErrClosed) {
		t.Errorf("%v", err)
	}
}

// An agent that takes the question which keys it holds, and answers nothing, is
// not waited for either when a passphrase may be needed.
func TestAnAgentThatListsNothingDoesNotHoldTheOthersUp(t *testing.T) {
	k := newKeys(t)
	l := newLab(t, k)
	socket := filepath.Join(t.TempDir(), "agent")
	serveSocket(t, socket, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	cfg := l.config()
	cfg.AgentSocket, cfg.DialTimeout = socket, 3*time.Second
	cfg.Identities = []string{ownKey(t, "locked_ed25519")}
	asked := 0
	cfg.Passphrase = func(context.Context, string, string) (sshexec.Secret, error) {
		asked++
		return sshexec.Secret{}, errors.New("the operator has gone home")
	}
	inTime(t, "the dial", func() {
		_, err := sshexec.Dial(t.Context(), l.target("m1"), cfg)
		if err == nil || !strings.Contains(err.Error(), socket) {
			t.Errorf("%v, asked %d times", err, asked)
		}
	})
}

// What a dial waits for may not know of its context: closing does not wait for
// ever.
func TestClosingAPoolIsBounded(t *testing.T) {
	k := newKeys(t)
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, k)
		cfg, stuck := l.config(), make(chan struct{})
		cfg.NetDial = func(context.Context, string, string) (net.Conn, error) {
			<-stuck
			return nil, errors.New("let go")
		}
		p := sshexec.NewPool(cfg, func(name string) (sshexec.Target, error) { return l.target(name), nil })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, _ = p.Get(ctx, "m1")
		start := time.Now()
		p.Close()
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("closing took %s", took)
		}
		close(stuck)
	})
}
