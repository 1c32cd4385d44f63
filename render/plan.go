package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Plan writes a plan for people: the whole of it on one screen, however many
// nodes there are.
func Plan(w io.Writer, p *plan.Plan) error {
	var head strings.Builder
	head.WriteString(Printable(fmt.Sprintf("PLAN %s  %s (%s)%s   DC/OS %s -> %s   script %s, %d packages%s",
		p.ID, p.Cluster.Name, short(p.Cluster.ID, 8), after(" ", p.Variant), p.From, p.To,
		short(p.Script.SHA256, 12), len(p.Script.Packages), after(", Mesos ", p.Mesos))) + "\n")
	if p.TimeScale != 0 && p.TimeScale != 1 {
		fmt.Fprintf(&head, "*** REHEARSAL: every span, pause and timeout is %g of the real one. Not for a real cluster. ***\n", p.TimeScale)
	}
	if _, err := io.WriteString(w, head.String()); err != nil {
		return err
	}
	if err := stages(p).write(w); err != nil {
		return err
	}
	_, err := io.WriteString(w, foot(p))
	return err
}

// PlanJSON writes the plan as plan.Marshal does: the document that apply
// reads, with its format version.
func PlanJSON(w io.Writer, p *plan.Plan) error {
	b, err := plan.Marshal(p)
	if err != nil {
		return err
	}
	_, err = w.Write(journal.Escape(b))
	return err
}

// stages is one row a stage.
func stages(p *plan.Plan) *table {
	t := &table{right: map[int]bool{0: true, 3: true, 4: true}}
	slowest := plan.Duration(0)
	for _, s := range p.Stages {
		slowest = max(slowest, s.Estimate)
	}
	for i, s := range p.Stages {
		note := s.Note
		if s.Kind == plan.StagePreflight {
			note = "" // it is in the description
		}
		if s.Estimate == slowest && len(p.Stages) > 3 {
			note = strings.TrimPrefix(note+"  <- dominates", "  ")
		}
		width := fmt.Sprintf("x%d", s.Width)
		if s.Kind == plan.StagePreflight || s.Kind == plan.StageDeferred || s.Kind == plan.StagePostflight {
			width = ""
		}
		t.row(fmt.Sprintf("%2d", i+1), s.ID, describe(p, s), width, Span(s.Estimate.D()), note)
	}
	return t
}

// describe says which nodes a stage takes, and in what order.
func describe(p *plan.Plan, s plan.Stage) string {
	nodes := nodesOf(p, s)
	switch s.Kind {
	case plan.StageDeferred:
		return "what may be red until now, once more"
	case plan.StagePreflight, plan.StagePostflight:
		return Count(len(p.Nodes)-excluded(p), "node") + after(": ", s.Note)
	case plan.StageAhead:
		staged := 0
		for _, n := range nodes {
			if n.Staged {
				staged++
			}
		}
		return fmt.Sprintf("%s  %d/%d hold all %d packages", Fold(namesOf(nodes)), staged, len(nodes), len(p.Script.Packages))
	case plan.StageMasters:
		return inOrder(nodes)
	case plan.StageCanary:
		return canaries(nodes, s) + ownGates(p, s.Group)
	default:
		return Fold(namesOf(nodes)) + zones(nodes, s) + settle(s) + ownGates(p, s.Group)
	}
}

// inOrder lists masters as they would go now.
func inOrder(nodes []plan.Node) string {
	text, leading := "", ""
	for i, n := range nodes {
		if i > 0 {
			text += " > "
		}
		text += string(n.Name)
		if what := leads(n.Weight); what != "" {
			leading += fmt.Sprintf("%s leads %s; ", n.Name, what)
		}
	}
	return fmt.Sprintf("%s  (%sre-asked)", text, leading)
}

// leads names the leaders on a master out of its weight: 4, 2 and 1.
func leads(weight int) string {
	var what []string
	for bit, name := range []string{"marathon", "zk", "mesos"} {
		if weight&(1<<bit) != 0 {
			what = append(what, name)
		}
	}
	slices.Reverse(what)
	return strings.Join(what, ", ")
}

func canaries(nodes []plan.Node, s plan.Stage) string {
	var all []string
	for _, n := range nodes {
		all = append(all, fmt.Sprintf("%s (%s)", n.Name, Count(n.Tasks, "task")))
	}
	steps, probe := s.Lanes[0].Steps, ""
	if slices.ContainsFunc(steps, func(st plan.Step) bool { return st.Action == plan.ActionProbe }) {
		probe = ", launch probe"
	}
	return fmt.Sprintf("%s%s, bake %s", strings.Join(all, ", "), probe, Span(steps[len(steps)-1].Span.D()))
}

// zones says in which order zones come.
func zones(nodes []plan.Node, s plan.Stage) string {
	var zs []string
	for _, n := range nodes {
		if n.Zone != "" && !slices.Contains(zs, n.Zone) {
			zs = append(zs, n.Zone)
		}
	}
	if len(zs) == 0 {
		return ""
	}
	text := "  zones " + strings.Join(zs, " > ")
	if s.ZoneSpread != 1 && len(zs) > 1 {
		text += fmt.Sprintf(" (%s at once)", orAny(s.ZoneSpread))
	}
	return text
}

func orAny(n int) string {
	if n == 0 {
		return "any"
	}
	return fmt.Sprint(n)
}

func settle(s plan.Stage) string {
	for _, st := range s.Lanes[0].Steps {
		if st.Action == plan.ActionSettle {
			return ", settle " + Span(st.Span.D())
		}
	}
	return ""
}

func nodesOf(p *plan.Plan, s plan.Stage) []plan.Node {
	byName := map[inventory.NodeName]plan.Node{}
	for _, n := range p.Nodes {
		byName[n.Name] = n
	}
	var nodes []plan.Node
	for _, l := range s.Lanes {
		if l.Node != "" {
			nodes = append(nodes, byName[l.Node])
		}
	}
	return nodes
}

func namesOf(nodes []plan.Node) []inventory.NodeName {
	var all []inventory.NodeName
	for _, n := range nodes {
		all = append(all, n.Name)
	}
	return all
}

func excluded(p *plan.Plan) int {
	n := 0
	for _, node := range p.Nodes {
		if node.Disposition == plan.Excluded {
			n++
		}
	}
	return n
}

// Count writes "1 node", "3 nodes".
func Count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// short is the beginning of an id that is compared by eye.
func short(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:n]
}

// after writes a text behind a word, when there is one.
func after(word, text string) string {
	if text == "" {
		return ""
	}
	return word + text
}
