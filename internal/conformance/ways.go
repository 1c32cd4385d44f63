package conformance

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

// ways are how operators get in: keys, certificates, jump hosts, their own
// configuration, and what their sshd is like.
var ways = map[string]func(*testing.T, World){
	"an encrypted key asks for its passphrase": func(t *testing.T, w World) {
		file := w.lockedIdentity(t, "right, said Fred")
		asked := 0
		w.Config.Identities, w.Config.AgentSocket = []string{file}, ""
		w.Config.Passphrase = func(_ context.Context, of, _ string) (sshexec.Secret, error) {
			if asked++; asked == 1 || of != file {
				return sshexec.NewSecret("wrong"), nil
			}
			return sshexec.NewSecret("right, said Fred"), nil
		}
		if _, err := run(t, w.connect(t, w.Target), "true"); err != nil || asked != 2 {
			t.Errorf("%v, asked %d times", err, asked)
		}
	},
	"an encrypted key and nobody to ask is ErrAuth": func(t *testing.T, w World) {
		w.Config.Identities, w.Config.AgentSocket = []string{w.lockedIdentity(t, "x")}, ""
		w.refused(t, sshexec.ErrAuth)
	},
	"a user's certificate logs in, and the key alone does not": func(t *testing.T, w World) {
		need(t, w.ByCertificate != nil, "log in by certificate")
		w.Target = *w.ByCertificate
		w.Target.Identities = []string{w.CertificateIdentity}
		if _, err := run(t, w.connect(t, w.Target), "true"); err != nil {
			t.Error(err)
		}
		key, err := os.ReadFile(w.CertificateIdentity)
		if err != nil {
			t.Fatal(err)
		}
		w.Target.Identities = []string{tempFile(t, string(key))}
		w.refused(t, sshexec.ErrAuth)
	},
	"a host key that a known authority has signed is the node's": func(t *testing.T, w World) {
		need(t, w.Certified != nil, "have a signed host key")
		w.Target, w.Config.KnownHosts = *w.Certified, []string{w.CertifiedHosts}
		if _, err := run(t, w.connect(t, w.Target), "true"); err != nil {
			t.Error(err)
		}
		other, _ := newKey(t)
		w.Config.KnownHosts = []string{tempFile(t, "@cert-authority * "+string(ssh.MarshalAuthorizedKey(other)))}
		w.refused(t, sshexec.ErrHostKey)
	},
	"of several host keys the known one is asked for": func(t *testing.T, w World) {
		need(t, w.ManyKeys != nil, "have several host keys")
		w.Config.KnownHosts = []string{w.ManyKeysHosts}
		if _, err := run(t, w.connect(t, *w.ManyKeys), "true"); err != nil {
			t.Error(err)
		}
	},
	"two jump hosts are gone through": func(t *testing.T, w World) {
		need(t, len(w.Hops) == 2, "have two jump hosts")
		w.Target.Jump = slices.Clone(w.Hops)
		c := w.connect(t, w.Target)
		if out, err := run(t, c, "echo", "from behind"); out != "from behind\n" || err != nil {
			t.Errorf("%q, %v", out, err)
		}
		w.Target.Jump[1].Addr = "127.0.0.1:1"
		if e := wantAs[*sshexec.DialError](t, dialled(t, w)); e.Via != w.Hops[1].Name {
			t.Errorf("via %q, want the second jump host named: %v", e.Via, e)
		}
	},
	"an ssh configuration says the way": func(t *testing.T, w World) {
		host, port, err := net.SplitHostPort(w.Target.Addr)
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprintf("Host alias\n  HostName %s\n  Port %s\n  User %s\n  IdentityFile %s\n  UserKnownHostsFile %s\n", host, port, w.Target.User, w.Config.Identities[0], w.Config.KnownHosts[0])
		for i, h := range w.Hops {
			hop, hopPort, err := net.SplitHostPort(h.Addr)
			if err != nil {
				t.Fatal(err)
			}
			text += fmt.Sprintf("Host hop%d\n  HostName %s\n  Port %s\n  User %s\n  IdentityFile %s\n  UserKnownHostsFile %s\n", i, hop, hopPort, h.User, w.Config.Identities[0], w.Config.KnownHosts[0])
		}
		if len(w.Hops) == 2 {
			text += "Host alias\n  ProxyJump hop0,hop1\n"
		}
		said, err := sshexec.ReadSSHConfig(tempFile(t, text))
		if err != nil {
			t.Fatal(err)
		}
		if w.Target, err = said.Complete(sshexec.Target{Name: "alias"}); err != nil {
			t.Fatal(err)
		}
		w.Config.Identities, w.Config.KnownHosts, w.Config.AgentSocket = nil, nil, ""
		if _, err := run(t, w.connect(t, w.Target), "true"); err != nil || len(w.Target.Jump) != len(w.Hops) {
			t.Errorf("%v, through %d jump hosts", err, len(w.Target.Jump))
		}
	},
	"an sshd of two sessions is never asked for more than it gives": func(t *testing.T, w World) {
		need(t, w.Few != nil, "have few sessions")
		c := w.connect(t, *w.Few)
		atOnce(t, c, 10)
		if w.Dir != "" {
			if err := c.Put(limited(t), sshexec.PutFile{Content: pattern(100_000), Dst: path.Join(w.Dir, "few"), Mode: 0o600}); err != nil {
				t.Error(err)
			}
		}
	},
	"an sshd that waits for its name service is waited for": func(t *testing.T, w World) {
		need(t, w.SlowDNS != nil, "have a name service that is down")
		start := time.Now()
		if _, err := run(t, w.connect(t, *w.SlowDNS), "true"); err != nil || time.Since(start) < 2*time.Second {
			t.Errorf("%v after %s; want seconds to have passed", err, time.Since(start))
		}
	},
	"an sshd to which too many have not logged in yet is asked again": func(t *testing.T, w World) {
		need(t, w.Busy != nil, "hang up on too many")
		dial := w.Config.NetDial
		if dial == nil {
			dial = (&net.Dialer{}).DialContext
		}
		for range 2 { // who say nothing
			idle, err := dial(t.Context(), "tcp", w.Busy.Addr)
			if err != nil {
				t.Fatal(err)
			}
			time.AfterFunc(3*time.Second, func() { idle.Close() })
		}
		start := time.Now()
		if _, err := run(t, w.connect(t, *w.Busy), "true"); err != nil || time.Since(start) < 2*time.Second {
			t.Errorf("%v after %s; want it to have been sat out", err, time.Since(start))
		}
	},
	"a login shell that takes its time is timed": func(t *testing.T, w World) {
		need(t, w.SlowShell != nil, "have a slow login shell")
		c := w.connect(t, *w.SlowShell)
		if _, err := run(t, c, "true"); err != nil || c.ShellTook() < 2*time.Second || c.ShellTook() > 10*time.Second {
			t.Errorf("%v, the shell took %s", err, c.ShellTook())
		}
	},
}

// lockedIdentity is the world's key under a passphrase.
func (w World) lockedIdentity(t *testing.T, passphrase string) string {
	t.Helper()
	text, err := os.ReadFile(w.Config.Identities[0])
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.ParseRawPrivateKey(text)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte(passphrase))
	if err != nil {
		t.Fatal(err)
	}
	return tempFile(t, strings.TrimSpace(string(pem.EncodeToMemory(block)))+"\n")
}

// dialled wants no connection to the target, and gives the reason.
func dialled(t *testing.T, w World) error {
	t.Helper()
	c, err := sshexec.Dial(limited(t), w.Target, w.Config)
	if err == nil {
		c.Close()
		err = errors.New("connected")
	}
	return err
}
