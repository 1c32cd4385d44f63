package node_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/swap"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/node/nodetest"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// bench is a node in a directory: the real program under a real shell, with
// small stand-ins for systemd and DC/OS (testdata).
type bench struct {
	root    string
	shell   []string // in place of /bin/sh
	scripts int
	boots   int
	cuts    bool // operations are counted, and the program is killed before one of them (testdata/cut)
}

var _ nodetest.Bench = (*bench)(nil)

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{root: t.TempDir(), shell: []string{"/bin/sh"}}
	t.Cleanup(func() { b.stopUnits(t) })
	for _, dir := range []string{"run/units", "opt/mesosphere/bin", "opt/mesosphere/etc", "opt/mesosphere/lib", "opt/mesosphere/active",
		"opt/mesosphere/packages", "etc/mesosphere/roles", "var/lib/dcos", "proc/1", "proc/sys/kernel/random", "tmp"} {
		b.mkdir(t, dir)
	}
	stubs, err := filepath.Glob("testdata/dcos/*")
	if err != nil || len(stubs) == 0 {
		t.Fatalf("no stand-ins of DC/OS: %v", err)
	}
	for _, stub := range stubs {
		text, err := os.ReadFile(stub)
		if err != nil {
			t.Fatal(err)
		}
		b.write(t, "opt/mesosphere/bin/"+filepath.Base(stub), string(text), 0o755)
	}
	b.write(t, "proc/uptime", "86400.25 172000.50\n", 0o644)
	b.write(t, "proc/1/stat", "1 (sys) temd (x) S 0 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 77 1 2 3", 0o644)
	b.write(t, "run/dcos-setup", "inactive", 0o644)
	b.boot(t)
	b.write(t, node.InstalledPath(), string(node.Program()), 0o700)
	return b
}

func (b *bench) path(p string) string { return filepath.Join(b.root, p) }

func (b *bench) mkdir(t testing.TB, p string) {
	t.Helper()
	if err := os.MkdirAll(b.path(p), 0o755); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) write(t testing.TB, p, text string, mode os.FileMode) {
	t.Helper()
	b.mkdir(t, filepath.Dir(p))
	if err := os.WriteFile(b.path(p), []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) read(t testing.TB, p string) string {
	t.Helper()
	text, err := os.ReadFile(b.path(p))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(text)
}

func (b *bench) exists(p string) bool {
	_, err := os.Lstat(b.path(p))
	return err == nil
}

// Run is the login shell, sudo and all.
func (b *bench) Run(ctx context.Context, c sshexec.Cmd) (sshexec.Result, error) {
	argv := append([]string{}, b.shell...)
	if c.Argv[0] != "/bin/sh" || !c.Sudo {
		return sshexec.Result{}, fmt.Errorf("%q: not a call of the node program", c.Argv)
	}
	for _, a := range c.Argv[1:] {
		if a == node.InstalledPath() {
			a = b.path(a)
		}
		argv = append(argv, a)
	}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	stubs, err := filepath.Abs("testdata/path")
	if err != nil {
		return sshexec.Result{}, err
	}
	var stdout, stderr bytes.Buffer
	path := stubs + ":/usr/bin:/bin"
	if b.cuts {
		path = filepath.Join(filepath.Dir(stubs), "cut") + ":" + path
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	}
	cmd.Env = []string{"DCOS_PATCH_ROOT=" + b.root, "PATH=" + path}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = c.Stdin, &stdout, &stderr
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return sshexec.Result{}, &sshexec.ExitError{Node: "n1", Cmd: strings.Join(c.Argv, " "), Code: exit.ExitCode(), Stderr: stderr.Bytes()}
	}
	return sshexec.Result{Stdout: stdout.Bytes(), Stderr: stderr.Bytes()}, err
}

func (b *bench) Arrange(t testing.TB, n nodetest.Node) { b.Set(t, n) }

