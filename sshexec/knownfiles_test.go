package sshexec

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

func TestKnownHostsFilesAreReadOnceUntilTheyChange(t *testing.T) {
	file := filepath.Join(t.TempDir(), "known_hosts")
	line := func(host string) string {
		public, _, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		key, err := ssh.NewPublicKey(public)
		if err != nil {
			t.Fatal(err)
		}
		return host + " " + string(ssh.MarshalAuthorizedKey(key))
	}
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	k := &knownFiles{}
	open := func() string {
		db, err := k.open([]string{file, filepath.Join(t.TempDir(), "missing")})
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%p %d", db, len(db.HostKeys("a2:22")))
	}
	if none := open(); !strings.HasSuffix(none, " 0") {
		t.Errorf("before there is a file: %s", none)
	}
	one := line("a1")
	write(one)
	first := open()
	if again := open(); again != first {
		t.Errorf("%s, then %s: it was read twice", first, again)
	}
	write(one + line("a2"))
	if added := open(); added == first || !strings.HasSuffix(added, " 1") {
		t.Errorf("a line was added: %s after %s", added, first)
	}
	fresh := filepath.Join(t.TempDir(), "fresh") // a file of the same name and another content
	if err := os.WriteFile(fresh, []byte(line("a3")+line("a2")), 0o600); err != nil {
		t.Fatal(err)
	}
	before := open()
	if err := os.Rename(fresh, file); err != nil {
		t.Fatal(err)
	}
	if after := open(); after == before || !strings.HasSuffix(after, " 1") {
		t.Errorf("it was replaced: %s after %s", after, before)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if gone := open(); !strings.HasSuffix(gone, " 0") {
		t.Errorf("it is gone: %s", gone)
	}
}
