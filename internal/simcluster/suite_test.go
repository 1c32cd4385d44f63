package simcluster

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/dcos-patch/dcos-patch/internal/conformance"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

func TestTheSimulatedNodeIsAnSSHServerLikeOthers(t *testing.T) {
	conformance.Run(t, conformance.Lab{Enter: func(t *testing.T, try func(*testing.T, conformance.World)) {
		synctest.Test(t, func(t *testing.T) { try(t, simWorld(t)) })
	}})
}

// simWorld is a cluster of which a1 is the node, and a2 refuses sudo.
func simWorld(t *testing.T) conformance.World {
	t.Helper()
	c := start(t, Options{Private: 2, Faults: Faults{{What: NoSudo, Where: "a2"}}})
	dir := t.TempDir()
	for name, data := range map[string][]byte{"id": c.PrivateKey(), "known_hosts": c.KnownHosts()} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	at := func(name string) sshexec.Target {
		return sshexec.Target{Name: name, Addr: c.byName[name].sshAddr(), User: "ops"}
	}
	n, noSudo := c.byName["a1"], at("a2")
	return conformance.World{
		Target: at("a1"),
		NoSudo: &noSudo,
		Config: sshexec.Config{Identities: []string{filepath.Join(dir, "id")}, KnownHosts: []string{filepath.Join(dir, "known_hosts")}, NetDial: c.DialContext},
		Dir:    "/home/ops",
		Stat: func(name string) ([]byte, fs.FileMode, error) {
			defer c.enter()()
			i := n.tree.get(name)
			if i == nil {
				return nil, 0, fs.ErrNotExist
			}
			return i.data, i.mode, nil
		},
		Cut: func() {
			defer c.enter()()
			n.cutSSH()
		},
		Silence: func() {
			defer c.enter()()
			n.fallSilent(Fault{})
		},
	}
}
