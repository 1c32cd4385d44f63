package sshexec

import (
	"context"
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"
)

func TestAPassphraseIsAskedForOnceForEachKey(t *testing.T) {
	dir := t.TempDir()
	key, locked := lockedKey(t, dir)
	writeCertificate(t, locked+"-cert.pub", key)
	plainFile := writePrivate(t, filepath.Join(dir, "plain"), newPrivate(t), "")
	socket := serveAgent(t, filepath.Join(dir, "agent"), key)

	for _, row := range []struct {
		name    string
		answers []string // "" ends the asking
		agent   string
		asked   int
		offered string // types of keys, in order
		says    string
	}{
		{"the right one at once", []string{"right"}, "", 1, "cert plain plain", ""},
		{"the right one at last", []string{"wrong", "wronger", "right"}, "", 3, "cert plain plain", ""},
		{"a wrong one thrice", []string{"a", "b", "c", "right"}, "", 3, "plain", "ssh-add " + locked},
		{"nobody answers", []string{""}, "", 1, "plain", "has gone home"},
		{"a key that the agent holds needs none", nil, socket, 0, "cert plain plain", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			asked, whys := 0, ""
			cfg := Config{Identities: []string{locked, plainFile}, AgentSocket: row.agent, unlocked: newUnlocked()}
			cfg.Passphrase = func(_ context.Context, file, why string) (Secret, error) {
				if asked++; asked > len(row.answers) || file != locked {
					t.Fatalf("asked for %s the %d. time", file, asked)
				}
				whys += why
				if row.answers[asked-1] == "" {
					return Secret{}, errors.New("the operator has gone home")
				}
				return NewSecret(row.answers[asked-1]), nil
			}
			if row.agent == "" && !cfg.unlocked.wants(t.Context(), cfg, &AuthError{Locked: locked}) {
				t.Error("the passphrase of a key that the node accepts is not asked for")
			}
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					if err := cfg.unlocked.ask(t.Context(), cfg); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			l := loadLogin(t.Context(), cfg)
			defer l.close()
			var offered []string
			for _, s := range l.keys {
				kind := "plain"
				if s.PublicKey().Type() == ssh.CertAlgoED25519v01 {
					kind = "cert"
				}
				offered = append(offered, kind)
			}
			if got := strings.Join(offered, " "); got != row.offered || asked != row.asked || !strings.Contains(strings.Join(l.skipped, " "), row.says) {
				t.Errorf("offered %q, asked %d times, skipped %q; want %+v", got, asked, l.skipped, row)
			}
			for _, a := range row.answers[:row.asked] {
				if got := string(hideAll(cfg.unlocked, "<"+a+">")); (got == "<"+hidden+">") != (len(a) >= phraseLeast) {
					t.Errorf("%q was told, and is shown as %q", a, got)
				}
			}
			if told := strings.Contains(whys, "not its passphrase"); told != (row.asked > 1) {
				t.Errorf("told %q", whys)
			}
		})
	}
}

func hideAll(u *unlocked, text string) []byte {
	return (&Pool{cfg: Config{unlocked: u}}).Hide([]byte(text))
}

// lockedKey is a key of testdata, made for these tests by "ssh-keygen -a 1": one
// round instead of sixteen, which take seconds under the race detector.
func lockedKey(t *testing.T, dir string) (ed25519.PrivateKey, string) {
	t.Helper()
	text, err := os.ReadFile("testdata/locked_ed25519")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "locked")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	key, err := ssh.ParseRawPrivateKeyWithPassphrase(text, []byte("right"))
	if err != nil {
		t.Fatal(err)
	}
	return *key.(*ed25519.PrivateKey), file
}

func TestWaitingForAPassphraseEndsWithItsContext(t *testing.T) {
	u := newUnlocked()
	<-u.turn // somebody is being asked
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cfg := Config{Identities: []string{"x"}, Passphrase: func(context.Context, string, string) (Secret, error) { return Secret{}, nil }}
	if err := u.ask(ctx, cfg); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestALockedKeyWithoutATerminalNamesTheFileAndTheAgent(t *testing.T) {
	_, file := lockedKey(t, t.TempDir())
	l := loadLogin(t.Context(), Config{Identities: []string{file}})
	defer l.close()
	if len(l.skipped) != 1 || !strings.Contains(l.skipped[0], "no terminal") || !strings.Contains(l.skipped[0], "ssh-add "+file) {
		t.Errorf("%q", l.skipped)
	}
}
