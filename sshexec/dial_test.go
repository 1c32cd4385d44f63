package sshexec_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"

	"github.com/dcos-patch/dcos-patch/internal/sshd"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

func TestDial(t *testing.T) {
	k := newKeys(t)
	for name, try := range map[string]func(*testing.T, *lab){
		"a refusal is tried three times": func(t *testing.T, l *lab) {
			cfg, dials := counting(l.config())
			_, err := sshexec.Dial(t.Context(), l.target("m9"), cfg)
			e := dialError(t, err)
			if *dials != 3 || !errors.Is(err, syscall.ECONNREFUSED) || e.Node != "m9" || e.Addr != "m9:22" {
				t.Errorf("%d dials, %v", *dials, err)
			}
		},
		"a silent node is given up after three times fifteen seconds": func(t *testing.T, l *lab) {
			l.net.Silence("m1:22")
			start := time.Now()
			_, err := sshexec.Dial(t.Context(), l.target("m1"), l.config())
			dialError(t, err)
			if took := time.Since(start); took < 45*time.Second || took > 50*time.Second || !strings.Contains(err.Error(), "15s") {
				t.Errorf("%v after %v", err, took)
			}
		},
		"a node that is back meanwhile is reached": func(t *testing.T, l *lab) {
			l.net.Silence("m1:22")
			time.AfterFunc(20*time.Second, func() { l.net.Heal("m1:22") })
			c, err := sshexec.Dial(t.Context(), l.target("m1"), l.config())
			if err != nil {
				t.Fatal(err)
			}
			c.Close()
		},
		"a caller who has stopped dials nothing": func(t *testing.T, l *lab) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			cfg, dials := counting(l.config())
			_, err := sshexec.Dial(ctx, l.target("m1"), cfg)
			if dialError(t, err); *dials != 0 || !errors.Is(err, context.Canceled) {
				t.Errorf("%d dials, %v", *dials, err)
			}
		},
		"a caller who stops does not wait for the attempt": func(t *testing.T, l *lab) {
			l.net.Silence("m1:22")
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			start := time.Now()
			_, err := sshexec.Dial(ctx, l.target("m1"), l.config())
			if dialError(t, err); time.Since(start) != time.Second || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v after %v", err, time.Since(start))
			}
		},
		"a refused login is not tried again, and says what was offered": func(t *testing.T, l *lab) {
			cfg, dials := counting(l.config())
			target := l.target("m1")
			target.User = "nobody"
			_, err := sshexec.Dial(t.Context(), target, cfg)
			if *dials != 1 || !errors.Is(err, sshexec.ErrAuth) || !strings.Contains(err.Error(), ssh.FingerprintSHA256(l.user.PublicKey())) || !strings.Contains(err.Error(), "nobody") {
				t.Errorf("%d dials, %v", *dials, err)
			}
		},
		"the jump host that fails is named": func(t *testing.T, l *lab) {
			l.net.Silence("jump2:2222")
			l.net.Cut("jump2:2222")
			cfg := l.config()
			cfg.DialTimeout = time.Second
			_, err := sshexec.Dial(t.Context(), l.target("m1", "jump1", "jump2"), cfg)
			if e := dialError(t, err); e.Node != "m1" || e.Via != "jump2" {
				t.Errorf("node %q via %q: %v", e.Node, e.Via, err)
			}
		},
		"a key of another type is a changed key": func(t *testing.T, l *lab) {
			private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			other, err := ssh.NewSignerFromKey(private)
			if err != nil {
				t.Fatal(err)
			}
			l.serve(t, "m4:22", l.m1, func(s *sshd.Server) { s.HostKey = other })
			cfg := l.config()
			cfg.KnownHosts = []string{l.knownHosts(t, knownhosts.Line([]string{"m4"}, l.host.PublicKey()))}
			_, err = sshexec.Dial(t.Context(), l.target("m4"), cfg)
			var e *sshexec.HostKeyError
			if !errors.As(err, &e) || e.Problem != sshexec.HostKeyChanged || len(e.Want) != 1 || e.Want[0].Line != 1 || !strings.Contains(e.Sent, "ecdsa") {
				t.Errorf("%v", err)
			}
		},
		"a revoked key is refused": func(t *testing.T, l *lab) {
			line := knownhosts.Line([]string{"m1"}, l.host.PublicKey())
			cfg := l.config()
			cfg.KnownHosts = []string{l.knownHosts(t, line+"\n@revoked "+line)}
			_, err := sshexec.Dial(t.Context(), l.target("m1"), cfg)
			var e *sshexec.HostKeyError
			if !errors.As(err, &e) || e.Problem != sshexec.HostKeyRevoked || len(e.Want) != 1 || e.Want[0].Line != 2 {
				t.Errorf("%v", err)
			}
		},
		"a key known under the node's name holds for its address": func(t *testing.T, l *lab) {
			l.serve(t, "10.0.0.4:22", l.m1, func(*sshd.Server) {})
			cfg := l.config()
			cfg.KnownHosts = []string{l.knownHosts(t, knownhosts.Line([]string{"m4"}, l.host.PublicKey()))}
			c, err := sshexec.Dial(t.Context(), sshexec.Target{Name: "m4", Addr: "10.0.0.4:22", User: "core"}, cfg)
			if err != nil {
				t.Fatal(err)
			}
			c.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { try(t, newLab(t, k)) })
		})
	}
}

func dialError(t *testing.T, err error) *sshexec.DialError {
	t.Helper()
	var e *sshexec.DialError
	if !errors.As(err, &e) {
		t.Fatalf("%v (%T), want a DialError", err, err)
	}
	return e
}

// counting counts the connections that are tried.
func counting(cfg sshexec.Config) (sshexec.Config, *int) {
	n, dial := new(int), cfg.NetDial
	cfg.NetDial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		*n++
		return dial(ctx, network, addr)
	}
	return cfg, n
}

func (l *lab) knownHosts(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "known_hosts")
	if err := os.WriteFile(name, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
