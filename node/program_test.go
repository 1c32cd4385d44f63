package node_test

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/installed"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

func TestTheProgramIsCleanForShellcheck(t *testing.T) {
	path := installed.Need(t, "shellcheck")
	for _, args := range [][]string{{"node.sh"}, {"--exclude=SC2059", "testdata/path/systemctl", "testdata/path/systemd-run", "testdata/path/curl", "testdata/path/journalctl"}} {
		if out, err := exec.Command(path, append([]string{"--shell=sh"}, args...)...).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

// systemd of CentOS 7 is 219, and its coreutils 8.22.
func TestTheProgramUsesNothingNewerThanItsOldestNode(t *testing.T) {
	for _, word := range []string{"--collect", "--wait", "--pipe", "StandardOutput", "--value", "local ", "[[ ", "mktemp", "realpath"} {
		if i := strings.Index(string(node.Program()), word); i >= 0 {
			t.Errorf("the program says %q", word)
		}
	}
}

func TestAProgramCutShortDoesNothing(t *testing.T) {
	text := node.Program()
	cuts := []int{}
	last := bytes.LastIndex(bytes.TrimSpace(text), []byte("\n")) + 1
	for at := 0; at < last; at += len(text) / 40 {
		cuts = append(cuts, at, bytes.LastIndexByte(text[:at], '\n')+1)
	}
	for at := last; at <= last+len("main"); at++ {
		cuts = append(cuts, at)
	}
	b := newBench(t)
	b.write(t, "tmp/x", "text", 0o600)
	for _, at := range cuts {
		cmd := sshexec.Cmd{Argv: []string{"/bin/sh", "-s", "--", "install", "0600", "/tmp/x", node.Dir + "/x"}, Sudo: true, Stdin: bytes.NewReader(text[:at])}
		_, _ = b.Run(t.Context(), cmd) // whatever it says
		if b.exists(node.Dir + "/x") {
			t.Fatalf("cut after %d of %d bytes, it has installed a file", at, len(text))
		}
	}
	if _, err := b.Run(t.Context(), node.InstallCmd("0600", "/tmp/x", node.Dir+"/x")); err != nil || !b.exists(node.Dir+"/x") {
		t.Fatalf("whole, it has not: %v", err)
	}
}

func TestTheInstalledNameCarriesTheHash(t *testing.T) {
	if got, want := node.InstalledPath(), "/var/lib/dcos-patch/bin/node-"+node.Sum()[:12]+".sh"; got != want || len(node.Sum()) != 64 {
		t.Errorf("%s, want %s", got, want)
	}
}
