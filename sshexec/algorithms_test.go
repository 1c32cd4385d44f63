package sshexec_test

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/dcos-patch/dcos-patch/internal/sshd"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

func TestAlgorithms(t *testing.T) {
	only := func(change func(*ssh.ServerConfig)) func(*sshd.Server) {
		return func(s *sshd.Server) { s.Configure = change }
	}
	group16 := only(func(c *ssh.ServerConfig) { c.KeyExchanges = []string{ssh.KeyExchangeDH16SHA512} })
	cbc := only(func(c *ssh.ServerConfig) { c.Ciphers = []string{ssh.InsecureCipherAES128CBC} })
	sha1 := only(func(c *ssh.ServerConfig) { c.KeyExchanges = []string{ssh.InsecureKeyExchangeDH1SHA1} })
	for _, row := range []struct {
		name   string
		server func(*sshd.Server)
		allow  sshexec.Algorithms
		says   []string // nil: there is a way in
	}{
		{"group16 is offered", group16, sshexec.Algorithms{}, nil},
		{"CBC is not, and the message tells the setting", cbc, sshexec.Algorithms{}, []string{"dcos-patch offers aes128-gcm@openssh.com, ", "the node takes aes128-cbc", "ssh: {ciphers: [aes128-cbc]}"}},
		{"CBC is when it is named", cbc, sshexec.Algorithms{Ciphers: []string{"aes128-cbc"}}, nil},
		{"group1 is not", sha1, sshexec.Algorithms{}, []string{"no key exchange in common", "the node takes diffie-hellman-group1-sha1", "ssh: {key_exchanges: [diffie-hellman-group1-sha1]}"}},
		{"group1 is when it is named", sha1, sshexec.Algorithms{KeyExchanges: []string{"diffie-hellman-group1-sha1"}}, nil},
		{"a list narrows", group16, sshexec.Algorithms{KeyExchanges: []string{"curve25519-sha256"}}, []string{"dcos-patch offers curve25519-sha256, ", "the node takes diffie-hellman-group16-sha512"}},
		{"MACs are named too", only(func(c *ssh.ServerConfig) { c.Ciphers, c.MACs = []string{"aes128-ctr"}, []string{"hmac-sha1-96"} }),
			sshexec.Algorithms{MACs: []string{"hmac-sha2-256"}}, []string{"MAC in common", "ssh: {macs: [hmac-sha1-96]}"}},
		{"host keys are named too", func(*sshd.Server) {}, sshexec.Algorithms{HostKeys: []string{"rsa-sha2-512"}}, []string{"the node takes ssh-ed25519", "ssh: {host_key_algorithms: [ssh-ed25519]}"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			l := newLoginLab(t, row.server)
			l.cfg.Identities, l.cfg.Algorithms = []string{l.identity}, row.allow
			var dials *int
			l.cfg, dials = counting(l.cfg)
			err := l.dial(t, func(*sshexec.Target) {})
			if (err == nil) != (row.says == nil) || *dials != 1 {
				t.Fatalf("%d dials, %v", *dials, err)
			}
			for _, says := range row.says {
				if !errors.Is(err, sshexec.ErrAlgorithms) || !strings.Contains(err.Error(), says) {
					t.Errorf("%v, want %q", err, says)
				}
			}
		})
	}
}
