package journal

import (
	"os"
	"strings"
	"testing"
)

// TestARecordThatCannotBeSyncedIsNoRecord writes to a pipe, which takes what is
// written and cannot be synced.
func TestARecordThatCannotBeSyncedIsNoRecord(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	j := &File{f: w}
	if err := j.Record(Event{Seq: 1, Kind: RunStarted}); err == nil || !strings.Contains(err.Error(), "sync") {
		t.Errorf("recorded on what cannot be synced: %v", err)
	}
}
