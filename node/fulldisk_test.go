package node_test

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/node/nodetest"
)

// endedOnAFullDisk is a script that has ended, with no room to say so.
func endedOnAFullDisk(t *testing.T, b *bench, then nodetest.Node) (sha string) {
	t.Helper()
	sha = launch(t, b)
	b.awaitRunning(t)
	b.write(t, "run/disk-full", "", 0o644)
	b.Set(t, then)
	b.write(t, "run/script-end", "0", 0o644)
	return sha
}

// nap waits until the unit has failed to write and naps, and then ends its only nap.
func (b *bench) nap(t *testing.T, meanwhile func()) {
	t.Helper()
	naps, err := os.OpenFile(b.path("run/naps"), os.O_WRONLY, 0) // waits for its reader
	if err != nil {
		t.Fatal(err)
	}
	defer naps.Close()
	meanwhile()
	if _, err := naps.WriteString("\n"); err != nil {
		t.Fatal(err)
	}
}

func TestAnExitThatCannotBeWrittenDownCountsAsRunningUntilThereIsRoom(t *testing.T) {
	b := agentBench(t)
	if err := syscall.Mkfifo(b.path("run/naps"), 0o600); err != nil {
		t.Fatal(err)
	}
	sha := endedOnAFullDisk(t, b, nodetest.Node{Version: "2.1.1"})
	b.nap(t, func() {
		if got := receipts(t, b, sha)[0]; got.State != node.Running {
			t.Errorf("without room: %+v, want running", got)
		}
		if err := os.Remove(b.path("run/disk-full")); err != nil {
			t.Fatal(err)
		}
		_, err := node.Launch(t.Context(), b, node.Start{Claim: claim, SHA256: sha, Attempt: 2, From: "2.1.1", Until: soon(t, b)})
		if refusedWord(err) != node.RefusedReceipt {
			t.Errorf("another attempt: %v, want refused: receipt", err)
		}
	})
	b.await(t, "the unit to end", func() bool { return len(b.units(t)) == 0 })
	if got := receipts(t, b, sha)[0]; got.State != node.Exited || got.Code != 0 {
		t.Errorf("with room: %+v, want exit 0", got)
	}
	if said := b.read(t, "run/journal"); !strings.Contains(said, "attempt 1 has ended with exit code 0, which cannot be written down") {
		t.Errorf("the unit's log says %q", said)
	}
}

// A unit that gives up leaves an attempt of which nobody knows how it ended: it
// is lost, and nothing is launched over what it may have changed.
func TestAnExitThatIsNeverWrittenDownIsLost(t *testing.T) {
	for _, c := range []struct {
		name string
		then nodetest.Node
	}{
		{"it has changed the node", nodetest.Node{Version: "2.1.1"}},
		{"it was cut in its swap", nodetest.Node{MidSwap: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := agentBench(t)
			b.write(t, "run/sleepless", "", 0o644)
			sha := endedOnAFullDisk(t, b, c.then)
			b.await(t, "the unit to end", func() bool { return len(b.units(t)) == 0 })
			if err := os.Remove(b.path("run/disk-full")); err != nil {
				t.Fatal(err)
			}
			if got := receipts(t, b, sha)[0]; got.State != node.Lost {
				t.Errorf("%+v, want lost", got)
			}
			if _, err := node.Launch(t.Context(), b, node.Start{Claim: claim, SHA256: sha, Attempt: 2, From: "2.1.0", Until: soon(t, b)}); refusedWord(err) != node.RefusedReceipt {
				t.Errorf("another attempt: %v, want refused: receipt", err)
			}
			if said := b.read(t, "run/journal"); !strings.Contains(said, "gives up: how attempt 1 ended, exit code 0, stands nowhere") {
				t.Errorf("the unit's log says %q", said)
			}
		})
	}
}
