package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// Deviations compares a plan that came from elsewhere with what an inventory
// decides: every node, gate, rule of the policy, stage and the target. What was
// observed is taken from the plan: the state of its nodes, and which of them are
// excluded. So are its waivers, which no inventory holds. Without a deviation
// nothing of this inventory's is weakened, and nothing runs on this machine that
// the inventory does not name.
func Deviations(p *Plan, c *inventory.Cluster) []Block {
	d := deviations{inventory: c.Source}
	d.target(p, c)
	d.nodes(p, c)
	if len(d.blocks) > 0 {
		return d.blocks // all else follows from them
	}
	own := restate(p, c)
	d.gates(p.Gates, own.Gates)
	d.rules(p, own)
	d.stages(p, own)
	if id, err := Identity(own); len(d.blocks) == 0 && (err != nil || id != p.ID) {
		d.differs("", "the decision", p.ID, id)
	}
	return d.blocks
}

// restate makes the plan that the inventory decides for nodes in the state in
// which p found them.
func restate(p *Plan, c *inventory.Cluster) *Plan {
	s := newBuilder(Input{Inventory: c, Facts: Facts{Script: p.Script}, Waivers: p.Waivers})
	clear(s.out)
	for _, n := range p.Nodes {
		if n.Disposition == Excluded {
			s.out[n.Name] = inventory.Exclusion{Node: n.Name}
		}
	}
	own := s.draft()
	for i := range own.Nodes {
		if n, ok := p.Node(own.Nodes[i].Name); ok {
			own.Nodes[i] = n
		}
	}
	own.Variant = p.Variant
	s.addStages(own)
	return own
}

// deviations collects what differs.
type deviations struct {
	inventory string // file
	blocks    []Block
}

func (d *deviations) differs(node inventory.NodeName, what, observed, want string) {
	if observed != want {
		d.blocks = append(d.blocks, Block{Node: node, What: what + " of the copied plan is not what the inventory here says", Observed: orElse(observed, "nothing"), Want: orElse(want, "nothing"),
			Next: advice.Say("find out who changed it; if the plan is right, make " + cmp.Or(d.inventory, "the inventory") + " say the same")})
	}
}

func (d *deviations) target(p *Plan, c *inventory.Cluster) {
	d.differs("", "the cluster", p.Cluster.Name+" "+p.Cluster.ID, c.Name+" "+c.ID)
	d.differs("", "the script's URL", p.Script.URL, c.Target.URL)
	d.differs("", "the script's SHA-256", p.Script.SHA256, cmp.Or(c.Target.SHA256, p.Script.SHA256))
	for _, v := range []struct {
		what              string
		have, said, wants dcos.Version
	}{{"the version from which it patches", p.From, p.Script.From, c.Target.From}, {"the version to which it patches", p.To, p.Script.To, c.Target.To}} {
		d.differs("", v.what, string(v.have), string(cmp.Or(v.wants, v.said)))
		d.differs("", v.what, string(v.have), string(v.said))
	}
	d.differs("", "the Mesos version", p.Mesos, c.Target.Mesos)
	d.differs("", "the time scale of rehearsals", fmt.Sprint(p.TimeScale), fmt.Sprint(saidScale(c)))
}

// saidScale is the inventory's time scale as plans have it.
func saidScale(c *inventory.Cluster) float64 {
	if f := scaleOf(c.Rehearsal.TimeScale); f != 1 {
		return float64(f)
	}
	return 0
}

func (d *deviations) nodes(p *Plan, c *inventory.Cluster) {
	text := func(role dcos.Role, group, zone string) string {
		return fmt.Sprintf("%s, group %s, zone %q", role, group, zone)
	}
	seen := map[inventory.NodeName]int{}
	for _, n := range p.Nodes {
		want := ""
		if is, ok := c.Node(n.Name); ok {
			want = text(is.Role, groupOf(is), is.Zone)
		}
		d.differs(n.Name, "the node", text(n.Role, n.Group, n.Zone), want)
		if seen[n.Name]++; seen[n.Name] > 1 {
			d.differs(n.Name, "the node", "listed twice", "listed once")
		}
	}
	for _, n := range c.Nodes() {
		if seen[n.Name] == 0 {
			d.differs(n.Name, "the node", "", text(n.Role, groupOf(n), n.Zone))
		}
	}
}

