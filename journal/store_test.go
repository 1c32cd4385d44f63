package journal_test

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/journal"
)

func TestRunsBegunInTheSameMinuteOnTwoMachinesHaveDifferentNames(t *testing.T) {
	now := time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC)
	seen := map[string]bool{}
	for range 5 {
		run, err := journal.Store{Dir: t.TempDir()}.NewRun(now)
		if err != nil {
			t.Fatal(err)
		}
		if seen[run] || !strings.HasPrefix(run, "1121-2200-") || len(run) != len("1121-2200-k3fd") {
			t.Errorf("%q, after %v", run, seen)
		}
		seen[run] = true
	}
}

func TestAFileThatCannotBeWrittenLeavesTheOldOneAndNothingElse(t *testing.T) {
	store := journal.Store{Dir: t.TempDir()}
	if err := store.Adopt("run"); err != nil {
		t.Fatal(err)
	}
	if err := store.Write("run", "a", []byte("old")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/full", store.Path("run", "a.tmp")); err != nil {
		t.Fatal(err)
	}
	if err := store.Write("run", "a", []byte("new")); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("%v", err)
	}
	files, err := os.ReadDir(store.Path("run", ""))
	b, rerr := os.ReadFile(store.Path("run", "a"))
	if err != nil || rerr != nil || len(files) != 1 || string(b) != "old" {
		t.Errorf("%v, %q: %v, %v", files, b, err, rerr)
	}
}
