package sshexec

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// passphraseTries is how often a person may mistype.
const passphraseTries = 3

// phraseLeast is the length below which an answer is a slip of the finger, and
// no secret.
const phraseLeast = 4

// unlocked holds the keys whose passphrase was told, for as long as a Pool
// lives. Safe for concurrent use: one asks at a time, and the others wait.
type unlocked struct {
	turn chan struct{} // holds one token; a lock that also ends with a context
	keys map[string]unlockedKey
	told []Secret // the answers of a person, right or wrong
}

// unlockedKey is how asking has ended. It is not asked again.
type unlockedKey struct {
	signers []ssh.Signer
	err     error
}

func newUnlocked() *unlocked {
	u := &unlocked{turn: make(chan struct{}, 1), keys: map[string]unlockedKey{}}
	u.turn <- struct{}{}
	return u
}

// read is readIdentity, for a key that may have been unlocked.
func (u *unlocked) read(file string) ([]ssh.Signer, error) {
	if u != nil {
		<-u.turn
		key, asked := u.keys[file]
		u.turn <- struct{}{}
		if asked {
			return key.signers, key.err
		}
	}
	return readIdentity(file)
}

// phrases are all that was told.
func (u *unlocked) phrases() []Secret {
	<-u.turn
	defer func() { u.turn <- struct{}{} }()
	return slices.Clone(u.told)
}

// ask asks for the passphrase of every key that needs one, unless it was asked
// before or the agent has the key. The error is that of ctx.
func (u *unlocked) ask(ctx context.Context, cfg Config) error {
	if u == nil || cfg.Passphrase == nil {
		return nil
	}
	for _, file := range cfg.Identities {
		select {
		case <-u.turn:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if _, asked := u.keys[file]; !asked {
			if key, locked := u.unlock(ctx, cfg, file); locked && ctx.Err() == nil {
				u.keys[file] = key
			}
		}
		u.turn <- struct{}{}
	}
	return nil
}

// unlock asks for the passphrase of one key file, in its turn. False: it needs
// none.
func (u *unlocked) unlock(ctx context.Context, cfg Config, file string) (unlockedKey, bool) {
	path := expandHome(file)
	pem, err := os.ReadFile(path)
	if err != nil {
		return unlockedKey{}, false
	}
	var missing *ssh.PassphraseMissingError
	if _, err = ssh.ParsePrivateKey(pem); !errors.As(err, &missing) || agentHolds(ctx, cfg.AgentSocket, missing.PublicKey) {
		return unlockedKey{}, false
	}
	why := ""
	for range passphraseTries {
		phrase, err := cfg.Passphrase(ctx, file, why)
		if err != nil {
			return unlockedKey{err: err}, true
		}
		if len(phrase.reveal()) >= phraseLeast {
			u.told = append(u.told, phrase)
		}
		key, err := ssh.ParsePrivateKeyWithPassphrase(pem, []byte(phrase.reveal()))
		if errors.Is(err, x509.IncorrectPasswordError) {
			why = "that is not its passphrase"
			continue
		}
		if err != nil {
			return unlockedKey{err: err}, true
		}
		signers, err := withCertificate(path, key)
		return unlockedKey{signers, err}, true
	}
	return unlockedKey{err: fmt.Errorf("its passphrase was wrong %d times; start again, or add it to the agent: ssh-add %s", passphraseTries, file)}, true
}

// agentHolds says whether the agent can sign for a key, so that nobody needs
// to be asked. An old key file does not tell which key it holds.
func agentHolds(ctx context.Context, socket string, key ssh.PublicKey) bool {
	if socket == "" || key == nil {
		return false
	}
	c, err := (&net.Dialer{}).DialContext(ctx, "unix", expandHome(socket))
	if err != nil {
		return false
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	held, err := agent.NewClient(c).List()
	if err != nil {
		return false
	}
	for _, k := range held {
		if bytes.Equal(k.Blob, key.Marshal()) {
			return true
		}
	}
	return false
}
