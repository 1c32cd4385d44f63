package patcher

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
	"github.com/dcos-patch/dcos-patch/steps"
)

// LookCloser adds to the facts what only a patch asks for: clocks, room on
// disks, docker, whether packages can be fetched, and what is not DC/OS's. It
// asks the nodes that have answered the survey, several at once, and
// changes nothing. The facts must know the script.
func LookCloser(ctx context.Context, nodes Nodes, inv *inventory.Cluster, facts plan.Facts) {
	all := inv.Nodes()
	closer := make([]plan.NodeFacts, len(all))
	base := time.Now()
	each(all, func(i int, n inventory.Node) {
		if closer[i] = facts.Nodes[n.Name]; closer[i].Err == "" {
			lookCloser(ctx, nodes, n, facts.Script, base, &closer[i])
		}
	})
	for i, n := range all {
		facts.Nodes[n.Name] = closer[i]
	}
}

func lookCloser(ctx context.Context, nodes Nodes, n inventory.Node, script dcos.Script, base time.Time, f *plan.NodeFacts) {
	defer nodes.Visit(n.Name)()
	h, err := nodes.Node(ctx, n.Name)
	if err != nil {
		f.Err, f.Kind = err.Error(), kind(err) // it answered the survey, and no more
		return
	}
	ctx, cancel := context.WithTimeout(ctx, steps.AskTimeout)
	defer cancel()
	enough := agentClock
	if n.Role == dcos.Master {
		enough = masterClock
	}
	f.Clock = clock(ctx, h, base, enough)
	f.Ready = readiness(ctx, h, packageURL(script))
	f.NextIP = nextIP(ctx, h, script.Packages, *f)
}

// How well clocks are wanted to be known, and how often they are asked for it.
const (
	masterClock = 50 * time.Millisecond
	agentClock  = time.Second
	clockAsks   = 5
	clockAsking = 3 * time.Second // a node that takes so long over it is not asked again
)

// clock asks a node for its time until that is known well enough. Every answer
// bounds it from both sides, by the moments of asking and hearing on our own
// clock since base; all bounds hold at once.
func clock(ctx context.Context, h node.Host, base time.Time, enough time.Duration) *plan.Clock {
	var c plan.Clock
	begun := time.Since(base)
	for i := range clockAsks {
		asked := time.Since(base)
		said, err := node.Clock(ctx, h)
		heard := time.Since(base)
		if err != nil {
			return &plan.Clock{Err: err.Error()}
		}
		least := plan.Duration(said.Sub(base.Add(heard)))
		most := plan.Duration(said.Sub(base.Add(asked)) + time.Millisecond) // it says whole ones
		if i == 0 {
			c.Least, c.Most = least, most
		}
		c.Least, c.Most = max(c.Least, least), min(c.Most, most)
		if c.Least > c.Most {
			return &plan.Clock{Err: "it was set while it was asked"}
		}
		if c.Most-c.Least <= plan.Duration(enough) || heard-begun >= clockAsking {
			break
		}
	}
	return &c
}

// nextIP asks the target's ip-detect, where the node has fetched it and does not
// use it yet. nil: it has not, or there is none.
func nextIP(ctx context.Context, h node.Host, packages []string, f plan.NodeFacts) *plan.NextIP {
	pkg := plan.ConfigPackage(packages)
	if pkg == "" || !slices.Contains(f.Fetched, pkg) || slices.Contains(f.Active, pkg) {
		return nil
	}
	ip, err := node.NextIP(ctx, h, pkg)
	switch {
	case err != nil:
		return &plan.NextIP{Package: pkg, Err: sshexec.Reason(err)}
	case ip == "":
		return nil
	}
	return &plan.NextIP{Package: pkg, IP: ip}
}

func readiness(ctx context.Context, h node.Host, url string) *plan.Readiness {
	r, err := node.TakeReadiness(ctx, h, url)
	if err != nil {
		return &plan.Readiness{Err: err.Error()}
	}
	out := plan.Readiness{
		TmpKB: r.TmpKB, PackagesKB: r.PackagesKB, LargestKB: r.LargestKB, Docker: r.Docker, IPSet: r.IPSet,
		ForeignUnits: r.ForeignUnits, ForeignFiles: r.ForeignFiles, EventSubscriber: r.EventSubscriber,
	}
	switch {
	case url == "":
		out.Fetch = plan.FetchUnasked
	case r.HTTP != 0:
		out.Fetch = fmt.Sprint(r.HTTP)
	default:
		out.Fetch = r.HTTPError
	}
	return &out
}

// packageURL is where pkgpanda looks for a package: for the configuration, if
// the script has one, since that is new in every release. Empty where the
// repository is not served over HTTP.
func packageURL(s dcos.Script) string {
	if len(s.Packages) == 0 || !strings.HasPrefix(s.Repository, "http://") && !strings.HasPrefix(s.Repository, "https://") {
		return ""
	}
	id := s.Packages[0]
	for _, p := range s.Packages {
		if strings.HasPrefix(p, "dcos-config--") {
			id = p
		}
	}
	name, _, _ := strings.Cut(id, "--")
	return strings.TrimSuffix(s.Repository, "/") + "/packages/" + name + "/" + id + ".tar.xz"
}
