package journal

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/dcos-patch/dcos-patch/inventory"
)

// A journal holds what nodes have said. Looking at the file must not do
// anything to the terminal, and reading it must give back what they said.
func TestAJournalThatANodeHasTalkedIntoIsHarmlessToLookAt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	j, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	e := event(1)
	e.Detail, e.Node = "a\x1b[2J\u009b31m\n{\"crc\":\"\u202e\x7f\U000e0041", inventory.NodeName("m1\u009b")
	if err := j.Record(e); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if line := strings.TrimSuffix(string(b), "\n"); strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Errorf("%q would reach a terminal", line)
	}
	events, err := Read(path)
	if diff := cmp.Diff([]Event{e}, events); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

// Everything that a run keeps is its owner's only, whatever the umask is: the
// modes are asked for, and a umask can only take away.
func TestAllThatARunKeepsIsPrivate(t *testing.T) {
	s := Store{Dir: filepath.Join(t.TempDir(), "state", "prod")}
	run, err := s.NewRun(tenPM)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{PlanFile, ScriptFile} {
		if err := s.Write(run, f, bytes.Repeat([]byte("x"), 10)); err != nil {
			t.Fatal(err)
		}
	}
	j, err := Create(s.Path(run, JournalFile))
	if err != nil {
		t.Fatal(err)
	}
	j.Close()
	seen := 0
	err = filepath.WalkDir(filepath.Dir(s.Dir), func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		seen++
		if fi.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, fi.Mode())
		}
		return nil
	})
	if err != nil || seen != 6 {
		t.Errorf("%d files and directories, %v; want state, prod, the run and three files", seen, err)
	}
}
