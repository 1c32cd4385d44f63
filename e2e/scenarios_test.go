//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// wholePatch: nothing goes wrong, and a second apply finds nothing to do.
func wholePatch(ctx context.Context, t *testing.T, l *lab) {
	before := l.all(ctx, t)
	c := l.controller(t)
	c.want(ctx, t, 0, "apply", "--yes")
	after := l.all(ctx, t)
	for _, n := range l.nodes {
		wantPatched(t, n, before[n.Name], after[n.Name])
	}
	l.wantOrder(t, after)

	c.want(ctx, t, 0, "apply", "--yes")
	again := l.all(ctx, t)
	for _, n := range l.nodes {
		wantUntouched(t, n, after[n.Name], again[n.Name])
	}
}

// eventfulPatch is one patch to which everything happens: the first master
// does not converge, the controller dies in the middle of the second, sshd is
// restarted in the middle of the third. In the end every script ran once.
func eventfulPatch(ctx context.Context, t *testing.T, l *lab) {
	before := l.all(ctx, t)
	c := l.controller(t)

	// A switch is read when Exhibitor starts, so all masters are well until patched.
	l.onMasters(ctx, t, "touch /etc/dcos-standin.d/exhibitor-latent")
	c.want(ctx, t, 4, "apply", "--yes")
	stopped := l.all(ctx, t)
	first := l.onlyActivated(t, stopped)
	for _, n := range l.nodes {
		if n.Name != first.Name {
			wantUntouched(t, n, before[n.Name], stopped[n.Name])
		}
	}
	t.Logf("stopped at %s, the others are untouched", first.Name)

	// A person repairs it, and from here on scripts take their time.
	l.onMasters(ctx, t, "rm /etc/dcos-standin.d/exhibitor-latent; echo 8s >/etc/dcos-standin.d/slow-activate")
	if _, err := first.sh(ctx, "systemctl restart dcos-exhibitor"); err != nil {
		t.Fatal(err)
	}
	killed := c.start(ctx, t, "resume", "--yes")
	second := l.inTheMiddle(ctx, t, killed)
	if err := killed.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	killed.wait(t)
	t.Logf("killed the controller in the middle of %s", second.Name)

	resumed := c.start(ctx, t, "resume", "--yes")
	third := l.inTheMiddle(ctx, t, resumed, second)
	if _, err := third.sh(ctx, "systemctl kill --kill-who=all --signal=KILL ssh; systemctl restart ssh"); err != nil {
		t.Fatal(err)
	}
	t.Logf("cut every connection to %s and restarted its sshd", third.Name)
	resumed.wantExit(t, 0)

	after := l.all(ctx, t)
	for _, n := range l.nodes {
		wantPatched(t, n, before[n.Name], after[n.Name])
	}
	l.wantOrder(t, after)
}

// onMasters runs a shell text on every master.
func (l *lab) onMasters(ctx context.Context, t *testing.T, text string) {
	t.Helper()
	for _, m := range l.masters() {
		if _, err := m.sh(ctx, text); err != nil {
			t.Fatal(err)
		}
	}
}

// onlyActivated gives the one node on which packages were activated.
func (l *lab) onlyActivated(t *testing.T, seen map[string]evidence) node {
	t.Helper()
	var found []node
	for _, n := range l.nodes {
		if len(seen[n.Name].activations) > 0 {
			found = append(found, n)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d nodes were activated, want one master: %v", len(found), found)
	}
	return found[0]
}

// inTheMiddle waits until a master, none of those before, is in the middle of
// its script, and gives it. The controller's output tells why there is none.
func (l *lab) inTheMiddle(ctx context.Context, t *testing.T, p *process, not ...node) node {
	t.Helper()
	var found node
	err := until(ctx, 4*time.Minute, "a master is in the middle of its script", func() error {
		for _, m := range l.masters() {
			if e := m.read(ctx, t); len(e.activations) == len(e.activated)+1 && !contains(not, m) {
				found = m
				return nil
			}
		}
		return fmt.Errorf("none is")
	})
	if err != nil {
		_ = p.cmd.Process.Kill() // it may have ended
		p.wait(t)
		t.Fatalf("%v\n%s", err, p.out.String())
	}
	return found
}

func contains(nodes []node, n node) bool {
	for _, m := range nodes {
		if m.Name == n.Name {
			return true
		}
	}
	return false
}
