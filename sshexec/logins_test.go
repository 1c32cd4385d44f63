package sshexec_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/dcos-patch/dcos-patch/internal/sshd"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// loginLab is a node of its own, and a configuration without any key.
type loginLab struct {
	*lab
	cfg sshexec.Config
	dir string
}

func newLoginLab(t *testing.T, change func(*sshd.Server)) *loginLab {
	t.Helper()
	l := &loginLab{lab: newLab(t, newKeys(t)), dir: t.TempDir()}
	l.serve(t, "m4:22", l.m1, change)
	l.cfg = l.config()
	l.cfg.Identities, l.cfg.LearnTo = nil, l.cfg.KnownHosts[0]
	return l
}

func (l *loginLab) dial(t *testing.T, change func(*sshexec.Target)) error {
	t.Helper()
	target := l.target("m4")
	change(&target)
	var err error
	inTime(t, "the dial", func() {
		var c *sshexec.Conn
		if c, err = sshexec.Dial(t.Context(), target, l.cfg); c != nil {
			c.Close()
		}
	})
	return err
}

// agentOf serves an agent that holds the keys, in their order.
func (l *loginLab) agentOf(t *testing.T, keys ...ed25519.PrivateKey) {
	t.Helper()
	ring := agent.NewKeyring()
	for _, k := range keys {
		if err := ring.Add(agent.AddedKey{PrivateKey: k}); err != nil {
			t.Fatal(err)
		}
	}
	l.cfg.AgentSocket = filepath.Join(t.TempDir(), "agent")
	serveSocket(t, l.cfg.AgentSocket, func(c net.Conn) { _ = agent.ServeAgent(ring, c) })
}

// others are n keys that no node takes.
func others(t *testing.T, n int) []ed25519.PrivateKey {
	var keys []ed25519.PrivateKey
	for range n {
		_, k := newSigner(t)
		keys = append(keys, k)
	}
	return keys
}

