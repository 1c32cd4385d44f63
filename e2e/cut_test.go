//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// cutSwaps is one patch in which pkgpanda is killed in the middle of the swap of a
// master, and then of an agent. Each time the run stops, does nothing more without
// an approval, and goes on by finish-swap.
func cutSwaps(ctx context.Context, t *testing.T, l *lab) {
	before := l.all(ctx, t)
	c := l.controller(t)
	l.cutAt(ctx, t, l.masters(), "18") // it has moved half of the new set into place
	c.wantCut(ctx, t, "apply", "--yes")
	master := l.onlyCut(ctx, t)
	l.cutAt(ctx, t, l.masters(), "")
	stopped := l.all(ctx, t)
	for _, n := range l.nodes {
		if n.Name != master.Name {
			wantUntouched(t, n, before[n.Name], stopped[n.Name])
		}
	}
	c.wantCut(ctx, t, "resume", "--yes") // nobody has approved anything
	if got := l.onlyCut(ctx, t); got.Name != master.Name {
		t.Fatalf("the swap of %s was cut, now %s", master.Name, got.Name)
	}

	l.cutAt(ctx, t, l.agents(), "9") // it has moved nothing yet
	c.wantCut(ctx, t, "resume", "--yes", "--finish-swap")
	agent := l.onlyCut(ctx, t)
	l.cutAt(ctx, t, l.agents(), "")
	c.want(ctx, t, 0, "resume", "--yes", "--finish-swap")

	after := l.all(ctx, t)
	for _, n := range l.nodes {
		if n.Name == master.Name || n.Name == agent.Name {
			wantFinished(ctx, t, n, before[n.Name], after[n.Name])
		} else {
			wantPatched(t, n, before[n.Name], after[n.Name])
		}
	}
	l.wantOrder(t, after)
	l.wantSwept(ctx, t, c)
}

// cutAt has pkgpanda on these nodes killed at a position of its swap; empty: no more.
func (l *lab) cutAt(ctx context.Context, t *testing.T, nodes []node, position string) {
	t.Helper()
	text := "rm /etc/dcos-standin.d/cut-at"
	if position != "" {
		text = "mkdir -p /etc/dcos-standin.d && echo " + position + " >/etc/dcos-standin.d/cut-at"
	}
	for _, n := range nodes {
		if _, err := n.sh(ctx, text); err != nil {
			t.Fatal(err)
		}
	}
}

// wantCut runs a command that must stop at a cut swap and name the way on.
func (c controller) wantCut(ctx context.Context, t *testing.T, args ...string) {
	t.Helper()
	p := c.start(ctx, t, args...)
	p.wantExit(t, 4)
	for _, want := range []string{"its swap was cut", "--finish-swap"} {
		if said := p.out.String(); !strings.Contains(said, want) {
			t.Fatalf("%s does not say %q:\n%s", args[0], want, said)
		}
	}
}

// onlyCut gives the one node in the middle of a swap.
func (l *lab) onlyCut(ctx context.Context, t *testing.T) node {
	t.Helper()
	var cut []node
	for _, n := range l.nodes {
		if _, err := n.sh(ctx, "test -e /opt/mesosphere/install_progress"); err == nil {
			cut = append(cut, n)
		}
	}
	if len(cut) != 1 {
		t.Fatalf("%d nodes are in the middle of a swap, want one: %v", len(cut), cut)
	}
	t.Logf("the swap of %s is cut", cut[0].Name)
	return cut[0]
}

// finishScript prints what is left of a cut swap, and what was written down of its
// finishing: its word, whose call it was, and in which epoch.
const finishScript = `
ls -d /opt/mesosphere/install_progress /opt/mesosphere/*.new /etc/systemd/system/*.new /etc/systemd/system/*.unit.new 2>/dev/null
cut -d' ' -f1,3 /var/lib/dcos-patch/receipts/*/*/finish
cat /var/lib/dcos-patch/epoch | cut -d' ' -f1
systemctl is-active dcos.target`

// wantFinished fails unless the node's script was begun once, died in its swap, and
// what it left was finished by a call of finish-swap: the node runs what it has
// activated, as if the script had come through.
func wantFinished(ctx context.Context, t *testing.T, n node, before, after evidence) {
	t.Helper()
	if len(after.activations) != 1 || len(after.activated) != 0 {
		t.Errorf("%s: %d activations began and %d ended, want one that was killed", n.Name, len(after.activations), len(after.activated))
	}
	if len(after.receipts) != 1 || slices.Contains([]string{"0", "running"}, after.receipts[0]) {
		t.Errorf("%s: receipts %v, want one with an exit code other than 0", n.Name, after.receipts)
	}
	after.activated, after.receipts = after.activations, []string{"0"} // in all else it is patched as the others are
	wantPatched(t, n, before, after)
	out, err := n.sh(ctx, finishScript)
	lines := strings.Fields(out)
	if err != nil || len(lines) != 4 || lines[0] != "done" || lines[3] != "active" {
		t.Errorf("%s: %q, %v; want nothing left of the swap, and one receipt of finish-swap", n.Name, out, err)
		return
	}
	t.Logf("%s: %s", n.Name, fmt.Sprintf("finish-swap %s under epoch %s; dcos.target is active", lines[0], lines[1]))
}
