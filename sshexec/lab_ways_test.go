package sshexec_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"

	"github.com/dcos-patch/dcos-patch/internal/conformance"
	"github.com/dcos-patch/dcos-patch/internal/sshd"
)

// makeCertificates has an authority sign the host key for the node cert, and a
// user's key for core. A bubble's clock begins in 2000, so they hold for ever.
func (k *keys) makeCertificates(t testing.TB) {
	t.Helper()
	k.authority, _ = newSigner(t)
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err == nil {
		k.otherHost, err = ssh.NewSignerFromKey(private)
	}
	if err != nil {
		t.Fatal(err)
	}
	sign := func(c *ssh.Certificate) {
		c.ValidBefore = ssh.CertTimeInfinity
		if err := c.SignCert(rand.Reader, k.authority); err != nil {
			t.Fatal(err)
		}
	}
	host := &ssh.Certificate{Key: k.host.PublicKey(), CertType: ssh.HostCert, ValidPrincipals: []string{"cert"}}
	sign(host)
	if k.certified, err = ssh.NewCertSigner(host, k.host); err != nil {
		t.Fatal(err)
	}
	var signer ssh.Signer
	var key ed25519.PrivateKey
	signer, key = newSigner(t)
	k.byCert = writeKey(t, filepath.Join(k.dir, "signed"), key)
	user := &ssh.Certificate{Key: signer.PublicKey(), CertType: ssh.UserCert, ValidPrincipals: []string{"core"}}
	sign(user)
	if err := os.WriteFile(k.byCert+"-cert.pub", ssh.MarshalAuthorizedKey(user), 0o600); err != nil {
		t.Fatal(err)
	}
}

// serveWays serves the nodes that are reached in ways of their own.
func (l *lab) serveWays(t testing.TB) {
	slow := newNode(&l.net)
	slow.shell = 3 * time.Second
	l.serve(t, "term:22", l.m1, func(s *sshd.Server) { s.RequireTTY = true })
	asks := newNode(&l.net)
	asks.asks = "right, said Fred"
	l.serve(t, "both:22", asks, func(s *sshd.Server) { s.RequireTTY = true })
	l.serve(t, "few:22", l.m1, func(s *sshd.Server) { s.MaxSessions = 2 })
	l.serve(t, "slow:22", l.m1, func(s *sshd.Server) { s.Slow = 10 * time.Second })
	l.serve(t, "shell:22", slow, func(*sshd.Server) {})
	l.serve(t, "busy:22", l.m1, func(s *sshd.Server) { s.MaxStartups = 2 })
	l.serve(t, "cert:22", l.m1, func(s *sshd.Server) { s.HostKey = l.certified })
	l.serve(t, "many:22", l.m1, func(s *sshd.Server) { s.FurtherHostKeys = []ssh.Signer{l.otherHost} })
	l.serve(t, "byname:22", l.m1, func(s *sshd.Server) { s.Authority = l.authority.PublicKey() })
}

// withWays adds them to a world.
func (l *lab) withWays(w conformance.World, jump []string) conformance.World {
	few, slow, shell, busy := l.target("few", jump...), l.target("slow", jump...), l.target("shell", jump...), l.target("busy", jump...)
	cert, many, byname := l.target("cert", jump...), l.target("many", jump...), l.target("byname", jump...)
	term, both := l.target("term", jump...), l.target("both", jump...)
	w.Terminal, w.AskTerminal = &term, &both
	w.Few, w.SlowDNS, w.SlowShell, w.Busy = &few, &slow, &shell, &busy
	w.Certified, w.ManyKeys, w.ByCertificate, w.CertificateIdentity = &cert, &many, &byname, l.byCert
	w.CertifiedHosts = l.file("certified_hosts", "@cert-authority * "+string(ssh.MarshalAuthorizedKey(l.authority.PublicKey()))+l.jumps())
	w.ManyKeysHosts = l.file("many_hosts", knownhosts.Line([]string{"many"}, l.otherHost.PublicKey())+"\n"+l.jumps())
	if jump == nil {
		w.Hops = l.target("m1", "jump1", "jump2").Jump
	}
	return w
}

// jumps are the known_hosts lines of the jump hosts.
func (l *lab) jumps() string {
	return knownhosts.Line([]string{"jump1", knownhosts.Normalize("jump2:2222")}, l.host.PublicKey()) + "\n"
}

func (l *lab) file(name, text string) string {
	name = filepath.Join(l.dir, name)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		panic(err)
	}
	return name
}
