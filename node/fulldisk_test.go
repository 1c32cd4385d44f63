package node_test

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
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

// What was to be written is not there afterwards, and the error says how much
// room there is where it was to go.
func TestAWriteThatFailsSaysHowMuchRoomThereIs(t *testing.T) {
	const lib, room = "/var/lib/dcos-patch", " kB and "
	mine := node.Claim{Epoch: 9, Run: "r", Owner: "o"}
	for name, call := range map[string]func(b *bench) error{
		"init": func(b *bench) error { return node.Init(t.Context(), b, node.Claim{Epoch: 10, Run: "r"}) },
		"lock": func(b *bench) error { return node.Lock(t.Context(), b, mine) },
		"launch": func(b *bench) error {
			_, err := node.Launch(t.Context(), b, node.Start{Claim: mine, SHA256: b.Script(t), Attempt: 1, From: "2.1.0", Until: soon(t, b)})
			return err
		},
		"install": func(b *bench) error {
			b.Put(t, "/tmp/x", "y")
			_, err := b.Run(t.Context(), node.InstallCmd("0700", "/tmp/x", node.RunPath("r", "x")))
			return err
		},
		"copy": func(b *bench) error {
			b.Put(t, "/tmp/x", "y")
			b.write(t, node.RunPath("r", "f"), "abc", 0o600)
			_, err := b.Run(t.Context(), node.CopyCmd(mine, "f", 1, "/tmp/x"))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := agentBench(t)
			if err := node.Init(t.Context(), b, mine); err != nil {
				t.Fatal(err)
			}
			b.write(t, "run/disk-full", "", 0o644)
			err := call(b)
			if exitCode(err) != 1 || !strings.Contains(err.Error(), "No space left on device; cannot ") ||
				!strings.Contains(err.Error(), room) || !strings.HasSuffix(err.Error(), " inodes are free at "+lib) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestAReceiptThatCannotBeMadeIsNoOtherAttempt(t *testing.T) {
	b := agentBench(t)
	sha := b.Script(t)
	if err := node.Init(t.Context(), b, claim); err != nil {
		t.Fatal(err)
	}
	b.write(t, "var/lib/dcos-patch/receipts/"+sha, "a file where a directory is wanted", 0o600)
	_, err := node.Launch(t.Context(), b, node.Start{Claim: claim, SHA256: sha, Attempt: 1, From: "2.1.0", Until: soon(t, b)})
	if exitCode(err) != 1 || !strings.Contains(err.Error(), "cannot make ") {
		t.Errorf("%v, want a failure", err)
	}
}

// A fetch that fails for another reason says nothing of room, which would hide it.
func TestAFailedFetchSpeaksOfRoomOnlyWhereThereIsLittle(t *testing.T) {
	for _, tight := range []bool{true, false} {
		b := agentBench(t)
		b.write(t, "run/df", map[bool]string{true: "100 500000", false: "40000000 500000"}[tight], 0o644)
		err := node.Fetch(t.Context(), b, claim, dcos.Script{SHA256: b.Script(t), Repository: "http://boot", Packages: []string{"mesos--2"}})
		if exitCode(err) != 1 || strings.Contains(err.Error(), "100 kB and 500000 inodes are free at /opt/mesosphere; 100 kB and 500000 inodes are free at /tmp") != tight ||
			!strings.Contains(err.Error(), "pkgpanda fetch: exit code ") || strings.Contains(err.Error(), "free at") != tight {
			t.Errorf("tight %v: %v", tight, err)
		}
	}
}
