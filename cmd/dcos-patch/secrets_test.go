package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// sudoCanary is the password that sudo wants on every node. It has what shells
// and formats make something of.
const sudoCanary = `CANARY-sudo 7f3a91 %s $HOME '"\`

// secretive has a run tell the password to sudo, out of the environment.
func (l *lab) secretive() {
	l.edit(func(inv string) string {
		return strings.Replace(inv, "ssh: {", "ssh: {sudo: {password: {env: LAB_SUDO}}, ", 1)
	})
}

// TestNoSecretIsLeftAnywhereByAnyStory plants a password for sudo, a private
// key and secrets of the environment, and looks for them in all that whole runs print, keep
// and leave, in every command line that a node sees, and in what is sent to commands.
func TestNoSecretIsLeftAnywhereByAnyStory(t *testing.T) {
	t.Setenv("LAB_SUDO", sudoCanary)
	t.Setenv("OPS_TOKEN", canary)
	t.Setenv("DCOS_ACS_TOKEN", canary)
	failing := append(patched("m1", "m2", "m3"), simcluster.Fault{What: simcluster.ScriptFailsFetch, Where: "a1"})
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
				said := story.run(l)
				for _, where := range l.leaks(said, append(l.keyLines(), canary, sudoCanary, "CANARY")...) {
					l.Errorf("%s shows a secret", where)
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
