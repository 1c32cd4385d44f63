package plan

import (
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/gates"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// CustomGate is a gate of the operator's own, as far as it is decided on: what
// is asked, of whom, and what counts as a yes, for how long. Exactly one of
// Command, HTTP and Query is set. Its timeout is in the steps' GateSpecs.
type CustomGate struct {
	Name      string               `json:"name"`
	Group     string               `json:"group,omitempty"`      // whose lanes it is about; empty: everybody's, masters too
	OfCluster bool                 `json:"of_cluster,omitempty"` // asked before a lane is admitted, too
	Command   string               `json:"command,omitempty"`    // for sh on the controller
	HTTP      string               `json:"http,omitempty"`
	ViaNode   bool                 `json:"via_node,omitempty"` // HTTP through the node's SSH connection
	Query     string               `json:"prometheus,omitempty"`
	Server    string               `json:"server,omitempty"` // URL, who answers Query
	Want      dcos.Comparison      `json:"want,omitzero"`    // each value of Query
	WantText  string               `json:"want_text,omitempty"`
	WantJSON  []inventory.WantJSON `json:"want_json,omitempty"`
	Span      Duration             `json:"span"`    // how long it must stay green after a patch; a rehearsal's is shorter
	Timeout   Duration             `json:"timeout"` // of one question
}

// CustomGates are the operator's own gates of an inventory: those of the
// cluster, then group by group.
func CustomGates(c *inventory.Cluster) []CustomGate {
	var all []CustomGate
	add := func(group string, gates []inventory.Gate) {
		for _, g := range gates {
			all = append(all, customGate(c, group, g))
		}
	}
	add("", c.Gates)
	for _, g := range c.Groups {
		add(g.Name, g.Gates)
	}
	return all
}

func customGate(c *inventory.Cluster, group string, g inventory.Gate) CustomGate {
	out := CustomGate{
		Name: g.Name, Group: group, OfCluster: g.OfCluster, Command: g.Command, HTTP: g.HTTP, ViaNode: g.ViaNode,
		Query: g.Prometheus, Want: g.Want, WantText: g.WantText, WantJSON: g.WantJSON,
		Span: Duration(g.Span), Timeout: Duration(g.Timeout),
	}
	if g.Prometheus != "" {
		out.Server = c.Prometheus
	}
	return out
}

// customSpecs are the demands of the operator's gates that a group's nodes must
// pass, or the masters.
func customSpecs(c *inventory.Cluster, group string, f timeScale) []GateSpec {
	own := c.Gates
	for _, g := range c.Groups {
		if g.Name == group {
			own = append(own[:len(own):len(own)], g.Gates...)
		}
	}
	var specs []GateSpec
	for _, g := range own {
		specs = append(specs, GateSpec{
			Gate: g.Name, Need: gates.OwnNeed,
			Span: f.span(g.Span), Every: f.poll(g.Every), Within: f.timeout(g.Within),
		})
	}
	return specs
}

// ClusterGates lists those of an operator's gates that must be green for what is
// asked about. A group's gates bind that group's stages, and postflight. Before anything
// is touched, those that bind later are told apart: a person wants to hear early.
func (a Ask) ClusterGates(all []CustomGate) (binding, later []CustomGate) {
	for _, g := range all {
		switch {
		case !g.OfCluster:
		case g.Group == "" || g.Group == a.Group || a.Kind == StagePostflight:
			binding = append(binding, g)
		case a.Kind == StagePreflight || a.Kind == "":
			later = append(later, g)
		}
	}
	return binding, later
}
