package sshexec_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"

	"github.com/dcos-patch/dcos-patch/internal/sshd"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// TestHostCertificates is about nodes whose host keys an authority has signed.
func TestHostCertificates(t *testing.T) {
	k := newKeys(t)
	authority, _ := newSigner(t)
	other, _ := newSigner(t)
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ecdsaAuthority, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	line := func(mark, hosts string, s ssh.Signer) string {
		return mark + knownhosts.Line([]string{hosts}, s.PublicKey()) + "\n"
	}
	for _, row := range []struct {
		name  string
		by    ssh.Signer
		cert  ssh.Certificate
		known string
		says  string // "" is accepted
	}{
		{"one for this node holds", authority, ssh.Certificate{ValidPrincipals: []string{"10.0.0.4"}}, line("@cert-authority ", "10.0.0.4", authority), ""},
		{"an authority for all holds", authority, ssh.Certificate{ValidPrincipals: []string{"10.0.0.4"}}, line("@cert-authority ", "*", authority), ""},
		{"an authority's key may be of another type", ecdsaAuthority, ssh.Certificate{ValidPrincipals: []string{"10.0.0.4"}}, line("@cert-authority ", "*", ecdsaAuthority), ""},
		{"one for the node's name holds for its address", authority, ssh.Certificate{ValidPrincipals: []string{"m4"}}, line("@cert-authority ", "*", authority), ""},
		{"one for another node does not", authority, ssh.Certificate{ValidPrincipals: []string{"m5"}}, line("@cert-authority ", "*", authority), "principal"},
		{"an expired one does not", authority, ssh.Certificate{ValidPrincipals: []string{"m4"}, ValidBefore: 1}, line("@cert-authority ", "*", authority), "expired"},
		{"one of another authority does not", other, ssh.Certificate{ValidPrincipals: []string{"m4"}}, line("@cert-authority ", "*", authority), "authorit"},
		{"one of a revoked authority does not", authority, ssh.Certificate{ValidPrincipals: []string{"m4"}}, line("@cert-authority ", "*", authority) + line("@revoked ", "*", authority), "revoked"},
		{"a certificate for users does not", authority, ssh.Certificate{CertType: ssh.UserCert, ValidPrincipals: []string{"m4"}}, line("@cert-authority ", "*", authority), "certificate"},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cert := row.cert
				cert.Key = k.host.PublicKey()
				if cert.CertType == 0 {
					cert.CertType = ssh.HostCert
				}
				if cert.ValidBefore == 0 {
					cert.ValidBefore = uint64(time.Now().Add(time.Hour).Unix())
				}
				if err := cert.SignCert(rand.Reader, row.by); err != nil {
					t.Fatal(err)
				}
				signer, err := ssh.NewCertSigner(&cert, k.host)
				if err != nil {
					t.Fatal(err)
				}
				l := newLab(t, k)
				l.serve(t, "10.0.0.4:22", l.m1, func(s *sshd.Server) { s.HostKey = signer })
				cfg := l.config()
				cfg.KnownHosts = []string{l.knownHosts(t, row.known)}
				cfg.LearnTo = cfg.KnownHosts[0] // which must not make a difference
				c, err := sshexec.Dial(t.Context(), sshexec.Target{Name: "m4", Addr: "10.0.0.4:22", User: "core"}, cfg)
				if c != nil {
					c.Close()
				}
				if (err == nil) != (row.says == "") {
					t.Fatalf("%v", err)
				}
				if err != nil && (!errors.Is(err, sshexec.ErrHostKey) || !strings.Contains(err.Error(), row.says)) {
					t.Errorf("%v, want an ErrHostKey that says %q", err, row.says)
				}
			})
		})
	}
}

