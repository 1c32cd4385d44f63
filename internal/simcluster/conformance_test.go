package simcluster

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/swap"
	prog "github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/node/nodetest"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// simBench is the simulated node as the conformance table wants it.
type simBench struct {
	n       *node
	scripts int
}

var _ nodetest.Bench = (*simBench)(nil)

func newSimBench(t *testing.T) *simBench {
	t.Helper()
	c := start(t, Options{Private: 1, Faults: Faults{{What: fault.ScriptHangs}}})
	c.mirror = "http://10.0.0.1:8080"
	return &simBench{n: c.byName["a1"]}
}

// Run hands the command line to the node without SSH in between.
func (b *simBench) Run(ctx context.Context, c sshexec.Cmd) (sshexec.Result, error) {
	var out, errs bytes.Buffer
	in := c.Stdin
	if in == nil {
		in = strings.NewReader("")
	}
	line := sshexec.Quote(c.Argv)
	if c.Sudo {
		line = "sudo -n " + line
	}
	if code := (session{b.n}).Exec(ctx, line, in, &out, &errs); code != 0 {
		return sshexec.Result{}, &sshexec.ExitError{Node: b.n.name, Cmd: line, Code: code, Stderr: errs.Bytes()}
	}
	return sshexec.Result{Stdout: out.Bytes(), Stderr: errs.Bytes()}, nil
}

func (b *simBench) Arrange(t testing.TB, n nodetest.Node) {
	leave := b.n.c.enter()
	for _, p := range []string{"/etc/mesosphere/roles", "/opt/mesosphere/packages", dcos.Libltdl, "/etc/dcos-patch-rehearsal"} {
		b.n.tree.remove(p)
	}
	b.n.tree.write(prog.InstalledPath(), prog.Program(), 0o700)
	leave()
	b.Set(t, n)
}

func (b *simBench) Set(t testing.TB, n nodetest.Node) {
	defer b.n.c.enter()()
	tree := b.n.tree
	if n.Role != dcos.RoleUnknown {
		b.n.role = n.Role
		tree.write("/etc/mesosphere/roles/"+n.Role.File(), nil, 0o644)
	}
	if n.Version != "" {
		b.n.version = n.Version
		tree.write("/opt/mesosphere/etc/dcos-version.json", versionJSON(b.n.release()), 0o644)
	}
	if n.Active != nil {
		b.n.active = n.Active
		b.n.addPackages(n.Active)
		b.n.writeActive()
		tree.remove(dcos.Libltdl)
	}
	if n.MidSwap {
		tree.write(dcos.InstallProgress, []byte("{}"), 0o644)
	}
	b.n.addPackages(n.Fetched)
	if n.Cut > 0 {
		for _, name := range dcos.SwapNames() {
			tree.remove(dcos.SwapPath(name))
		}
		if err := n.LayCut(b.n.files(), swap.Set{Version: b.n.version, Packages: b.n.active}); err != nil {
			t.Fatal(err)
		}
	}
	if n.Libltdl != "" {
		tree.write(dcos.Libltdl, []byte(n.Libltdl), 0o644)
	}
}

func (b *simBench) Put(_ testing.TB, file, content string) {
	defer b.n.c.enter()()
	if dir := path.Dir(file); !b.n.tree.exists(dir) {
		b.n.tree.mkdir(dir, 0o700, loginUID)
	}
	b.n.tree.write(file, []byte(content), 0o600)
}

func (b *simBench) Script(t testing.TB) string {
	b.scripts++
	text := fmt.Appendf(b.n.c.Script(), "# %d\n", b.scripts)
	defer b.n.c.enter()()
	b.n.tree.write(prog.ScriptPath(sumOf(text)), text, 0o700)
	return sumOf(text)
}

func (b *simBench) running(t testing.TB) *patch {
	for _, p := range b.n.patches {
		if p.running {
			return p
		}
	}
	t.Fatal("no patch runs")
	return nil
}

func (b *simBench) End(t testing.TB, e nodetest.Ending) {
	b.Set(t, e.Then)
	defer b.n.c.enter()()
	b.running(t).end(e.Code)
}

func (b *simBench) Kill(t testing.TB) {
	defer b.n.c.enter()()
	b.running(t).die()
}

func (b *simBench) Reboot(testing.TB) {
	defer b.n.c.enter()()
	b.n.powerOff()
	b.n.powerOn()
}

func TestTheModelOfTheNodeProgramConforms(t *testing.T) {
	for _, c := range nodetest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { c.Try(t, newSimBench(t)) })
		})
	}
}
