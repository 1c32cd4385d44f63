package sshexec

import (
	"errors"
	"io"

	"golang.org/x/crypto/ssh"
)

// key is one that a login may offer.
type key struct {
	ssh.Signer
	from       string // file or agent, for people
	ofAgent    bool
	lockedFile string // it cannot sign before the passphrase of this file is known

	wanted bool  // the node accepts it: a signature was asked for
	err    error // why there was none
}

func (k *key) String() string { return fingerprint(k.PublicKey()) + " (" + k.from + ")" }

// offer is a key in the hands of x/crypto, which asks it to sign when the node
// accepts it.
type offer struct {
	*key
	login *login
}

func (o *offer) Sign(rand io.Reader, data []byte) (*ssh.Signature, error) {
	return o.SignWithAlgorithm(rand, data, "")
}

func (o *offer) SignWithAlgorithm(rand io.Reader, data []byte, algorithm string) (*ssh.Signature, error) {
	o.wanted = true
	var s *ssh.Signature
	if with, ok := o.Signer.(ssh.AlgorithmSigner); ok {
		s, o.err = with.SignWithAlgorithm(rand, data, algorithm)
	} else {
		s, o.err = o.Signer.Sign(rand, data)
	}
	if o.err != nil && o.ofAgent && o.login.ctx.Err() != nil {
		o.login.hung = o.key
	}
	return s, o.err
}

// publicOnly is a key whose private half is not known yet.
type publicOnly struct{ key ssh.PublicKey }

var errLocked = errors.New("its passphrase is not known yet")

func (p publicOnly) PublicKey() ssh.PublicKey                       { return p.key }
func (p publicOnly) Sign(io.Reader, []byte) (*ssh.Signature, error) { return nil, errLocked }
