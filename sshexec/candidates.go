package sshexec

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"golang.org/x/crypto/ssh"
)

// collect puts the keys in the order in which they are offered: few servers
// listen to more than six (MaxAuthTries). First those that are named, whether a
// file or the agent signs for them, then the agent's others, then the defaults.
func (l *login) collect(cfg Config) {
	certs := l.certificates(cfg.settings.Certificates)
	for _, file := range cfg.Identities {
		l.addFile(cfg, file, certs, true)
	}
	for _, s := range l.agent.keys() {
		l.addCertified(s, l.agent.from(), certs)
		if !cfg.settings.IdentitiesOnly {
			l.add(&key{Signer: s, from: l.agent.from(), ofAgent: true})
		}
	}
	for _, file := range cfg.settings.Defaults {
		l.addFile(cfg, file, certs, false)
	}
}

func (l *login) certificates(files []string) []*ssh.Certificate {
	var all []*ssh.Certificate
	for _, file := range files {
		if cert, err := readCertificate(file); err != nil {
			l.skip(file, err)
		} else {
			all = append(all, cert)
		}
	}
	return all
}

// addFile adds the key of a file, its certificates before it. A default one need
// not be there.
func (l *login) addFile(cfg Config, file string, certs []*ssh.Certificate, named bool) {
	id := cfg.unlocked.read(l.ctx, file)
	k := key{Signer: l.agent.signer(id.public), from: file}
	switch {
	case k.Signer != nil:
		k.from, k.ofAgent = file+", in "+l.agent.from(), true
	case id.signer != nil:
		k.Signer = id.signer
	case id.locked && id.public != nil && cfg.Passphrase != nil:
		k.Signer, k.lockedFile = publicOnly{id.public}, file
	case !named && errors.Is(id.err, fs.ErrNotExist):
		return
	default:
		if !l.agentCertificate(id) {
			l.skip(file, id.err)
		}
		return
	}
	for _, cert := range slices.Concat(certs, id.certs) {
		if bytes.Equal(cert.Key.Marshal(), k.PublicKey().Marshal()) {
			l.addCertificate(cert, k)
		}
	}
	l.add(&k)
}

// agentCertificate adds the agent's own certificate for a key that is named, when
// it holds the key only so.
func (l *login) agentCertificate(id identity) bool {
	found := false
	for _, s := range l.agent.keys() {
		cert, ok := s.PublicKey().(*ssh.Certificate)
		if ok && id.public != nil && bytes.Equal(cert.Key.Marshal(), id.public.Marshal()) {
			l.add(&key{Signer: s, from: l.agent.from(), ofAgent: true})
			found = true
		}
	}
	return found
}

// addCertified adds certificates whose private key the agent holds.
func (l *login) addCertified(s ssh.Signer, from string, certs []*ssh.Certificate) {
	for _, cert := range certs {
		if bytes.Equal(cert.Key.Marshal(), s.PublicKey().Marshal()) {
			l.addCertificate(cert, key{Signer: s, from: from, ofAgent: true})
		}
	}
}

func (l *login) addCertificate(cert *ssh.Certificate, k key) {
	signer, err := ssh.NewCertSigner(cert, k.Signer)
	if err != nil {
		l.skip(k.from, err)
		return
	}
	k.Signer = signer
	l.add(&k)
}

// add adds a key once.
func (l *login) add(k *key) {
	blob := k.PublicKey().Marshal()
	if !slices.ContainsFunc(l.keys, func(have *key) bool { return bytes.Equal(have.PublicKey().Marshal(), blob) }) {
		l.keys = append(l.keys, k)
	}
}

func (l *login) skip(what string, err error) {
	var locked *ssh.PassphraseMissingError
	if errors.As(err, &locked) {
		err = fmt.Errorf("has a passphrase, and there is no terminal to ask for it; add it to the agent: ssh-add %s", what)
	}
	l.skipped = append(l.skipped, fmt.Sprintf("%s: %v", what, err))
}
