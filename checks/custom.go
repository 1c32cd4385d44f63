package checks

import (
	"context"
	"net"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fanout"
	"github.com/dcos-patch/dcos-patch/plan"
)

// custom asks an operator's gate once. It never compares with a baseline: what
// an operator wants is wanted of a node whatever it was before.
func (a *gateContext) custom(ctx context.Context, g plan.CustomGate) Answer {
	ctx, cancel := context.WithTimeout(ctx, g.Timeout.D())
	defer cancel()
	switch {
	case g.Command != "":
		return judgeCommand(a.command(ctx, g), g, a.expectation)
	case g.Query != "":
		return judgePrometheus(a.query(ctx, g), g, a.expectation)
	}
	return judgeHTTP(a.get(ctx, g, a.about(g, g.HTTP)), g, a.expectation)
}

// ownGates asks those of the operator's gates that bind the work at hand, and
// those that will bind later work: these only warn.
func (c *Cluster) ownGates(ctx context.Context, ask plan.Ask) []dcos.Finding {
	binding, later := ask.ClusterGates(c.subject.Gates)
	gates := append(binding, later...)
	findings := make([]dcos.Finding, len(gates))
	fanout.Each(len(gates), gates, func(i int, g plan.CustomGate) { findings[i] = (&gateContext{c: c}).custom(ctx, g).Finding })
	for i, g := range later {
		if f := &findings[len(binding)+i]; !f.Status.OK() {
			f.Status, f.Hint = dcos.Warned, g.Group+" begins only when it is green"
		}
	}
	return findings
}

// about fills the words of a URL or query in.
func (a *gateContext) about(g plan.CustomGate, text string) string {
	n, host := a.node, func(s string) string { return s }
	if g.HTTP != "" {
		host = func(s string) string {
			if ip := net.ParseIP(s); ip != nil && ip.To4() == nil {
				return "[" + s + "]"
			}
			return s
		}
	}
	return strings.NewReplacer("${NODE}", string(n.Name), "${ADDRESS}", host(n.Address), "${IP}", host(n.IP),
		"${ROLE}", n.Role.String(), "${RUN}", a.c.local.Run).Replace(text)
}
