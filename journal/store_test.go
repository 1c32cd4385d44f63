package journal_test

import (
	"strings"
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
