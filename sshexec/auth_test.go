package sshexec

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

func TestLoadLogin(t *testing.T) {
	dir := t.TempDir()
	plainKey, lockedKey, certified := newPrivate(t), newPrivate(t), newPrivate(t)
	plainFile := writePrivate(t, filepath.Join(dir, "plain"), plainKey, "")
	lockedFile := writePrivate(t, filepath.Join(dir, "locked"), lockedKey, "secret words")
	certFile := writePrivate(t, filepath.Join(dir, "certified"), certified, "")
	writeCertificate(t, certFile+"-cert.pub", certified)
	brokenFile := filepath.Join(dir, "broken")
	if err := os.WriteFile(brokenFile, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	socket := serveAgent(t, filepath.Join(dir, "agent"), lockedKey)

	for _, row := range []struct {
		name    string
		cfg     Config
		want    []string // types of the keys offered, in order
		skipped []string // what is said of the others
	}{
		{"a plain key is offered", Config{Identities: []string{plainFile}}, []string{"ssh-ed25519"}, nil},
		{"a certificate goes before its key", Config{Identities: []string{certFile}}, []string{ssh.CertAlgoED25519v01, "ssh-ed25519"}, nil},
		{"a locked key is left to the agent", Config{Identities: []string{lockedFile}, AgentSocket: socket}, []string{"ssh-ed25519"}, nil},
		{"a locked key that the agent has not is told", Config{Identities: []string{lockedFile}}, nil, []string{"ssh-add"}},
		{"files go before the agent", Config{Identities: []string{certFile}, AgentSocket: socket}, []string{ssh.CertAlgoED25519v01, "ssh-ed25519", "ssh-ed25519"}, nil},
		{"an agent that is gone is told", Config{AgentSocket: filepath.Join(dir, "none")}, nil, []string{"agent " + filepath.Join(dir, "none")}},
		{"a file that is no key is told", Config{Identities: []string{brokenFile, plainFile}}, []string{"ssh-ed25519"}, []string{brokenFile}},
		{"a missing file is told", Config{Identities: []string{filepath.Join(dir, "missing")}}, nil, []string{"missing"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			l := loadLogin(t.Context(), row.cfg)
			defer l.close()
			var got []string
			for _, s := range l.keys {
				got = append(got, s.PublicKey().Type())
			}
			if strings.Join(got, " ") != strings.Join(row.want, " ") {
				t.Errorf("offered %v, want %v", got, row.want)
			}
			if len(l.skipped) != len(row.skipped) {
				t.Fatalf("skipped %q, want %q", l.skipped, row.skipped)
			}
			for i, want := range row.skipped {
				if !strings.Contains(l.skipped[i], want) {
					t.Errorf("skipped %q, want it to say %q", l.skipped[i], want)
				}
			}
		})
	}
}

func TestAnAgentThatHangsIsLeftWhenItsTimeIsUp(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "agent")
	at, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer at.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		c, err := at.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		_, _ = c.Read(make([]byte, 64)) // the question, never answered
		cancel()
		_, _ = c.Read(make([]byte, 64))
	}()
	l := loadLogin(ctx, Config{AgentSocket: socket})
	defer l.close()
	if len(l.skipped) != 1 || len(l.keys) != 0 {
		t.Errorf("skipped %q, %d keys", l.skipped, len(l.keys))
	}
}

func newPrivate(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return private
}

func writePrivate(t *testing.T, name string, key ed25519.PrivateKey, passphrase string) string {
	t.Helper()
	block, err := ssh.MarshalPrivateKey(key, "")
	if passphrase != "" {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte(passphrase))
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func writeCertificate(t *testing.T, name string, key ed25519.PrivateKey) {
	t.Helper()
	authority, err := ssh.NewSignerFromKey(newPrivate(t))
	if err != nil {
		t.Fatal(err)
	}
	pub, err := ssh.NewPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	cert := &ssh.Certificate{Key: pub, CertType: ssh.UserCert, ValidPrincipals: []string{"core"}, ValidBefore: ssh.CertTimeInfinity}
	if err := cert.SignCert(rand.Reader, authority); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, ssh.MarshalAuthorizedKey(cert), 0o600); err != nil {
		t.Fatal(err)
	}
}

func serveAgent(t *testing.T, socket string, key ed25519.PrivateKey) string {
	t.Helper()
	ring := agent.NewKeyring()
	if err := ring.Add(agent.AddedKey{PrivateKey: key}); err != nil {
		t.Fatal(err)
	}
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
				_ = agent.ServeAgent(ring, c)
			}()
		}
	}()
	return socket
}
