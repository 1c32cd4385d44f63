//go:build unix

package sshexec

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ssh ignores a private key of the user's own that others may read, and still
// offers it where the agent holds it.
func TestAPrivateKeyThatOthersMayReadIsNotUsed(t *testing.T) {
	dir := t.TempDir()
	key, locked := lockedKey(t, dir)
	plain := writePrivate(t, filepath.Join(dir, "plain"), newPrivate(t), "")
	for _, row := range []struct {
		file, agent string
		mode        os.FileMode
		offered     int
		says        string
	}{
		{plain, "", 0o600, 1, ""},
		{plain, "", 0o400, 1, ""},
		{plain, "", 0o644, 0, "others may read it (mode 0644)"},
		{plain, "", 0o620, 0, "chmod 600 " + plain},
		{locked, "", 0o640, 0, "others may read it (mode 0640)"},
		{locked, serveAgent(t, filepath.Join(dir, "agent"), key), 0o644, 1, ""},
	} {
		if err := os.Chmod(row.file, row.mode); err != nil {
			t.Fatal(err)
		}
		l := loadLogin(t.Context(), Config{Identities: []string{row.file}, AgentSocket: row.agent})
		if said := strings.Join(l.skipped, " "); len(l.keys) != row.offered || !strings.Contains(said, row.says) || row.says == "" && said != "" {
			t.Errorf("%+v: %d keys, %q", row, len(l.keys), said)
		}
		l.close()
	}
	if id := readIdentity(locked + ".nothing"); id.err == nil {
		t.Error("a file that is not there")
	}
}
