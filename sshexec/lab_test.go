package sshexec_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"

	"github.com/dcos-patch/dcos-patch/internal/conformance"
	"github.com/dcos-patch/dcos-patch/internal/memnet"
	"github.com/dcos-patch/dcos-patch/internal/sshd"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

func TestConformance(t *testing.T) {
	keys := newKeys(t)
	for name, jump := range map[string][]string{"directly": nil, "through two jump hosts": {"jump1", "jump2"}} {
		t.Run(name, func(t *testing.T) {
			conformance.Run(t, conformance.Lab{Enter: func(t *testing.T, try func(*testing.T, conformance.World)) {
				synctest.Test(t, func(t *testing.T) { try(t, newLab(t, keys).world(jump)) })
			}})
		})
	}
}

// keys are made once, outside of any bubble.
type keys struct {
	host, user ssh.Signer
	authority  ssh.Signer // of certificates
	certified  ssh.Signer // host, with one for the node cert
	otherHost  ssh.Signer // a host key of another type
	byCert     string     // a user's key, with a certificate beside it
	identity   string     // file of the user's private key
	private    ed25519.PrivateKey
	dir        string
}

func newKeys(t testing.TB) keys {
	t.Helper()
	k := keys{dir: t.TempDir()}
	k.host, _ = newSigner(t)
	k.user, k.private = newSigner(t)
	k.identity = writeKey(t, filepath.Join(k.dir, "id"), k.private)
	k.makeCertificates(t)
	return k
}

func newSigner(t testing.TB) (ssh.Signer, ed25519.PrivateKey) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return s, private
}

func writeKey(t testing.TB, name string, private ed25519.PrivateKey) string {
	t.Helper()
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// lab is a network with a few nodes; node m1 is at "m1:22".
type lab struct {
	keys
	net   memnet.Network
	m1    *node
	noisy *node
}

// newLab serves the nodes until the end of the test.
func newLab(t testing.TB, k keys) *lab {
	l := &lab{keys: k}
	l.m1 = newNode(&l.net)
	m2 := newNode(&l.net)
	m2.noSudo = true
	l.serve(t, "m1:22", l.m1, func(*sshd.Server) {})
	l.serve(t, "m2:22", m2, func(s *sshd.Server) { s.RefuseForwarding = true })
	l.serve(t, "m3:22", l.m1, func(s *sshd.Server) { s.RefuseSFTP = true })
	asks := newNode(&l.net)
	asks.asks = "right, said Fred"
	l.serve(t, "m5:22", asks, func(*sshd.Server) {})
	l.noisy = newNode(&l.net)
	l.noisy.motd = "Welcome to m6!\nYou have mail.\n"
	l.serve(t, "m6:22", l.noisy, func(s *sshd.Server) { s.Banner = "Authorised users only.\n" })
	l.serveWays(t)
	l.serve(t, "jump1:22", newNode(&l.net), func(*sshd.Server) {})
	l.serve(t, "jump2:2222", newNode(&l.net), func(*sshd.Server) {})

	web := l.listen(t, "10.0.0.1:80")
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.URL.Path)
	})}
	go func() { _ = server.Serve(web) }()
	t.Cleanup(func() { server.Close() })
	return l
}

func (l *lab) listen(t testing.TB, addr string) net.Listener {
	t.Helper()
	at, err := l.net.Listen(addr)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func (l *lab) serve(t testing.TB, addr string, h sshd.Handler, change func(*sshd.Server)) {
	t.Helper()
	s := &sshd.Server{HostKey: l.host, User: "core", Authorized: []ssh.PublicKey{l.user.PublicKey()}, Handler: h}
	change(s)
	at := l.listen(t, addr)
	ended := make(chan error, 1)
	ctx := t.Context()
	go func() { ended <- s.ServeListener(ctx, at) }()
	t.Cleanup(func() { // by now ctx has ended
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// config trusts every node of the lab.
func (l *lab) config() sshexec.Config {
	var lines strings.Builder
	for _, addr := range []string{"m1:22", "m2:22", "m3:22", "m5:22", "m6:22", "term:22", "both:22", "few:22", "slow:22", "shell:22", "busy:22", "byname:22", "jump1:22", "jump2:2222"} {
		lines.WriteString(knownhosts.Line([]string{knownhosts.Normalize(addr)}, l.host.PublicKey()) + "\n")
	}
	file := filepath.Join(l.dir, "known_hosts")
	if err := os.WriteFile(file, []byte(lines.String()), 0o600); err != nil {
		panic(err)
	}
	return sshexec.Config{Identities: []string{l.identity}, KnownHosts: []string{file}, NetDial: l.net.DialContext}
}

func (l *lab) target(name string, jump ...string) sshexec.Target {
	t := sshexec.Target{Name: name, Addr: name + ":22", User: "core"}
	ports := map[string]string{"jump1": "22", "jump2": "2222"}
	for _, j := range jump {
		t.Jump = append(t.Jump, sshexec.Hop{Name: j, Addr: j + ":" + ports[j], User: "core"})
	}
	return t
}

func (l *lab) world(jump []string) conformance.World {
	m2, m3, m5, m6 := l.target("m2", jump...), l.target("m3", jump...), l.target("m5", jump...), l.target("m6", jump...)
	return l.withWays(conformance.World{
		Target: l.target("m1", jump...), Config: l.config(),
		NoSudo: &m2, NoForward: &m2, NoSFTP: &m3,
		AskSudo: &m5, SudoPassword: sshexec.NewSecret("right, said Fred"), Canary: "said Fred", Noisy: &m6,
		Web: "10.0.0.1:80", Dir: "/home", Stat: func(name string) ([]byte, fs.FileMode, error) {
			if strings.HasPrefix(name, "/tmp/noisy-") {
				return l.noisy.stat(name)
			}
			return l.m1.stat(name)
		},
		Cut:     func() { l.net.Cut("m1:22") },
		Silence: func() { l.net.Silence("m1:22") },
	}, jump)
}
