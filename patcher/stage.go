package patcher

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/shorten"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// stage puts what the patch needs on the node and fetches the packages, while
// the node serves. It may be repeated.
func (p *Patcher) stage(ctx context.Context, t plan.Task) plan.Report {
	ctx, cancel := within(ctx, t.Step.Timeout)
	defer cancel()
	if err := p.install(ctx, t); err != nil {
		return unlaunched(ctx, t, "putting the script on the node", err)
	}
	h, err := p.Nodes.Node(ctx, t.Step.Node)
	if err == nil {
		err = node.Fetch(ctx, h, p.claim(t), t.Plan.Script)
	}
	if err != nil {
		return unlaunched(ctx, t, "fetching packages", err)
	}
	s, err := node.TakeSurvey(ctx, h)
	if err != nil {
		return unlaunched(ctx, t, "looking at the fetched packages", err)
	}
	if missing := lacking(s.Fetched, t.Plan.Script.Packages); len(missing) > 0 {
		return failed(plan.BeforeSwap, "packages are not on the node although the fetch succeeded: %s", shorten.List(missing, 3, " "))
	}
	if rep := p.sameAddress(ctx, t, h); rep != nil {
		return *rep
	}
	return plan.Report{Outcome: plan.Done, Detail: fmt.Sprintf("holds all %d packages", len(t.Plan.Script.Packages))}
}

// sameAddress runs the ip-detect that the patch will bring: with another answer
// the node would come back as another one. nil: it is the same.
func (p *Patcher) sameAddress(ctx context.Context, t plan.Task, h node.Host) *plan.Report {
	pkg := plan.ConfigPackage(t.Plan.Script.Packages)
	if pkg == "" {
		return nil
	}
	var rep plan.Report
	known, _ := t.Plan.Node(t.Step.Node)
	ip, err := node.NextIP(ctx, h, pkg)
	switch {
	case err != nil:
		rep = unlaunched(ctx, t, "running the target's ip-detect", err)
	case ip != "" && ip != known.IP:
		rep = failed(plan.BeforeSwap, "the target's ip-detect (%s) prints %q, and the node is known by %s: patched, Mesos would take it for another node; correct genconf/ip-detect and generate the script again", pkg, ip, known.IP)
	default:
		return nil
	}
	return &rep
}

// install puts the node program and the pinned script on the node.
func (p *Patcher) install(ctx context.Context, t plan.Task) error {
	h, err := p.Nodes.Node(ctx, t.Step.Node)
	if err != nil {
		return err
	}
	if err := node.Init(ctx, h, p.claim(t)); err != nil { // refuses us if the run is another controller's
		return err
	}
	if err := put(ctx, h, node.InstalledPath(), node.Program()); err != nil {
		return err
	}
	return put(ctx, h, node.ScriptPath(t.Plan.Script.SHA256), p.Script)
}

// lockHere makes sure that a master that is to be patched has the run's lock
// record: it may have been out of reach when the cluster was locked, and no
// master is launched without.
func (p *Patcher) lockHere(ctx context.Context, t plan.Task) error {
	if n, _ := t.Plan.Node(t.Step.Node); n.Role != dcos.Master {
		return nil
	}
	h, err := p.Nodes.Node(ctx, t.Step.Node)
	if err != nil {
		return err
	}
	return node.Lock(ctx, h, p.claim(t))
}

// rootOnly is the mode of everything of ours on a node.
const rootOnly fs.FileMode = 0o700

// put installs a root-owned file through the node program.
func put(ctx context.Context, h Host, dst string, content []byte) error {
	return h.Put(ctx, sshexec.PutFile{
		Content: bytes.Clone(content), Dst: dst, Mode: rootOnly,
		Install: func(tmp string) sshexec.Cmd { return node.InstallCmd("0700", tmp, dst) },
	})
}

func lacking(have, want []string) []string {
	got := make(map[string]bool, len(have))
	for _, id := range have {
		got[id] = true
	}
	var missing []string
	for _, id := range want {
		if !got[id] {
			missing = append(missing, id)
		}
	}
	return missing
}
