package sshexec

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/crypto/ssh"
)

// identity is what a key file holds. It may be a public key alone, whose private
// half an agent has.
type identity struct {
	public ssh.PublicKey // nil: not known before the passphrase is
	signer ssh.Signer    // nil: err says why
	locked bool          // there is a private key, and it has a passphrase
	pem    []byte        // of a locked one
	certs  []*ssh.Certificate
	err    error
}

// keyFileMost bounds what is read of a file that may be anything.
const keyFileMost = 1 << 20

// readKeyFile reads a file of a key. A pipe or a device could keep us waiting.
func readKeyFile(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > keyFileMost {
		return nil, fmt.Errorf("%s is not the file of a key", file)
	}
	return os.ReadFile(file)
}

// readIdentity reads a private key, or a public one, and what stands beside it:
// FILE.pub, and FILE-cert.pub.
func readIdentity(file string) identity {
	file = expandHome(file)
	var id identity
	pem, err := readKeyFile(file)
	if err != nil {
		id.err = err
	} else {
		id.parse(pem)
	}
	if id.signer != nil || id.locked {
		if err := exposed(file); err != nil {
			id.signer, id.locked, id.pem, id.err = nil, false, nil, err
		}
	}
	if id.public == nil && (id.err == nil || id.locked || !errors.Is(id.err, fs.ErrNotExist) || exists(file+".pub")) {
		if beside, _ := readPublic(file + ".pub"); beside != nil {
			id.public = beside
		}
	}
	if id.public != nil && id.err != nil && !id.locked {
		id.err = fmt.Errorf("its private key cannot be read, and no agent that is asked holds it: %w", id.err)
	}
	id.readCertificate(file)
	return id
}

// parse takes a private key or a public one.
func (id *identity) parse(text []byte) {
	var missing *ssh.PassphraseMissingError
	signer, err := parsePrivate(text, nil)
	switch {
	case err == nil:
		id.signer, id.public = signer, signer.PublicKey()
	case errors.As(err, &missing):
		id.locked, id.pem, id.public, id.err = true, text, missing.PublicKey, err
	default:
		id.err = err
		if public, _, _, _, perr := ssh.ParseAuthorizedKey(text); perr == nil {
			id.public, id.err = public, errors.New("it is a public key")
			id.takeCertificate(public)
		}
	}
}

// takeCertificate has a file that names a certificate stand for its key.
func (id *identity) takeCertificate(public ssh.PublicKey) {
	if cert, ok := public.(*ssh.Certificate); ok {
		id.public, id.certs = cert.Key, append(id.certs, cert)
	}
}

// readCertificate reads FILE-cert.pub, which need not be there.
func (id *identity) readCertificate(file string) {
	cert, err := readCertificate(file + "-cert.pub")
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		id.signer, id.locked, id.err = nil, false, err
	case id.public == nil:
		id.public = cert.Key
		fallthrough
	case bytes.Equal(cert.Key.Marshal(), id.public.Marshal()):
		id.certs = append(id.certs, cert)
	default:
		id.signer, id.locked, id.err = nil, false, fmt.Errorf("%s-cert.pub is of another key", file)
	}
}

func readCertificate(file string) (*ssh.Certificate, error) {
	public, err := readPublic(expandHome(file))
	if err != nil {
		return nil, err
	}
	cert, ok := public.(*ssh.Certificate)
	if !ok {
		return nil, fmt.Errorf("%s is no certificate", file)
	}
	return cert, nil
}

func readPublic(file string) (ssh.PublicKey, error) {
	text, err := readKeyFile(file)
	if err != nil {
		return nil, err
	}
	public, _, _, _, err := ssh.ParseAuthorizedKey(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return public, nil
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
