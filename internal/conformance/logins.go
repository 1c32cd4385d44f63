package conformance

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"strings"
	"testing"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

var logins = map[string]func(*testing.T, World){
	"an unknown host key is refused, with what to do": func(t *testing.T, w World) {
		w.Config.KnownHosts = []string{tempFile(t, "# nobody\n")}
		e := w.refusedHostKey(t)
		if e.Problem != sshexec.HostKeyUnknown || !strings.Contains(e.Error(), w.Config.KnownHosts[0]) || !strings.Contains(e.Sent, "SHA256:") {
			t.Errorf("%v, want unknown, the file and the fingerprint", e)
		}
	},
	"no known_hosts file at all is an unknown host key": func(t *testing.T, w World) {
		w.Config.KnownHosts = nil
		if e := w.refusedHostKey(t); e.Problem != sshexec.HostKeyUnknown {
			t.Errorf("%v, want unknown", e)
		}
	},
	"a changed host key is refused, naming the line": func(t *testing.T, w World) {
		other, _ := newKey(t)
		file := tempFile(t, "# first line\n"+knownhosts.Line([]string{knownhosts.Normalize(w.Target.Addr)}, other)+"\n")
		w.Config.KnownHosts = []string{file}
		w.Config.LearnTo = file // which must not make a difference
		e := w.refusedHostKey(t)
		if e.Problem != sshexec.HostKeyChanged || !strings.Contains(e.Error(), file+":2") || !strings.Contains(e.Error(), ssh.FingerprintSHA256(other)) {
			t.Errorf("%v, want changed, %s:2 and the fingerprint known", e, file)
		}
	},
	"an unknown host key is learned when asked to, and holds from then on": func(t *testing.T, w World) {
		file := tempFile(t, "")
		var told []string
		w.Config.KnownHosts, w.Config.LearnTo = []string{file}, file
		w.Config.Learned = func(addr, fingerprint string) { told = append(told, addr+" "+fingerprint) }
		w.connect(t, w.Target)
		if len(told) == 0 || !strings.HasPrefix(told[len(told)-1], w.Target.Addr+" ") || !strings.Contains(told[len(told)-1], " SHA256:") {
			t.Errorf("told of %q, want the key of %s", told, w.Target.Addr)
		}
		w.Config.LearnTo = ""
		w.connect(t, w.Target)
	},
	"a key the node does not take is ErrAuth": func(t *testing.T, w World) {
		_, private := newKey(t)
		w.Config.Identities, w.Config.AgentSocket = []string{tempFile(t, private)}, ""
		w.refused(t, sshexec.ErrAuth)
	},
	"no key at all is ErrAuth": func(t *testing.T, w World) {
		w.Config.Identities, w.Config.AgentSocket = nil, ""
		w.refused(t, sshexec.ErrAuth)
	},
}

func (w World) refusedHostKey(t *testing.T) *sshexec.HostKeyError {
	t.Helper()
	return wantAs[*sshexec.HostKeyError](t, w.refused(t, sshexec.ErrHostKey))
}

// refused dials, and wants to be turned away for that reason.
func (w World) refused(t *testing.T, want error) error {
	t.Helper()
	c, err := sshexec.Dial(limited(t), w.Target, w.Config)
	if err == nil {
		c.Close()
		t.Fatalf("connected, want %q", want)
	}
	if e := wantAs[*sshexec.DialError](t, err); !errors.Is(err, want) || e.Node != w.Target.Name {
		t.Errorf("%v, want %q of %s", err, want, w.Target.Name)
	}
	return err
}

// newKey is a key nobody knows: public, and private as a file holds it.
func newKey(t *testing.T) (ssh.PublicKey, string) {
	t.Helper()
	pub, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	return key, string(pem.EncodeToMemory(block))
}
