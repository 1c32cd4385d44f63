package sshexec_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

const (
	dfKB     = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 1000 1000 12 100% /tmp"
	dfInodes = "Filesystem Inodes IUsed IFree IUse% Mounted on\n/dev/sda1 100 100 34 66% /tmp"
)

// Every command that puts a file on a node fails in turn; the error says what
// that command said, and how much room there is where a write has failed.
func TestAFileThatCannotBePutSaysHowMuchRoomThereIs(t *testing.T) {
	k := newKeys(t)
	const room = "12 kB and 34 inodes are free at /tmp"
	for name, c := range map[string]struct {
		node, program string
		set           func(n *node)
		room          bool
	}{
		"no directory":             {"m1", "mktemp", nil, true},
		"no room over SFTP":        {"m1", "", func(n *node) { n.noWrite = true }, true},
		"no room without SFTP":     {"m3", "tee", nil, true},
		"the file did not arrive":  {"m1", "", func(n *node) { n.damage = n.halve }, true},
		"no checksum":              {"m1", "sha256sum", nil, false},
		"it cannot be installed":   {"m1", "install", nil, false},
		"it cannot be taken away":  {"m1", "rm", nil, false},
		"nobody knows of the room": {"m1", "mktemp", func(n *node) { n.fails["df"] = "df: no such applet" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLab(t, k)
				l.m1.fails, l.m1.df = map[string]string{}, [2]string{dfKB, dfInodes}
				if c.program != "" {
					l.m1.fails[c.program] = c.program + ": it does not work here"
				}
				if c.set != nil {
					c.set(l.m1)
				}
				pool := sshexec.NewPool(l.config(), func(name string) (sshexec.Target, error) { return l.target(name), nil })
				defer pool.Close()
				conn, err := pool.Get(t.Context(), c.node)
				if err != nil {
					t.Fatal(err)
				}
				err = conn.Put(t.Context(), sshexec.PutFile{Content: []byte("content"), Dst: "/home/file", Mode: 0o600})
				if err == nil {
					t.Fatal("it was put")
				}
				if c.program != "" && !strings.Contains(err.Error(), c.program+": it does not work here") {
					t.Errorf("%v: not what %s said", err, c.program)
				}
				if strings.Contains(err.Error(), room) != c.room || strings.Contains(err.Error(), "free at") != c.room {
					t.Errorf("%v: tells of room: want %v", err, c.room)
				}
				if name == "nobody knows of the room" && !strings.Contains(err.Error(), "how much room /tmp has is not known") {
					t.Errorf("%v", err)
				}
			})
		})
	}
}
