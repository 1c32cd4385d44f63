package main

import (
	"context"
	"crypto/ed25519"
	"encoding/pem"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// sudoCanary is the password that sudo wants on every node. It has what shells
// and formats make something of.
const sudoCanary = `CANARY-sudo 7f3a91 %s $HOME '"\`

// phraseCanary is the passphrase of the operator's key.
const phraseCanary = "CANARY-phrase 7f3a91"

// secretive has a run tell the password to sudo, out of the environment.
func (l *lab) secretive() {
	l.edit(func(inv string) string {
		return strings.Replace(inv, "ssh: {", "ssh: {sudo: {password: {env: LAB_SUDO}}, ", 1)
	})
}

// lockKey gives the operator's key a passphrase, which a person knows who
// mistypes it once. It gives back how often that person was asked.
func (l *lab) lockKey() (asked *int) {
	l.Helper()
	l.rewrite(l.keyFile(), func(plain []byte) []byte {
		key, err := ssh.ParseRawPrivateKey(plain)
		if err != nil {
			l.Fatal(err)
		}
		block, err := ssh.MarshalPrivateKeyWithPassphrase(*key.(*ed25519.PrivateKey), "", []byte(phraseCanary))
		if err != nil {
			l.Fatal(err)
		}
		return pem.EncodeToMemory(block)
	})
	asked = new(int)
	l.phrase = func(_ context.Context, _, why string) (sshexec.Secret, error) {
		if *asked++; *asked == 1 {
			return sshexec.NewSecret("mistyped " + phraseCanary), nil
		}
		return sshexec.NewSecret(phraseCanary), nil
	}
	return asked
}

func (l *lab) keyFile() string { return filepath.Join(l.dir, "id_ed25519") }

// TestNoSecretIsLeftAnywhereByAnyStory plants a password for sudo, a private
// key, its passphrase, and secrets of the environment, and looks for them in all that whole runs
// print, keep, pack and leave, in every command line that a node sees, and in what is sent to commands.
func TestNoSecretIsLeftAnywhereByAnyStory(t *testing.T) {
	t.Setenv("LAB_SUDO", sudoCanary)
	t.Setenv("OPS_TOKEN", canary)
	t.Setenv("DCOS_ACS_TOKEN", canary)
	failing := append(patched("m1", "m2", "m3"), simcluster.Fault{What: fault.ScriptFailsFetch, Where: "a1"})
	for name, story := range map[string]struct {
		opt simcluster.Options
		run func(*lab) []ended
	}{
		"a run that is done, and swept": {crashing(), func(l *lab) []ended {
			return l.all(exitDone, []string{"inventory", "show"}, []string{"plan"}, []string{"check", "m2"}, []string{"stage", "--yes"}, []string{"apply", "--yes"},
				[]string{"status"}, []string{"-o", "json", "status"}, []string{"sweep", "--dry-run"}, []string{"sweep"})
		}},
		"a run that stops and goes on": {simcluster.Options{Private: 1, Width: 1, Faults: failing}, func(l *lab) []ended {
			said := []ended{l.run("apply", "--yes"), l.run("status")}
			if said[0].code == exitDone {
				l.Errorf("it was to stop: %s", said[0])
			}
			return append(said, l.run("resume", "--yes"), l.run("-o", "json", "runs"))
		}},
		"a run that stops at a node, and is packed": {faulty("a1", fault.AgentNeverRegisters), func(l *lab) []ended {
			said := l.all(exitStopped, []string{"apply", "--yes"}, []string{"resume"})
			if len(l.packs()) != 2 {
				l.Errorf("%q were packed", l.packs())
			}
			return append(said, l.run("status"), l.run("-o", "json", "status"))
		}},
		"a controller that dies, and another that goes on": {crashing(), func(l *lab) []ended {
			l.die(17, "apply", "--yes")
			return l.all(exitDone, []string{"resume"})
		}},
		"a hand-over": {fourLeft(), func(l *lab) []ended {
			l.dieAt("verified", 1, "apply", "--yes")
			l.breakLock()
			e := l.colleague().run("resume", "--from-cluster")
			l.want(e, exitDone)
			return []ended{e, l.colleague().run("status")}
		}},
		"a wrong password": {crashing(), func(l *lab) []ended {
			l.Setenv("LAB_SUDO", "not "+sudoCanary)
			said := []ended{l.run("plan"), l.run("apply", "--yes"), l.run("check", "m1")}
			for _, e := range said {
				if e.code == exitDone {
					l.Errorf("it was taken: %s", e)
				}
			}
			l.Setenv("LAB_SUDO", sudoCanary)
			return said
		}},
		"a rehearsal": {crashing(), func(l *lab) []ended {
			return append(l.all(exitDone, []string{"rehearse", "--runs", "2"}), l.run("plan"))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			opt := story.opt
			opt.Seed, opt.SudoPassword, opt.Record = 1, sudoCanary, true
			inBubble(t, opt, func(l *lab) {
				l.secretive()
				secrets := append(keyLines(t, l.read(l.keyFile())), canary, sudoCanary, phraseCanary, "CANARY")
				asked := l.lockKey()
				secrets = append(secrets, keyLines(t, l.read(l.keyFile()))...)
				said := story.run(l)
				for _, where := range l.leaks(said, secrets...) {
					l.Errorf("%s shows a secret", where)
				}
				if *asked < 2 {
					t.Errorf("the passphrase was asked for %d times", *asked)
				}
				if !slices.ContainsFunc(l.c.Heard(), func(h simcluster.Heard) bool { return strings.Contains(h.Password, sudoCanary) }) {
					l.Error("nobody was told the password: nothing is shown")
				}
				l.private()
				l.onlyOwnUploads()
			})
		})
	}
}

// all runs commands one after the other, each of which is to end with code.
func (l *lab) all(code int, commands ...[]string) []ended {
	l.Helper()
	var said []ended
	for _, args := range commands {
		e := l.run(args...)
		l.want(e, code)
		said = append(said, e)
	}
	return said
}

// private wants all that controllers keep to be for their owner only.
func (l *lab) private() {
	l.Helper()
	for _, dir := range []string{"state", "elsewhere"} {
		err := filepath.WalkDir(filepath.Join(l.dir, dir), func(path string, d os.DirEntry, err error) error {
			if os.IsNotExist(err) {
				return nil
			}
			if err != nil {
				return err
			}
			fi, err := d.Info()
			if err == nil && fi.Mode().Perm()&0o077 != 0 {
				l.Errorf("%s has mode %v", path, fi.Mode())
			}
			return err
		})
		if err != nil {
			l.Error(err)
		}
	}
}

// onlyOwnUploads wants no command to name a path below /tmp but directories
// that the node itself has made up, and none of those twice.
func (l *lab) onlyOwnUploads() {
	l.Helper()
	temporary := regexp.MustCompile(`/tmp/[^ ']*`)
	own := regexp.MustCompile(`^/tmp/dcos-patch\.[0-9A-Za-z]{8}(/file)?$`)
	made := map[string]string{} // by node and directory, what was done with it first
	for _, h := range l.c.Heard() {
		for _, path := range temporary.FindAllString(h.Line, -1) {
			asked := strings.HasPrefix(h.Line, "mktemp -d ") && path == "/tmp/dcos-patch.XXXXXXXX"
			if !asked && !own.MatchString(path) {
				l.Errorf("%s: %s names %s", h.Node, h.Line, path)
			}
			if dir := h.Node + ":" + strings.TrimSuffix(path, "/file"); strings.HasPrefix(h.Line, "sha256sum ") {
				if before, twice := made[dir]; twice {
					l.Errorf("%s is used twice: %s, and %s", dir, before, h.Line)
				}
				made[dir] = h.Line
			}
		}
	}
}
