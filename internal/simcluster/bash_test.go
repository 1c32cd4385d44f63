package simcluster

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/installed"
)

// The model of the node patch script is pinned to what bash makes of the
// rendered text: same exit code, same words, same calls of pkgpanda. The real
// paths are replaced by those of a directory, everything else is as rendered.
func TestBashDoesWithTheScriptWhatTheModelDoes(t *testing.T) {
	installed.Need(t, "bash")
	if os.Geteuid() != 0 {
		t.Skip("needs root, as the script does")
	}
	for _, test := range []struct {
		name     string
		from, to dcos.Version                    // 2.1.0 to 2.1.1 when empty
		faults   Faults                          // of the model
		spoil    func(t *testing.T, root string) // of the directory
		set      func(n *node)                   // of the model, behind its back
		exit     int
		says     string
		fetched  bool
		activate bool
	}{
		{name: "a healthy node is patched", exit: 0, says: "Upgrading DC/OS agent 2.1.0 -> 2.1.1\n", fetched: true, activate: true},
		{name: "a node whose checks all fail is patched just the same", exit: 0, says: "Upgrading DC/OS agent 2.1.0 -> 2.1.1\n",
			faults: Faults{{What: fault.ChecksRedBefore, Where: "a1"}},
			spoil:  func(t *testing.T, root string) { stub(t, root, "CHECKS", "2") }, fetched: true, activate: true},
		{name: "another version is refused", exit: 1, says: "ERROR: Expecting to upgrade DC/OS from 2.1.0 to 2.1.1. Version found on node: 2.1.1\n",
			spoil: func(t *testing.T, root string) {
				file(t, root, "opt/mesosphere/etc/dcos-version.json", string(versionJSON(release{"2.1.1", Open})), 0o644)
			},
			set: func(n *node) { n.version = "2.1.1" }},
		{name: "a missing environment ends it at once", exit: 1, says: "environment.export: No such file or directory\n",
			spoil: func(t *testing.T, root string) {
				if err := os.Remove(filepath.Join(root, "opt/mesosphere/environment.export")); err != nil {
					t.Fatal(err)
				}
			},
			set: func(n *node) { n.tree.remove("/opt/mesosphere/environment.export") }},
		{name: "a fetch that fails ends it before anything is stopped", exit: 1, says: "ERROR: Unable to fetch package",
			faults: Faults{{What: fault.ScriptFailsFetch, Where: "a1"}},
			spoil:  func(t *testing.T, root string) { stub(t, root, "FETCH", "1") }, fetched: true},
		{name: "an activation that fails ends it with 1", exit: 1, says: "Traceback",
			faults: Faults{{What: fault.ScriptFailsMidSwap, Where: "a1"}},
			spoil:  func(t *testing.T, root string) { stub(t, root, "ACTIVATE", "1") }, fetched: true, activate: true},
		{name: "1.11 really asks the checks, and goes on when they are green", from: "1.11.11", to: "1.11.12", exit: 0, says: "Upgrading DC/OS agent 1.11.11 -> 1.11.12\n", fetched: true, activate: true},
		{name: "1.11 refuses a node whose checks are red", from: "1.11.11", to: "1.11.12", exit: 1, says: "Cannot proceed with upgrade, node checks failed\n",
			faults: Faults{{What: fault.ChecksRedBefore, Where: "a1"}},
			spoil:  func(t *testing.T, root string) { stub(t, root, "CHECKS", "2") }},
		{name: "2.2 waits for systemd", from: "2.2.0", to: "2.2.1", exit: 0, says: "Upgrading DC/OS agent 2.2.0 -> 2.2.1\n", fetched: true, activate: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			def(&test.from, "2.1.0")
			def(&test.to, "2.1.1")
			opt := Options{Private: 1, Faults: test.faults, From: test.from, To: test.to}
			var output string
			var exit int
			var script []byte
			synctest.Test(t, func(t *testing.T) { output, exit, script = modelRun(t, opt, test.set) })
			if exit != test.exit || !strings.Contains(output, test.says) {
				t.Errorf("the model: exit %d, %q", exit, output)
			}
			root := stubbed(t, release{test.from, Open})
			if test.spoil != nil {
				test.spoil(t, root)
			}
			output, exit = bashRun(t, root, script)
			if exit != test.exit || !strings.Contains(output, test.says) {
				t.Errorf("bash: exit %d, %q", exit, output)
			}
			calls := read(t, root, "calls")
			if strings.Contains(calls, "pkgpanda fetch --repository-url=http://") != test.fetched || strings.Contains(calls, "pkgpanda activate ") != test.activate ||
				strings.Contains(calls, "pkgpanda activate --no-block ") != (test.activate && test.to.Compare("2.2.0") < 0) {
				t.Errorf("calls: %s", calls)
			}
		})
	}
}

