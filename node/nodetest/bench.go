package nodetest

import (
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/swap"
	"github.com/dcos-patch/dcos-patch/node"
)

// Bench is one node to call verbs on, and the ways to arrange it. Run runs
// commands as the login user would over SSH, sudo being allowed; DC/OS is on
// the node, the node program is at node.InstalledPath, and there is nothing
// else of ours. A bench is used by one case only.
//
// A method that cannot do what it says ends the test.
type Bench interface {
	node.Host

	// Arrange makes the node so. It is the first call of every case.
	Arrange(t testing.TB, n Node)
	// Script puts a node patch script where launch wants it and gives its
	// SHA-256. The script runs until End, Kill or Reboot. The scripts of two
	// calls differ.
	Script(t testing.TB) (sha256 string)
	// End lets the running script do to the node what e says, and waits until
	// its exit code is on disk.
	End(t testing.TB, e Ending)
	// Kill makes the running unit vanish without an exit code, as after a
	// SIGKILL of everything in it; not before the script itself runs.
	Kill(t testing.TB)
	// Reboot restarts the node: another boot id, no unit of ours. A script
	// that was launched has begun before.
	Reboot(t testing.TB)
	// Put makes a file of the login user's, and the directory that it is in.
	Put(t testing.TB, path, content string)
	// Set changes the node behind the program's back; the zero fields of n
	// stay as they are.
	Set(t testing.TB, n Node)
}

// Node is what is arranged on a node.
type Node struct {
	Role    dcos.Role
	Version dcos.Version
	Active  []string // package ids; they are fetched too
	MidSwap bool     // install_progress exists
	Libltdl string   // content of libltdl.so.7; empty: no such file
	Fetched []string // further packages on disk
	Cut     int      // the swap from the node's set to Target was cut at this position (package swap); 0: it was not
}

// Target is the set that a swap was to make the active one.
func Target() swap.Set {
	return swap.Set{Version: "2.1.1", Packages: []string{"dcos-config--setup_2", "mesos--2"}, Units: swap.Units()}
}

// LayCut leaves the files of a node with the set old as a swap to Target leaves
// them that was cut at n.Cut.
func (n Node) LayCut(f swap.Files, old swap.Set) error {
	old.Units = swap.Units()
	if err := old.Lay(f); err != nil {
		return err
	}
	if err := Target().LayNew(f); err != nil {
		return err
	}
	return swap.Do(f, swap.Cut(old.Units, Target().Units, n.Cut), func([]string) error { return nil })
}

// Ending is what the running script does before it ends.
type Ending struct {
	Code int  // its exit code
	Then Node // applied as by Set, just before
}