func (b *bench) Set(t testing.TB, n nodetest.Node) {
	t.Helper()
	if n.Role != dcos.RoleUnknown {
		b.write(t, "etc/mesosphere/roles/"+n.Role.File(), "", 0o644)
	}
	if n.Version != "" {
		b.write(t, "opt/mesosphere/etc/dcos-version.json",
			fmt.Sprintf("{\n  \"version\": %q,\n  \"dcos-image-commit\": \"c\",\n  \"bootstrap-id\": \"b\",\n  \"dcos-variant\": \"open\"\n}\n", n.Version), 0o644)
	}
	if n.Active != nil {
		if err := os.RemoveAll(b.path("opt/mesosphere/active")); err != nil {
			t.Fatal(err)
		}
		b.mkdir(t, "opt/mesosphere/active")
		for _, id := range n.Active {
			b.mkdir(t, "opt/mesosphere/packages/"+id)
			name, _, _ := strings.Cut(id, "--")
			if err := os.Symlink("../packages/"+id, b.path("opt/mesosphere/active/"+name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n.MidSwap {
		b.write(t, dcos.InstallProgress, "{}", 0o644)
	}
	for _, id := range n.Fetched {
		b.mkdir(t, "opt/mesosphere/packages/"+id)
	}
	if n.Cut > 0 {
		if err := n.LayCut(swap.Dir(b.root), swap.Set{Version: "2.1.0"}); err != nil {
			t.Fatal(err)
		}
	}
	if n.Libltdl != "" {
		b.write(t, dcos.Libltdl, n.Libltdl, 0o644)
	}
}

func (b *bench) Put(t testing.TB, path, content string) { b.write(t, path, content, 0o600) }

func (b *bench) Script(t testing.TB) string {
	t.Helper()
	b.scripts++
	text := fmt.Sprintf(`#!/bin/bash
# script %d
umask
echo "$# arguments, $PWD, $HOME"
cd "$DCOS_PATCH_ROOT/run" || exit 99
touch script-running
until [ -e script-end ]; do sleep 0.01; done
exit "$(cat script-end)"
`, b.scripts)
	sum := sha256.Sum256([]byte(text))
	sha := hex.EncodeToString(sum[:])
	b.write(t, node.ScriptPath(sha), text, 0o700)
	return sha
}

func (b *bench) End(t testing.TB, e nodetest.Ending) {
	t.Helper()
	b.awaitRunning(t)
	b.Set(t, e.Then)
	b.write(t, "run/end.tmp", strconv.Itoa(e.Code), 0o644)
	if err := os.Rename(b.path("run/end.tmp"), b.path("run/script-end")); err != nil {
		t.Fatal(err)
	}
	b.await(t, "the unit to end", func() bool { return len(b.units(t)) == 0 })
	b.forget(t)
}

func (b *bench) Kill(t testing.TB) {
	t.Helper()
	b.awaitRunning(t)
	b.stopUnits(t)
	b.forget(t)
}

func (b *bench) Reboot(t testing.TB) {
	t.Helper()
	if len(b.units(t)) > 0 {
		b.Kill(t)
	}
	b.boot(t)
}

func (b *bench) boot(t testing.TB) {
	b.boots++
	b.write(t, "proc/sys/kernel/random/boot_id", fmt.Sprintf("11111111-2222-3333-4444-%012d\n", b.boots), 0o644)
}

func (b *bench) awaitRunning(t testing.TB) {
	t.Helper()
	b.await(t, "the script to run", func() bool { return b.exists("run/script-running") })
}

func (b *bench) forget(t testing.TB) {
	t.Helper()
	for _, f := range []string{"script-running", "script-end"} {
		if err := os.Remove(b.path("run/" + f)); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
}

func (b *bench) units(t testing.TB) []string {
	t.Helper()
	all, err := filepath.Glob(b.path("run/units/*"))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// stopUnits kills what runs, all of it at once.
func (b *bench) stopUnits(t testing.TB) {
	t.Helper()
	for _, unit := range b.units(t) {
		var pid int
		b.await(t, "the unit's pid", func() bool {
			text, err := os.ReadFile(unit)
			if errors.Is(err, os.ErrNotExist) {
				return true // ended by itself
			}
			pid, err = strconv.Atoi(strings.TrimSpace(string(text)))
			return err == nil && pid > 1
		})
		if pid > 1 {
			if err := syscall.Kill(-pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
				t.Fatal(err)
			}
		}
		if err := os.Remove(unit); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
}

func (b *bench) await(t testing.TB, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Minute); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited 5m for %s", what)
		}
	}
}
