package sshexec

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
	xknownhosts "golang.org/x/crypto/ssh/knownhosts"
)

// hostKeys checks the host key of one node against known_hosts files.
type hostKeys struct {
	db    *knownDB // nil: no file is there
	files []string
	learn string
	told  func(addr, fingerprint string) // of a key that was learned; may be nil
	addr  string                         // the "host:port" the key is looked up under
	name  string                         // likewise the node's name, for a certificate that names it; may be empty
	known []string                       // algorithms of the keys that it may have
	algos []string                       // those of them that the configuration allows
}

func loadHostKeys(cfg Config, name, addr string) (*hostKeys, error) {
	if alias := cfg.settings.HostKeyAlias; alias != "" { // whatever the port, as in OpenSSH
		name, addr = "", net.JoinHostPort(alias, "22")
	}
	h := &hostKeys{learn: expandHome(cfg.LearnTo), told: cfg.Learned, addr: addr}
	for _, f := range append(slices.Clone(cfg.KnownHosts), cfg.LearnTo) {
		if f = expandHome(f); f != "" && !slices.Contains(h.files, f) {
			h.files = append(h.files, f)
		}
	}
	db, err := cfg.known.open(h.files)
	if err != nil {
		return nil, err
	}
	h.db = db
	h.algos = db.algorithms(addr)
	if _, port, err := net.SplitHostPort(addr); err == nil && name != "" {
		h.name = net.JoinHostPort(name, port)
		if len(h.algos) == 0 {
			if algos := db.algorithms(h.name); len(algos) > 0 {
				h.addr, h.algos = h.name, algos
			}
		}
	}
	h.known, h.algos = h.algos, allowed(h.algos, cfg.Algorithms.HostKeys)
	return h, nil
}

// allowed are the known algorithms that may be used; where none is, those that
// may: then the node's key is told apart from the one that is known.
func allowed(known, may []string) []string {
	if len(may) == 0 {
		return known
	}
	both := slices.DeleteFunc(slices.Clone(known), func(name string) bool { return !slices.Contains(may, name) })
	if len(both) == 0 {
		return may
	}
	return both
}

// check is an ssh.HostKeyCallback. It looks the key up under the address it was
// made for, whatever the connection goes through.
func (h *hostKeys) check(_ string, _ net.Addr, key ssh.PublicKey) error {
	err := h.db.HostKeyCallback()(h.addr, unseen(h.addr), key)
	if err == nil {
		return nil
	}
	if cert, ok := key.(*ssh.Certificate); ok {
		return h.checkCertificate(cert, err)
	}
	return h.judge(key, err, h.learn != "")
}

// judge says what an error about a plain key means, or learns the key.
func (h *hostKeys) judge(key ssh.PublicKey, err error, learn bool) error {
	bad := &HostKeyError{Addr: h.addr, Sent: fingerprint(key), Files: h.files}
	var mismatch *xknownhosts.KeyError
	var revoked *xknownhosts.RevokedError
	switch {
	case errors.As(err, &revoked):
		bad.Problem, bad.Want = HostKeyRevoked, []KnownKey{known(revoked.Revoked)}
	case errors.As(err, &mismatch) && len(mismatch.Want) > 0:
		bad.Problem, bad.Want = HostKeyChanged, allKnown(mismatch.Want)
	case errors.As(err, &mismatch):
		if learn {
			return h.add(key)
		}
		bad.Problem = HostKeyUnknown
	default:
		return fmt.Errorf("%w: %w", ErrHostKey, err)
	}
	return bad
}

