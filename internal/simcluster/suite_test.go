package simcluster

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/conformance"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

func TestTheSimulatedNodeIsAnSSHServerLikeOthers(t *testing.T) {
	for _, systemd := range []Systemd{Systemd247, Systemd219} {
		t.Run(fmt.Sprintf("with systemd %d", systemd), func(t *testing.T) {
			conformance.Run(t, conformance.Lab{Enter: func(t *testing.T, try func(*testing.T, conformance.World)) {
				synctest.Test(t, func(t *testing.T) { try(t, simWorld(t, systemd)) })
			}})
		})
	}
}

// simWorld is a cluster of which a4 is the node, and the others refuse
// something. Nodes of systemd 219 refuse SFTP and sudo without a terminal anyhow.
func simWorld(t *testing.T, systemd Systemd) conformance.World {
	t.Helper()
	c := start(t, Options{Private: 5, Systemd: systemd, Faults: Faults{
		{What: fault.NoSudo, Where: "a2"}, {What: fault.NoForwarding, Where: "a3"}, {What: fault.NoSFTP, Where: "a1"}, {What: fault.SlowShell, Where: "a5", For: 3 * time.Second}}})
	dir := t.TempDir()
	for name, data := range map[string][]byte{"id": c.PrivateKey(), "known_hosts": c.KnownHosts()} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	at := func(name string) sshexec.Target {
		return sshexec.Target{Name: name, Addr: c.byName[name].sshAddr(), User: "ops"}
	}
	n, noSudo, noForward, noSFTP, slow := c.byName["a4"], at("a2"), at("a3"), at("a1"), at("a5")
	var terminal *sshexec.Target
	if systemd == Systemd219 {
		old := at("a4")
		terminal = &old
	}
	return conformance.World{
		Terminal: terminal, SlowShell: &slow,
		Target: at("a4"),
		NoSudo: &noSudo, NoForward: &noForward, NoSFTP: &noSFTP,
		Config: sshexec.Config{Identities: []string{filepath.Join(dir, "id")}, KnownHosts: []string{filepath.Join(dir, "known_hosts")}, NetDial: c.DialContext},
		Dir:    "/home/ops",
		Stat: func(name string) ([]byte, fs.FileMode, error) {
			defer c.enter()()
			i := n.tree.get(name)
			if i == nil {
				i = c.byName["a1"].tree.get(name)
			}
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
