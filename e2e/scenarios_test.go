//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// eventfulPatch is one patch to which everything happens: the first master
// does not converge, sshd is restarted in the middle of the second, the run is
// handed over to another machine, and from there on the controller is killed
// again and again. In the end every script ran once, one master was away at a
// time, and nothing is left on the nodes but receipts.
func eventfulPatch(ctx context.Context, t *testing.T, l *lab) {
	before := l.all(ctx, t)
	c := l.controller(t)
	l.stopAndRepair(ctx, t, c, before)
	k := newKiller(t, c)
	l.loseSSH(ctx, t, k)
	k.c = handOver(ctx, t, c)
	k.run(ctx, t, "resume", "--yes")
	c.want(ctx, t, 3, "resume", "--yes") // the first machine has lost it, and says so

	l.wantWholePatch(ctx, t, before)
	for k.rounds < killRounds { // the run ended too soon: once more from the beginning
		if err := l.reset(ctx); err != nil {
			t.Fatal(err)
		}
		before = l.all(ctx, t)
		k.run(ctx, t, "apply", "--yes")
		l.wantWholePatch(ctx, t, before)
	}
	l.wantSwept(ctx, t, k.c)
	k.write(t)
}

// stopAndRepair has the first master not converge, which stops the run, and
// then repairs it. From there on scripts take their time.
func (l *lab) stopAndRepair(ctx context.Context, t *testing.T, c controller, before map[string]evidence) {
	t.Helper()
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
	wantPacked(t, c, first.Name)
	t.Logf("stopped at %s, the others are untouched", first.Name)

	l.onMasters(ctx, t, "rm /etc/dcos-standin.d/exhibitor-latent")
	l.onNodes(ctx, t, "echo 3s >/etc/dcos-standin.d/slow-activate")
	if _, err := first.sh(ctx, "systemctl restart dcos-exhibitor"); err != nil {
		t.Fatal(err)
	}
}

// loseSSH cuts every connection to the second master in the middle of its
// script. The controller watches it to its end all the same, and is killed then.
func (l *lab) loseSSH(ctx context.Context, t *testing.T, k *killer) {
	t.Helper()
	p := k.c.start(ctx, t, "resume", "--yes")
	second := l.inTheMiddle(ctx, t, p)
	if _, err := second.sh(ctx, "systemctl kill --kill-who=all --signal=KILL ssh; systemctl restart ssh"); err != nil {
		t.Fatal(err)
	}
	t.Logf("cut every connection to %s and restarted its sshd", second.Name)
	p.await(func(said string) bool { return strings.Contains(said, second.Name+" patch done") })
	if !k.kill(p) {
		t.Fatalf("the patch of %s was not watched to its end:\n%s", second.Name, p.out.String())
	}
}

// handOver has another machine take a run up whose controller is dead, and
// gives that machine. Its own controller is dead, too, by then.
func handOver(ctx context.Context, t *testing.T, from controller) controller {
	t.Helper()
	to := from
	to.state = t.TempDir()
	to.want(ctx, t, 3, "resume", "--from-cluster") // nobody has given the lock away
	to.want(ctx, t, 0, "lock", "break", "--reason", "its machine was stolen")
	p := to.start(ctx, t, "resume", "--from-cluster")
	p.await(takenUp.MatchString)
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatalf("%v\n%s", err, p.out.String())
	}
	p.wait(t)
	return to
}

// wantWholePatch fails unless every node was patched, once, and in order.
func (l *lab) wantWholePatch(ctx context.Context, t *testing.T, before map[string]evidence) {
	t.Helper()
	after := l.all(ctx, t)
	for _, n := range l.nodes {
		wantPatched(t, n, before[n.Name], after[n.Name])
	}
	l.wantOrder(t, after)
}

// wantProbed: in every group of more than one agent, one of them, the canary, has
// run a task for its launch probe, and nobody else has.
func (l *lab) wantProbed(t *testing.T, seen map[string]evidence) {
	t.Helper()
	size, ran := map[dcos.Role]int{}, map[dcos.Role]int{}
	for _, n := range l.agents() {
		size[n.Role]++
		ran[n.Role] += seen[n.Name].probed
	}
	for role, n := range size {
		if want := min(n-1, 1); ran[role] != want {
			t.Errorf("%d %ss have run %d tasks for launch probes, want %d", n, role, ran[role], want)
		}
	}
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

// onNodes runs a shell text on every node.
func (l *lab) onNodes(ctx context.Context, t *testing.T, text string) {
	t.Helper()
	for _, n := range l.nodes {
		if _, err := n.sh(ctx, text); err != nil {
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

// inTheMiddle waits until a master is in the middle of its script, and gives
// it. The controller's output tells why there is none.
func (l *lab) inTheMiddle(ctx context.Context, t *testing.T, p *process) node {
	t.Helper()
	var found node
	err := until(ctx, 4*time.Minute, "a master is in the middle of its script", func() error {
		for _, m := range l.masters() {
			if e := m.read(ctx, t); len(e.activations) == len(e.activated)+1 {
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