// checkCertificate judges one that does not hold for the address: it may be made
// out to the node's name. One whose signer is no authority for the node is as good
// as the plain key in it, as in OpenSSH; that key is learned only where no authority
// is known for the node at all.
func (h *hostKeys) checkCertificate(cert *ssh.Certificate, err error) error {
	if h.name != "" && h.name != h.addr {
		byName := h.db.HostKeyCallback()(h.name, unseen(h.name), cert)
		if byName == nil {
			return nil
		}
		err = byName
	}
	refused := fmt.Errorf("%w: its certificate, signed by %s, does not hold for %s: %w", ErrHostKey, fingerprint(cert.SignatureKey), h.addr, err)
	signer, others := h.authority(cert.SignatureKey)
	if signer || cert.CertType != ssh.HostCert || h.revokes(cert.SignatureKey) {
		return refused
	}
	plain := h.db.HostKeyCallback()(h.addr, unseen(h.addr), cert.Key)
	switch {
	case plain == nil:
		return nil
	case others && !h.revokes(cert.Key):
		return refused
	}
	return h.judge(cert.Key, plain, h.learn != "")
}

// authority says whether a key is an authority for the node, and whether others
// are.
func (h *hostKeys) authority(key ssh.PublicKey) (it, others bool) {
	for _, addr := range []string{h.addr, h.name} {
		if addr == "" {
			continue
		}
		for _, known := range h.db.HostKeys(addr) {
			it = it || known.Cert && bytes.Equal(known.Marshal(), key.Marshal())
			others = others || known.Cert
		}
	}
	return it, others
}

// revokes says whether a line marks a key as @revoked.
func (h *hostKeys) revokes(key ssh.PublicKey) bool {
	var revoked *xknownhosts.RevokedError
	return errors.As(h.db.HostKeyCallback()(h.addr, unseen(h.addr), key), &revoked)
}

// add appends the key to the file that learns.
func (h *hostKeys) add(key ssh.PublicKey) error {
	f, err := os.OpenFile(h.learn, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("adding the host key of %s: %w", h.addr, err)
	}
	line := knownhosts.Line([]string{knownhosts.Normalize(h.addr)}, key) + "\n"
	_, err = f.WriteString(line)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("adding the host key of %s: %w", h.addr, err)
	}
	if h.told != nil {
		h.told(h.addr, fingerprint(key))
	}
	return nil
}

// explain turns a failed handshake into ErrHostKey when the node no longer has
// a key of a type that known_hosts has.
func (h *hostKeys) explain(err error) error {
	var none *ssh.AlgorithmNegotiationError
	if len(h.known) == 0 || !errors.As(err, &none) || !slices.Equal(none.SupportedAlgorithms, h.algos) {
		return err
	}
	if slices.ContainsFunc(none.RequestedAlgorithms, func(name string) bool { return slices.Contains(h.known, name) }) {
		return err // it has the key that is known, and the configuration does not allow it
	}
	var want []KnownKey
	var mismatch *xknownhosts.KeyError
	if errors.As(h.db.HostKeyCallback()(h.addr, unseen(h.addr), noKey{}), &mismatch) {
		want = allKnown(mismatch.Want)
	}
	return &HostKeyError{Addr: h.addr, Problem: HostKeyChanged, Files: h.files, Want: want,
		Sent: "only " + said(strings.Join(none.RequestedAlgorithms, ", "))}
}

func known(k xknownhosts.KnownKey) KnownKey {
	return KnownKey{File: k.Filename, Line: k.Line, Key: fingerprint(k.Key)}
}

func allKnown(keys []xknownhosts.KnownKey) []KnownKey {
	all := make([]KnownKey, len(keys))
	for i, k := range keys {
		all[i] = known(k)
	}
	slices.SortFunc(all, func(a, b KnownKey) int {
		return strings.Compare(a.String(), b.String())
	})
	return all
}

func fingerprint(key ssh.PublicKey) string {
	return key.Type() + " " + ssh.FingerprintSHA256(key)
}

// unseen is an address as known_hosts wants one; it is never looked up, since
// an address is given beside it.
type unseen string

func (unseen) Network() string  { return "tcp" }
func (u unseen) String() string { return string(u) }

// noKey is no node's key: asking for it lists the keys a node may have.
type noKey struct{}

func (noKey) Type() string                        { return "none" }
func (noKey) Marshal() []byte                     { return nil }
func (noKey) Verify([]byte, *ssh.Signature) error { return errors.New("no key") }
