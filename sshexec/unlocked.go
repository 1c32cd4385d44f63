package sshexec

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/crypto/ssh"
)

// passphraseTries is how often a person may mistype.
const passphraseTries = 3

// phraseLeast is the length below which an answer is a slip of the finger, and
// no secret.
const phraseLeast = 4

// unlocked holds the keys whose passphrase was told, for as long as a Pool
// lives. Safe for concurrent use: one asks at a time, and the others wait.
type unlocked struct {
	turn   chan struct{} // holds one token; a lock that also ends with a context
	keys   map[string]identity
	wanted map[string]bool // files of locked keys that a node accepts

	mu   sync.Mutex
	told []Secret // the answers of a person, right or wrong
}

func newUnlocked() *unlocked {
	u := &unlocked{turn: make(chan struct{}, 1), keys: map[string]identity{}, wanted: map[string]bool{}}
	u.turn <- struct{}{}
	return u
}

// read is readIdentity, for a key that may have been unlocked.
func (u *unlocked) read(ctx context.Context, file string) identity {
	if u != nil {
		select {
		case <-u.turn:
		case <-ctx.Done():
			return identity{err: context.Cause(ctx)}
		}
		key, asked := u.keys[file]
		u.turn <- struct{}{}
		if asked {
			return key
		}
	}
	return readIdentity(file)
}

// phrases are all that was told.
func (u *unlocked) phrases() []Secret {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.told)
}

// wants notes that a login failed for want of a passphrase that a person can be
// asked for. False: asking does not help.
func (u *unlocked) wants(ctx context.Context, cfg Config, err error) bool {
	var refused *AuthError
	if u == nil || cfg.Passphrase == nil || !errors.As(err, &refused) || refused.Locked == "" {
		return false
	}
	select {
	case <-u.turn:
	case <-ctx.Done():
		return false
	}
	u.wanted[refused.Locked] = true
	u.turn <- struct{}{}
	return true
}

// ask asks for the passphrase of every key that needs one, unless it was asked
// before: of those that a node accepts, and of named ones of which only their
// passphrase tells which key they are. The error is that of ctx.
func (u *unlocked) ask(ctx context.Context, cfg Config) error {
	if u == nil || cfg.Passphrase == nil {
		return nil
	}
	for i, file := range slices.Concat(cfg.Identities, cfg.settings.Defaults) {
		select {
		case <-u.turn:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if _, asked := u.keys[file]; !asked {
			id := readIdentity(file)
			if id.locked && (u.wanted[file] || id.public == nil && i < len(cfg.Identities)) {
				if id = u.unlock(ctx, cfg, file, id); ctx.Err() == nil {
					u.keys[file] = id
				}
			}
		}
		u.turn <- struct{}{}
	}
	return nil
}

// unlock asks for the passphrase of one key file, in its turn.
func (u *unlocked) unlock(ctx context.Context, cfg Config, file string, id identity) identity {
	why := ""
	for range passphraseTries {
		phrase, err := cfg.Passphrase(ctx, file, why)
		if err != nil {
			return identity{public: id.public, err: err}
		}
		u.tell(phrase)
		signer, err := parsePrivate(id.pem, []byte(phrase.reveal()))
		if errors.Is(err, x509.IncorrectPasswordError) {
			why = "that is not its passphrase"
			continue
		}
		if err != nil {
			return identity{public: id.public, err: err}
		}
		open := identity{signer: signer, public: signer.PublicKey(), certs: id.certs}
		if id.public == nil {
			open.readCertificate(expandHome(file))
		}
		return open
	}
	return identity{public: id.public, err: fmt.Errorf("its passphrase was wrong %d times; start again, or add it to the agent: ssh-add %s", passphraseTries, file)}
}

func (u *unlocked) tell(phrase Secret) {
	if len(phrase.reveal()) < phraseLeast {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.told = append(u.told, phrase)
}

// parsePrivate reads a private key, with its passphrase if it has one. A
// passphrase that is missing or wrong is told as x/crypto does.
func parsePrivate(text, phrase []byte) (ssh.Signer, error) {
	if isEncryptedPKCS8(text) {
		return parsePKCS8(text, phrase)
	}
	if phrase == nil {
		return ssh.ParsePrivateKey(text)
	}
	return ssh.ParsePrivateKeyWithPassphrase(text, phrase)
}
