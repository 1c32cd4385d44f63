package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// TestNewHostKeysAreAcceptedByPreflightAlone: on a person's word, and told; what
// changed is refused whatever was said.
func TestNewHostKeysAreAcceptedByPreflightAlone(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 1, Width: 1, Seed: 1}, func(l *lab) {
		file := filepath.Join(l.dir, "known_hosts")
		known, err := os.ReadFile(file)
		if err != nil {
			l.Fatal(err)
		}
		l.rewrite(file, func([]byte) []byte { return nil })
		e := l.run("preflight")
		l.want(e, exitRefused)
		if !strings.Contains(e.out, l.typed("preflight --accept-new-host-keys")) {
			l.Errorf("nothing says how they may be accepted: %s", e)
		}
		e = l.run("preflight", "--accept-new-host-keys")
		l.want(e, exitDone)
		if n := strings.Count(e.err, "accepted the host key of "); n != 4 {
			l.Errorf("told of %d keys, want 4: %s", n, e)
		}
		l.want(l.run("preflight"), exitDone)
		l.rewrite(file, func([]byte) []byte { return []byte(swapped(string(known))) })
		e = l.run("preflight", "--accept-new-host-keys")
		l.want(e, exitRefused)
		if strings.Contains(e.err, "accepted") {
			l.Errorf("a changed key was accepted: %s", e)
		}
	})
}

// swapped are the lines of a known_hosts file, each node with another's key.
func swapped(known string) string {
	lines := strings.Split(strings.TrimSpace(known), "\n")
	var out []string
	for i, line := range lines {
		host, _, _ := strings.Cut(line, " ")
		_, key, _ := strings.Cut(lines[(i+1)%len(lines)], " ")
		out = append(out, host+" "+key)
	}
	return strings.Join(out, "\n") + "\n"
}
