//go:build e2e

package e2e

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/proof"
)

// TestLab makes the lab once, has every scenario use it, one after the other,
// and removes it on every way out: a signal or a deadline that comes near
// cancels the context, which fails the scenario in hand and lets the clean-up
// run. Usually it is the eventful patch alone, with one kill; all in make proof.
func TestLab(t *testing.T) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	t.Cleanup(stop)
	if deadline, ok := t.Deadline(); ok {
		limited, cancel := context.WithDeadline(ctx, deadline.Add(-2*time.Minute))
		t.Cleanup(cancel)
		ctx = limited
	}
	l, err := newLab()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.remove(t) })
	begun := time.Now()
	if err := l.start(ctx); err != nil {
		t.Fatalf("starting the lab: %v", err)
	}
	t.Logf("lab %s is healthy after %s", l.prefix, time.Since(begun).Round(time.Second))

	type scenario struct {
		name string
		run  func(context.Context, *testing.T, *lab)
	}
	scenarios := []scenario{
		{"sshexec passes its suite against OpenSSH", sshSuite},
		{"a cluster behind a bastion, with certificates, a sudo that asks, and without forwarding and SFTP, is staged and patched whole, and a second apply touches nothing", guardedCluster},
		{"a patch that stops, loses its connections, and its controller again and again, still runs each script once", eventfulPatch},
		{"swaps that are cut on a master and on an agent are finished by finish-swap, and the run comes to its end", cutSwaps},
	}
	if !proof.Whole() {
		scenarios = scenarios[2:3]
	}
	for i, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			if i > 1 {
				if err := l.reset(ctx); err != nil {
					t.Fatal(err)
				}
			}
			s.run(ctx, t, l)
		})
	}
}

// remove takes the lab away, unless it is to be kept.
func (l *lab) remove(t *testing.T) {
	if os.Getenv("DCOS_PATCH_E2E_KEEP") != "" {
		t.Logf("kept: docker ps -a --filter name=%s; docker network %s; %s", l.prefix, l.network, l.dir)
		return
	}
	if err := l.stop(); err != nil {
		t.Errorf("removing the lab: %v", err)
	}
}