func (l *loginLab) write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(l.dir, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func threeTries(s *sshd.Server) {
	s.Configure = func(c *ssh.ServerConfig) { c.MaxAuthTries = 3 }
}

func authError(t *testing.T, err error) *sshexec.AuthError {
	t.Helper()
	var e *sshexec.AuthError
	if !errors.As(err, &e) || !errors.Is(err, sshexec.ErrAuth) {
		t.Fatalf("%v, want an AuthError", err)
	}
	return e
}

func TestANamedKeyOfAFullAgentIsOfferedFirst(t *testing.T) {
	l := newLoginLab(t, threeTries)
	public := string(ssh.MarshalAuthorizedKey(l.user.PublicKey()))
	named := l.write(t, "ops", "-----BEGIN OPENSSH PRIVATE KEY-----\nnot here\n-----END OPENSSH PRIVATE KEY-----\n")
	l.write(t, "ops.pub", public)
	l.agentOf(t, append(others(t, 9), l.private)...)
	for name, target := range map[string]func(*sshexec.Target){
		"as a public key":                      func(x *sshexec.Target) { x.Identities = []string{named + ".pub"} },
		"as a key file beside which it stands": func(x *sshexec.Target) { x.Identities = []string{named} },
		"as a key file that is only there as FILE.pub": func(x *sshexec.Target) {
			x.Identities = []string{l.write(t, "gone.pub", public)[:len(l.dir)+len("/gone")]}
		},
		"as the only one that may be offered": func(x *sshexec.Target) {
			x.Defaults, x.IdentitiesOnly = []string{named}, true
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := l.dial(t, target); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAFullAgentIsAFailureToLogIn(t *testing.T) {
	l := newLoginLab(t, threeTries)
	l.agentOf(t, append(others(t, 9), l.private)...)
	e := authError(t, l.dial(t, func(*sshexec.Target) {}))
	if !e.Ended || len(e.Offered) < 3 || !strings.Contains(e.Error(), "MaxAuthTries") || !strings.Contains(e.Error(), l.cfg.AgentSocket) || !strings.Contains(e.Error(), "the node takes publickey") {
		t.Errorf("%v", e)
	}
}

func TestDefaultKeysAreTriedWhenTheyAreThere(t *testing.T) {
	l := newLoginLab(t, func(*sshd.Server) {})
	missing := filepath.Join(l.dir, "id_rsa")
	if err := l.dial(t, func(x *sshexec.Target) { x.Defaults = []string{missing, l.identity} }); err != nil {
		t.Error(err)
	}
	e := authError(t, l.dial(t, func(x *sshexec.Target) { x.Defaults = []string{missing} }))
	if len(e.Skipped) != 0 || !strings.Contains(e.Error(), "no key to log in with") {
		t.Errorf("%v", e)
	}
}

func TestAPassphraseIsAskedForWhenTheNodeAcceptsTheKey(t *testing.T) {
	accepts := func(file string) func(*sshd.Server) {
		return func(s *sshd.Server) { s.Authorized = []ssh.PublicKey{publicOf(t, file)} }
	}
	for _, row := range []struct {
		name, file, public string
		accepted           bool
		asked              int
		says               string
	}{
		{"one of OpenSSH", "locked_ed25519", "", true, 1, ""},
		{"one that it does not accept", "locked_ed25519", "", false, 0, "accepted none of our keys"},
		{"PKCS #8, of which FILE.pub tells", "pkcs8_aes256", "pkcs8.pub", true, 1, ""},
		{"PKCS #8 of old", "pkcs8_des3", "pkcs8.pub", true, 1, ""},
		{"PKCS #8 that cannot be read", "pkcs8_scrypt", "pkcs8.pub", true, 1, "ssh-keygen -p"},
	} {
		t.Run(row.name, func(t *testing.T) {
			file := "testdata/" + row.file
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			public := publicOf(t, file)
			l := newLoginLab(t, func(*sshd.Server) {})
			if row.accepted {
				l = newLoginLab(t, accepts(file))
			}
			file = l.write(t, "id", string(text))
			l.write(t, "id.pub", string(ssh.MarshalAuthorizedKey(public)))
			asked := 0
			l.cfg.Passphrase = func(context.Context, string, string) (sshexec.Secret, error) {
				asked++
				return sshexec.NewSecret("right"), nil
			}
			err = l.dial(t, func(x *sshexec.Target) { x.Defaults = []string{file} })
			if asked != row.asked || (err == nil) != (row.says == "") {
				t.Fatalf("asked %d times, %v", asked, err)
			}
			if err != nil && !strings.Contains(authError(t, err).Error(), row.says) {
				t.Errorf("%v, want %q", err, row.says)
			}
		})
	}
}

// ownKey is a copy of a key of testdata that nobody else may read.
func ownKey(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// publicOf is the public half of a key of testdata.
func publicOf(t *testing.T, file string) ssh.PublicKey {
	t.Helper()
	if strings.Contains(file, "pkcs8") {
		file = "testdata/pkcs8.pub"
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	public, _, _, _, err := ssh.ParseAuthorizedKey(text)
	if err == nil {
		return public
	}
	key, err := ssh.ParsePrivateKeyWithPassphrase(text, []byte("right"))
	if err != nil {
		t.Fatal(err)
	}
	return key.PublicKey()
}

func TestAnEncryptedPKCS8KeyThatIsNamedAsksAndMayBeMistyped(t *testing.T) {
	l := newLoginLab(t, func(s *sshd.Server) { s.Authorized = []ssh.PublicKey{publicOf(t, "pkcs8")} })
	asked := 0
	l.cfg.Passphrase = func(_ context.Context, _, why string) (sshexec.Secret, error) {
		if asked++; asked == 1 {
			return sshexec.NewSecret("wrong"), nil
		}
		if !strings.Contains(why, "not its passphrase") {
			t.Errorf("why: %q", why)
		}
		return sshexec.NewSecret("right"), nil
	}
	file := ownKey(t, "pkcs8_aes256")
	if err := l.dial(t, func(x *sshexec.Target) { x.Identities = []string{file} }); err != nil || asked != 2 {
		t.Errorf("%v, asked %d times", err, asked)
	}
}

// wantsThen has a node want something more after the key.
func wantsThen(next ssh.ServerAuthCallbacks) func(*sshd.Server) {
	return func(s *sshd.Server) {
		s.Configure = func(c *ssh.ServerConfig) {
			c.PublicKeyCallback = func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
				if string(key.Marshal()) != string(s.Authorized[0].Marshal()) {
					return nil, errors.New("not that one")
				}
				return nil, &ssh.PartialSuccessError{Next: next}
			}
		}
	}
}

func TestANodeThatWantsMoreThanAKeySaysSo(t *testing.T) {
	l := newLoginLab(t, wantsThen(ssh.ServerAuthCallbacks{PasswordCallback: func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) { return nil, nil }}))
	e := authError(t, l.dial(t, func(x *sshexec.Target) { x.Identities = []string{l.identity} }))
	if !e.Partial || strings.Contains(e.Error(), "accepted none") || !strings.Contains(e.Error(), "wants password as well") || !strings.Contains(e.Error(), "AuthenticationMethods") {
		t.Errorf("%v", e)
	}
}

func TestANodeThatWantsTwoKeysHasThem(t *testing.T) {
	second, private := newSigner(t)
	l := newLoginLab(t, wantsThen(ssh.ServerAuthCallbacks{PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		if string(key.Marshal()) != string(second.PublicKey().Marshal()) {
			return nil, errors.New("not that one")
		}
		return nil, nil
	}}))
	other := writeKey(t, filepath.Join(l.dir, "second"), private)
	if err := l.dial(t, func(x *sshexec.Target) { x.Identities = []string{l.identity, other} }); err != nil {
		t.Error(err)
	}
}

func TestANodeThatWantsAnotherKeySaysSo(t *testing.T) {
	l := newLoginLab(t, wantsThen(ssh.ServerAuthCallbacks{PublicKeyCallback: func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) { return nil, errors.New("no") }}))
	e := authError(t, l.dial(t, func(x *sshexec.Target) { x.Identities = []string{l.identity} }))
	if !strings.Contains(e.Error(), "wants another key as well") {
		t.Errorf("%v", e)
	}
}

func TestANodeThatTakesNoKeysSaysSo(t *testing.T) {
	l := newLoginLab(t, func(s *sshd.Server) {
		s.Configure = func(c *ssh.ServerConfig) {
			c.PublicKeyCallback = nil
			c.PasswordCallback = func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) { return nil, errors.New("no") }
		}
	})
	e := authError(t, l.dial(t, func(x *sshexec.Target) { x.Identities = []string{l.identity} }))
	if !strings.Contains(e.Error(), "the node takes no keys") || !strings.Contains(e.Error(), "the node takes password") {
		t.Errorf("%v", e)
	}
}

// refusingAgent is one whose person says no.
type refusingAgent struct{ agent.ExtendedAgent }

func (refusingAgent) SignWithFlags(ssh.PublicKey, []byte, agent.SignatureFlags) (*ssh.Signature, error) {
	return nil, errors.New("no")
}

func TestAKeyThatTheAgentDoesNotSignWithLeavesTheOthers(t *testing.T) {
	second, private := newSigner(t)
	l := newLoginLab(t, func(s *sshd.Server) { s.Authorized = append(s.Authorized, second.PublicKey()) })
	ring := agent.NewKeyring()
	if err := ring.Add(agent.AddedKey{PrivateKey: l.private}); err != nil {
		t.Fatal(err)
	}
	l.cfg.AgentSocket = filepath.Join(l.dir, "agent")
	serveSocket(t, l.cfg.AgentSocket, func(c net.Conn) { _ = agent.ServeAgent(refusingAgent{ring.(agent.ExtendedAgent)}, c) })
	e := authError(t, l.dial(t, func(*sshexec.Target) {}))
	if !strings.Contains(e.Error(), "the node accepts it, and it does not sign") {
		t.Errorf("%v", e)
	}
	if err := l.dial(t, func(x *sshexec.Target) { x.Defaults = []string{writeKey(t, filepath.Join(l.dir, "second"), private)} }); err != nil {
		t.Error(err)
	}
}

func TestACertificateOfItsOwnFileIsOfferedWithTheKeyOfTheAgent(t *testing.T) {
	l := newLoginLab(t, func(*sshd.Server) {})
	l.serve(t, "m8:22", l.m1, func(s *sshd.Server) { s.Authority = l.authority.PublicKey() })
	text, err := os.ReadFile(l.byCert)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := ssh.ParseRawPrivateKey(text)
	if err != nil {
		t.Fatal(err)
	}
	l.agentOf(t, append(others(t, 3), *raw.(*ed25519.PrivateKey))...)
	at := func(x *sshexec.Target) { *x = l.target("m8"); x.Certificates = []string{l.byCert + "-cert.pub"} }
	if err := l.dial(t, at); err != nil {
		t.Error(err)
	}
	authError(t, l.dial(t, func(x *sshexec.Target) { *x = l.target("m8") }))
}

func TestAPipeIsNoKeyFile(t *testing.T) {
	l := newLoginLab(t, func(*sshd.Server) {})
	e := authError(t, l.dial(t, func(x *sshexec.Target) { x.Identities = []string{"/dev/zero"} }))
	if !strings.Contains(e.Error(), "not the file of a key") {
		t.Errorf("%v", e)
	}
}
