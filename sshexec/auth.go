package sshexec

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// login is how we show who we are, for one handshake.
type login struct {
	signers []ssh.Signer
	skipped []string // keys we could not use, and why
	agent   net.Conn // signs until closed; nil: no agent
}

// loadLogin reads key files first, then asks the agent: few servers listen to
// more than six keys, and those named are the likelier ones.
func loadLogin(ctx context.Context, cfg Config) *login {
	l := &login{}
	for _, file := range cfg.Identities {
		if signers, err := cfg.unlocked.read(file); err != nil {
			l.skip(file, err)
		} else {
			l.signers = append(l.signers, signers...)
		}
	}
	if cfg.AgentSocket != "" {
		if err := l.askAgent(ctx, cfg.AgentSocket); err != nil {
			l.skip("agent "+cfg.AgentSocket, err)
		}
	}
	return l
}

func (l *login) askAgent(ctx context.Context, socket string) error {
	c, err := (&net.Dialer{}).DialContext(ctx, "unix", expandHome(socket))
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { c.Close() })()
	l.agent = c
	signers, err := agent.NewClient(c).Signers()
	l.signers = append(l.signers, signers...)
	return err
}

func (l *login) skip(what string, err error) {
	var locked *ssh.PassphraseMissingError
	if errors.As(err, &locked) {
		err = fmt.Errorf("has a passphrase, and there is no terminal to ask for it; add it to the agent: ssh-add %s", what)
	}
	l.skipped = append(l.skipped, fmt.Sprintf("%s: %v", what, err))
}

func (l *login) close() {
	if l.agent != nil {
		_ = l.agent.Close()
	}
}

// next is an ssh.ClientConfig.AuthCallback: our keys, once.
func (l *login) next(c *ssh.ClientAuthContext) (ssh.AuthMethod, error) {
	tried := append(slices.Clone(c.TriedMethods), c.PartialSuccessMethods...)
	if len(l.signers) > 0 && slices.Contains(c.AllowedMethods, "publickey") && !slices.Contains(tried, "publickey") {
		return ssh.PublicKeys(l.signers...), nil
	}
	return nil, l.refused(c)
}

func (l *login) refused(c *ssh.ClientAuthContext) error {
	offered := make([]string, len(l.signers))
	for i, s := range l.signers {
		offered[i] = fingerprint(s.PublicKey())
	}
	if len(offered) == 0 {
		offered = []string{"no key at all"}
	}
	text := fmt.Sprintf("login %q offered %s; the node takes %s", c.Metadata.User(), strings.Join(offered, ", "), said(strings.Join(c.AllowedMethods, ", ")))
	if len(l.skipped) > 0 {
		text += "; not used: " + strings.Join(l.skipped, ", ")
	}
	return fmt.Errorf("%w: %s", ErrAuth, text)
}

// readIdentity reads a private key, and its certificate when there is one,
// which is offered first.
func readIdentity(file string) ([]ssh.Signer, error) {
	file = expandHome(file)
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	key, err := ssh.ParsePrivateKey(pem)
	if err != nil {
		return nil, err
	}
	return withCertificate(file, key)
}

// withCertificate is a key, after its certificate if there is one.
func withCertificate(file string, key ssh.Signer) ([]ssh.Signer, error) {
	text, err := os.ReadFile(file + "-cert.pub")
	if errors.Is(err, os.ErrNotExist) {
		return []ssh.Signer{key}, nil
	}
	if err != nil {
		return nil, err
	}
	pub, _, _, _, err := ssh.ParseAuthorizedKey(text)
	if err != nil {
		return nil, fmt.Errorf("%s-cert.pub: %w", file, err)
	}
	cert, ok := pub.(*ssh.Certificate)
	if !ok {
		return nil, fmt.Errorf("%s-cert.pub is no certificate", file)
	}
	certified, err := ssh.NewCertSigner(cert, key)
	if err != nil {
		return nil, fmt.Errorf("%s-cert.pub: %w", file, err)
	}
	return []ssh.Signer{certified, key}, nil
}