// groupOf is the group of a node as plans have it.
func groupOf(n inventory.Node) string {
	if n.Role == dcos.Master {
		return idMasters
	}
	return n.Group
}

// gates names each gate that only one side has, with what it would run or ask.
func (d *deviations) gates(have, want []CustomGate) {
	for i := range max(len(have), len(want)) {
		var h, w CustomGate
		if i < len(have) {
			h = have[i]
		}
		if i < len(want) {
			w = want[i]
		}
		name := "gate " + strconv.Quote(cmp.Or(h.Name, w.Name))
		switch {
		case same(h, w):
		case gateText(h) != gateText(w):
			d.differs("", name, gateText(h), gateText(w))
		default:
			d.differs("", name, "other demands: "+fmt.Sprintf("%+v", h), fmt.Sprintf("%+v", w))
		}
	}
}

func gateText(g CustomGate) string {
	switch {
	case g.Command != "":
		return "command: " + g.Command
	case g.HTTP != "":
		return "http: " + g.HTTP
	case g.Query != "":
		return "prometheus: " + g.Query + " at " + g.Server
	}
	return ""
}

func (d *deviations) rules(p, own *Plan) {
	d.differs("", "max_out", strconv.Itoa(p.MaxOut), strconv.Itoa(own.MaxOut))
	d.differs("", "hold_limit", p.HoldLimit.D().String(), own.HoldLimit.D().String())
	d.differs("", "expected_red", fmt.Sprint(p.ExpectedRed), fmt.Sprint(own.ExpectedRed))
	for i, g := range own.Groups {
		have := "nothing"
		if i < len(p.Groups) {
			have = fmt.Sprintf("%+v", p.Groups[i])
		}
		d.differs("", "the policy of group "+g.Name, have, fmt.Sprintf("%+v", g))
	}
	if len(p.Groups) > len(own.Groups) {
		d.differs("", "the list of groups", strconv.Itoa(len(p.Groups)), strconv.Itoa(len(own.Groups)))
	}
}

// stages compares all that is done, and how sure each step must be. A plan that
// was cut down to what stops nothing may do that at another width.
func (d *deviations) stages(p, own *Plan) {
	ahead := func(st Stage) bool { return st.Kind == StagePreflight || st.Kind == StageAhead }
	want := own.Stages
	cut := !slices.ContainsFunc(p.Stages, func(st Stage) bool { return !ahead(st) })
	if cut {
		want = slices.DeleteFunc(slices.Clone(want), func(st Stage) bool { return !ahead(st) })
	}
	for i := range max(len(p.Stages), len(want)) {
		var h, w Stage
		if i < len(p.Stages) {
			h = p.Stages[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if h.Kind == StageAhead && cut {
			h.Width = w.Width
		}
		d.stage(h, w)
	}
}

func (d *deviations) stage(h, w Stage) {
	h.Note, h.Estimate, w.Note, w.Estimate = "", 0, "", 0
	if same(h, w) {
		return
	}
	for i := range min(len(h.Lanes), len(w.Lanes)) {
		a, b := h.Lanes[i], w.Lanes[i]
		for k := range min(len(a.Steps), len(b.Steps)) {
			if !same(a.Steps[k], b.Steps[k]) {
				d.differs("", "step "+string(b.Steps[k].ID), fmt.Sprintf("%+v", a.Steps[k]), fmt.Sprintf("%+v", b.Steps[k]))
				return // one says enough
			}
		}
	}
	text := func(s Stage) string {
		if s.ID == "" {
			return ""
		}
		sum, _ := digest(s) // it was compared
		return fmt.Sprintf("%s %s, width %d, %d lanes, order %s, %d zones, %d failures allowed, seal %.8s", s.ID, s.Kind, s.Width, len(s.Lanes), s.Order, s.ZoneSpread, s.MaxFailures, sum)
	}
	d.differs("", "stage "+cmp.Or(w.ID, h.ID), text(h), text(w))
}
