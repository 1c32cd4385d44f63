package checks

import (
	"context"
	"fmt"
	"net/http"

	"github.com/dcos-patch/dcos-patch/daemons"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// marathon asks the Marathon of a master.
func (p *peer) marathon(ctx context.Context, path string) ([]byte, error) {
	r, err := overHTTP(ctx, func(ctx context.Context) (daemons.Reply, error) {
		return daemons.Get(ctx, p.http, p.access.URL(p.node.IP, dcos.MarathonPort)+path)
	})
	if err == nil && r.Status != http.StatusOK {
		err = fmt.Errorf("asking Marathon: HTTP %d", r.Status)
	}
	return r.Body, err
}

// marathonLeader is the address of the leading Marathon as this master's one
// knows it; empty when it does not answer. It only weighs one point in the
// order of masters, so that no answer is no fault.
func (p *peer) marathonLeader(ctx context.Context) string {
	b, err := p.marathon(ctx, "/v2/leader")
	if err != nil {
		return ""
	}
	leader, _ := dcos.ParseMarathonLeader(b)
	return leader
}

// Deployments asks the Marathon of a master what it is in the middle of. It answers
// only to somebody with credentials where DC/OS Enterprise is strict about that.
func (c *Cluster) Deployments(ctx context.Context, master inventory.NodeName) ([]string, error) {
	p, err := c.peer(master)
	if err != nil {
		return nil, err
	}
	b, err := p.marathon(ctx, "/v2/deployments")
	if err != nil {
		return nil, err
	}
	all, err := dcos.ParseDeployments(b)
	var running []string
	for _, d := range all {
		running = append(running, d.String())
	}
	return running, err
}