// TestAHostCertificateOfAnAuthorityThatIsNotKnown is as good as the plain key.
func TestAHostCertificateOfAnAuthorityThatIsNotKnown(t *testing.T) {
	k := newKeys(t)
	authority, _ := newSigner(t)
	other, _ := newSigner(t)
	plain := func(s ssh.Signer) string { return knownhosts.Line([]string{"10.0.0.4"}, s.PublicKey()) + "\n" }
	for _, row := range []struct {
		name, known string
		learn       bool
		problem     sshexec.HostKeyProblem
		says        string // "" is accepted
	}{
		{"the plain key is known", plain(k.host), false, 0, ""},
		{"the plain key is known, and an authority that did not sign", plain(k.host) + "@cert-authority * " + string(ssh.MarshalAuthorizedKey(other.PublicKey())), false, 0, ""},
		{"nothing is known", "", false, sshexec.HostKeyUnknown, "is not known"},
		{"nothing is known, and keys are learned", "", true, 0, ""},
		{"an authority is known, and keys are learned", "@cert-authority * " + string(ssh.MarshalAuthorizedKey(other.PublicKey())), true, sshexec.HostKeyUnknown, "does not hold"},
		{"the signer is revoked", plain(k.host) + "@revoked " + knownhosts.Line([]string{"*"}, authority.PublicKey()) + "\n", true, 0, "does not hold"},
		{"the plain key is revoked", plain(k.host) + "@revoked " + plain(k.host), true, sshexec.HostKeyRevoked, "is revoked"},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cert := ssh.Certificate{Key: k.host.PublicKey(), CertType: ssh.HostCert, ValidPrincipals: []string{"10.0.0.4"}, ValidBefore: ssh.CertTimeInfinity}
				if err := cert.SignCert(rand.Reader, authority); err != nil {
					t.Fatal(err)
				}
				signer, err := ssh.NewCertSigner(&cert, k.host)
				if err != nil {
					t.Fatal(err)
				}
				l := newLab(t, k)
				l.serve(t, "10.0.0.4:22", l.m1, func(s *sshd.Server) { s.HostKey = signer })
				cfg := l.config()
				cfg.KnownHosts = []string{l.knownHosts(t, row.known)}
				cfg.Algorithms.HostKeys = []string{ssh.CertAlgoED25519v01} // so that the certificate is sent
				if row.learn {
					cfg.LearnTo = cfg.KnownHosts[0]
				}
				c, err := sshexec.Dial(t.Context(), sshexec.Target{Name: "m4", Addr: "10.0.0.4:22", User: "core"}, cfg)
				if c != nil {
					c.Close()
				}
				if (err == nil) != (row.says == "") {
					t.Fatalf("%v", err)
				}
				if err != nil && (!errors.Is(err, sshexec.ErrHostKey) || !strings.Contains(err.Error(), row.says)) {
					t.Errorf("%v, want an ErrHostKey that says %q", err, row.says)
				}
				var e *sshexec.HostKeyError
				if errors.As(err, &e) && e.Problem != row.problem {
					t.Errorf("problem %v, want %v: %v", e.Problem, row.problem, err)
				}
			})
		})
	}
}

func TestAnAliasOfTheHostKeyIsWhatIsLookedUp(t *testing.T) {
	k := newKeys(t)
	other, _ := newSigner(t)
	known := knownhosts.Line([]string{"alias"}, k.host.PublicKey()) + "\n" + knownhosts.Line([]string{"changed"}, other.PublicKey()) + "\n" + knownhosts.Line([]string{"[m4]:2222"}, k.host.PublicKey()) + "\n"
	for alias, says := range map[string]string{"": "", "alias": "", "changed": "the host key of changed:22 has changed", "nowhere": "the host key of nowhere:22 is not known"} {
		t.Run(alias, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLab(t, k)
				l.serve(t, "m4:2222", l.m1, func(*sshd.Server) {})
				cfg := l.config()
				cfg.KnownHosts = []string{l.knownHosts(t, known)}
				c, err := sshexec.Dial(t.Context(), sshexec.Target{Name: "m4", Addr: "m4:2222", User: "core", Settings: sshexec.Settings{HostKeyAlias: alias}}, cfg)
				if c != nil {
					c.Close()
				}
				if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
					t.Errorf("%v, want %q", err, says)
				}
			})
		})
	}
}
