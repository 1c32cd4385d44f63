package node_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// TestADiskThatFailsIsAnErrorOfEveryChange: a sync that fails is not hidden behind one
// that cannot fail.
func TestADiskThatFailsIsAnErrorOfEveryChange(t *testing.T) {
	ctx := t.Context()
	for name, change := range map[string]func(b *bench, sha string) error{
		"init":   func(b *bench, _ string) error { return node.Init(ctx, b, claim) },
		"lock":   func(b *bench, _ string) error { return node.Lock(ctx, b, claim) },
		"unlock": func(b *bench, _ string) error { return node.Unlock(ctx, b, claim) },
		"sweep":  func(b *bench, _ string) error { _, err := node.Sweep(ctx, b, claim); return err },
		"launch": func(b *bench, sha string) error {
			_, err := node.Launch(ctx, b, node.Start{Claim: claim, SHA256: sha, Attempt: 1, From: "2.1.0", Until: soon(t, b)})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := agentBench(t)
			if err := errors.Join(node.Init(ctx, b, claim), node.Lock(ctx, b, claim)); err != nil {
				t.Fatal(err)
			}
			sha := b.Script(t)
			b.write(t, "run/sync-eio", "", 0o644)
			err := change(b, sha)
			var exit *sshexec.ExitError
			if !errors.As(err, &exit) || !strings.Contains(err.Error(), "cannot ") {
				t.Errorf("%v, want an error that says what could not be kept", err)
			}
			if len(b.units(t)) > 0 {
				t.Error("a script was started")
			}
		})
	}
}

func TestASyncThatKnowsNoFilesSyncsEverything(t *testing.T) {
	b := agentBench(t)
	b.write(t, "run/sync-bare", "", 0o644)
	if err := node.Init(t.Context(), b, claim); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(b.path("run/synced")); err != nil {
		t.Error("nothing was made durable")
	}
}