// A script without its end is no script to bash, which reads it without running it.
func TestBashFindsAScriptThatWasCut(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("needs bash")
	}
	for _, opt := range []Options{{From: "1.11.11", To: "1.11.12"}, {From: "2.1.0", To: "2.1.1"}, {From: "2.2.0", To: "2.2.1"}} {
		c, err := New(opt)
		if err != nil {
			t.Fatal(err)
		}
		whole := c.Script()
		for _, text := range [][]byte{whole, whole[:len(whole)-30]} {
			cmd := exec.Command("bash", "-n")
			cmd.Stdin = bytes.NewReader(text)
			bashErr := cmd.Run()
			if model := c.parseScript(text); (bashErr == nil) != (len(text) == len(whole)) || (model.code == 0) != (bashErr == nil) {
				t.Errorf("%s, %d of %d bytes: bash %v, model %+v", opt.From, len(text), len(whole), bashErr, model)
			}
		}
		c.Close()
	}
}

// modelRun patches a1 and gives the output, the exit code and the script.
func modelRun(t *testing.T, opt Options, set func(*node)) (string, int, []byte) {
	t.Helper()
	c := start(t, opt)
	l := must(t, c, "a1")
	l.prepare()
	if _, errs, code := l.launch(); code != 0 {
		t.Fatalf("launch: %d %s", code, errs)
	}
	if set != nil {
		leave := c.enter()
		set(c.byName["a1"])
		leave()
	}
	for range 300 {
		if got := c.Launches("a1"); got[0].Exit >= 0 {
			return l.verb("output " + sumOf(c.Script()) + " 1 0"), got[0].Exit, c.Script()
		}
		time.Sleep(time.Second)
	}
	t.Fatal("the script does not end")
	return "", 0, nil
}

func file(t *testing.T, root, name, text string, mode os.FileMode) {
	t.Helper()
	p := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// stub sets the exit code of a stand-in.
func stub(t *testing.T, root, what, code string) {
	t.Helper()
	file(t, root, "stub/"+what, code, 0o644)
}

func read(t *testing.T, root, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(b)
}

// stubbed is a directory in place of a node's file system.
func stubbed(t *testing.T, r release) string {
	t.Helper()
	root := t.TempDir()
	file(t, root, "etc/mesosphere/roles/slave", "", 0o644)
	file(t, root, "opt/mesosphere/environment.export", "export PATH="+root+"/opt/mesosphere/bin:$PATH\n", 0o644)
	file(t, root, "opt/mesosphere/etc/dcos-version.json", string(versionJSON(r)), 0o644)
	file(t, root, "opt/mesosphere/etc/dcos-diagnostics-runner-config.json", "{}", 0o644)
	file(t, root, "opt/mesosphere/bin/"+r.checkRunner(), `#!/bin/sh
# The real one finds no check named as it is asked, and exits 0 for that.
echo "dcos-check-runner $*" >>`+root+`/calls
case "$*" in
"check node-poststart" | "check cluster") exit "$(cat `+root+`/stub/CHECKS 2>/dev/null || echo 0)" ;;
esac
exit 0
`, 0o755)
	file(t, root, "opt/mesosphere/bin/pkgpanda", `#!/bin/sh
echo "pkgpanda $*" >>`+root+`/calls
case $1 in
fetch) code=$(cat `+root+`/stub/FETCH 2>/dev/null || echo 0); [ "$code" = 0 ] || echo "ERROR: Unable to fetch package" >&2 ;;
activate) code=$(cat `+root+`/stub/ACTIVATE 2>/dev/null || echo 0); [ "$code" = 0 ] || echo "Traceback" >&2 ;;
esac
exit "$code"
`, 0o755)
	return root
}

func bashRun(t *testing.T, root string, script []byte) (string, int) {
	t.Helper()
	text := strings.NewReplacer("/opt/mesosphere", root+"/opt/mesosphere", "/etc/mesosphere", root+"/etc/mesosphere").Replace(string(script))
	file(t, root, "dcos_node_upgrade.sh", text, 0o755)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", filepath.Join(root, "dcos_node_upgrade.sh"))
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return string(out), 0
	case errors.As(err, &exit):
		return string(out), exit.ExitCode()
	default:
		t.Fatal(err)
		return "", 0
	}
}
