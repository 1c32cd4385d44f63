package node_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// failing is a node on which every command fails and says why.
type failing struct{ ran []string }

func (f *failing) Run(_ context.Context, c sshexec.Cmd) (sshexec.Result, error) {
	f.ran = append(f.ran, strings.Join(c.Argv, " "))
	stderr := []byte(strings.Repeat("noise\n", 100) + "OSError: [Errno 28] No space left on device\nit has failed\n")
	return sshexec.Result{Stderr: stderr}, &sshexec.ExitError{Node: "a1", Cmd: c.Argv[0], Code: 1, Stderr: stderr}
}

// calls are a call of each verb of the program.
func calls() map[string]func(ctx context.Context, h node.Host) error {
	claim := node.Claim{Epoch: 1, Run: "r", Owner: "o"}
	sha := strings.Repeat("a", 64)
	run := func(c sshexec.Cmd) func(context.Context, node.Host) error {
		return func(ctx context.Context, h node.Host) error { _, err := h.Run(ctx, c); return node.Refusal(err) }
	}
	read := func(verb string, args ...string) func(context.Context, node.Host) error {
		return func(ctx context.Context, h node.Host) error { _, err := node.Read(ctx, h, verb, args...); return err }
	}
	claimed := func(f func(context.Context, node.Host, node.Claim) error) func(context.Context, node.Host) error {
		return func(ctx context.Context, h node.Host) error { return f(ctx, h, claim) }
	}
	return map[string]func(context.Context, node.Host) error{
		"survey":    func(ctx context.Context, h node.Host) error { _, err := node.TakeSurvey(ctx, h); return err },
		"clock":     func(ctx context.Context, h node.Host) error { _, err := node.Clock(ctx, h); return err },
		"readiness": func(ctx context.Context, h node.Host) error { _, err := node.TakeReadiness(ctx, h, ""); return err },
		"next-ip": func(ctx context.Context, h node.Host) error {
			_, err := node.NextIP(ctx, h, "dcos-config--1")
			return err
		},
		"units":     func(ctx context.Context, h node.Host) error { _, err := node.AllUnits(ctx, h); return err },
		"checks":    func(ctx context.Context, h node.Host) error { _, _, err := node.Checks(ctx, h, "cluster"); return err },
		"cockroach": func(ctx context.Context, h node.Host) error { _, err := node.Cockroach(ctx, h); return err },
		"exhibitor": func(ctx context.Context, h node.Host) error { _, _, err := node.Exhibitor(ctx, h); return err },
		"etcd":      func(ctx context.Context, h node.Host) error { _, _, err := node.Etcd(ctx, h); return err },
		"receipt":   func(ctx context.Context, h node.Host) error { _, err := node.Receipts(ctx, h, sha); return err },
		"output":    read("output", sha, "1", "end"),
		"ours":      func(ctx context.Context, h node.Host) error { _, err := node.Ours(ctx, h); return err },
		"run":       func(ctx context.Context, h node.Host) error { _, err := node.ReadRun(ctx, h, "r", "f", 0); return err },
		"log":       read("log"),
		"resources": read("resources"),
		"init":      claimed(node.Init),
		"lock":      claimed(node.Lock),
		"unlock":    claimed(node.Unlock),
		"install":   run(node.InstallCmd("0700", "/tmp/x", node.InstalledPath())),
		"copy":      run(node.CopyCmd(claim, "f", 0, "/tmp/x")),
		"uptime":    func(ctx context.Context, h node.Host) error { _, err := node.ReadUptime(ctx, h); return err },
		"call-off": func(ctx context.Context, h node.Host) error {
			_, err := node.CallOff(ctx, h, claim, sha, 1)
			return err
		},
		"finish-swap": func(ctx context.Context, h node.Host) error {
			return node.FinishSwap(ctx, h, node.Swap{Claim: claim, SHA256: sha, Packages: []string{"mesos--1"}})
		},
		"beat":  func(ctx context.Context, h node.Host) error { return node.Beat(ctx, h, claim, 1) },
		"sweep": func(ctx context.Context, h node.Host) error { _, err := node.Sweep(ctx, h, claim); return err },
		"fetch": func(ctx context.Context, h node.Host) error {
			return node.Fetch(ctx, h, claim, dcos.Script{SHA256: sha, Packages: []string{"mesos--1"}})
		},
		"launch": func(ctx context.Context, h node.Host) error {
			_, err := node.Launch(ctx, h, node.Start{Claim: claim, SHA256: sha, Attempt: 1, From: "2.1.0"})
			return err
		},
	}
}

// The verbs are read out of the program, so that none is forgotten here.
func TestEveryVerbThatFailsSaysWhatTheNodeSaid(t *testing.T) {
	_, table, _ := strings.Cut(string(node.Program()), "\tcase $verb in\n")
	verbs := regexp.MustCompile(`(?m)^\t([a-z-]+)\) `).FindAllStringSubmatch(table, -1)
	if len(verbs) < 20 {
		t.Fatalf("%d verbs in the program", len(verbs))
	}
	all := calls()
	for _, v := range verbs {
		call, known := all[v[1]]
		if !known {
			t.Errorf("no call of verb %s", v[1])
			continue
		}
		h := &failing{}
		err := call(t.Context(), h)
		if err == nil || !strings.Contains(err.Error(), "No space left on device; it has failed") {
			t.Errorf("%s: %v", v[1], err)
		}
		if len(h.ran) != 1 || !strings.Contains(h.ran[0], " "+v[1]) {
			t.Errorf("%s ran %q", v[1], h.ran)
		}
	}
}
