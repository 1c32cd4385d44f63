package rehearse

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

// Told is what a rehearsal came to, and how it was asked for.
type Told struct {
	Report    Report
	Calm      Report // nights in which nothing goes wrong
	Inventory string
	Runs      int
	Seed      uint64
	Rate      float64

	FaultsFile string        // what went wrong; empty: what is assumed
	Offline    string        // facts at the start; empty: every node is healthy
	Took       time.Duration // real time; for people only
}

// Text is a rehearsal for a person who prepares the window.
func (s Told) Text(w io.Writer) error {
	var b strings.Builder
	s.head(&b)
	s.lengths(&b)
	s.safety(&b)
	s.stops(&b)
	s.troubles(&b)
	s.foot(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func (s Told) head(b *strings.Builder) {
	p := s.Report.Plan
	masters, agents := 0, 0
	for _, n := range p.Nodes {
		switch {
		case n.Disposition != plan.Patch:
		case n.Role == dcos.Master:
			masters++
		default:
			agents++
		}
	}
	fmt.Fprintf(b, "REHEARSED %s  DC/OS %s -> %s   %d masters, %d agents   %d nights on a twin, in %s\n", p.Cluster.Name, p.From, p.To,
		masters, agents, s.Report.Nights, s.Took.Round(100*time.Millisecond))
	if len(s.Report.Broken)+len(s.Calm.Broken) == 0 {
		b.WriteString(" safety rules broken   none\n")
	} else {
		fmt.Fprintf(b, " SAFETY RULES BROKEN   in %d of %d nights: do not patch; the story is below\n", len(s.Report.Broken)+len(s.Calm.Broken), s.Report.Nights)
	}
	alone, all := len(s.Report.Alone), s.Report.Nights
	fmt.Fprintf(b, " reached the end       %d of %d: %d with nobody's help, %d after a person or another controller helped", all-s.Report.Stuck, all, alone, len(s.Report.Helped))
	if s.Report.Stuck > 0 {
		fmt.Fprintf(b, "; %d could not be led on", s.Report.Stuck)
	}
	b.WriteString("\n")
	if n := len(s.Report.Helped); n > 0 {
		fmt.Fprintf(b, " somebody is needed    in %d %% of the nights: have a person within reach\n", (100*n+all/2)/all)
	}
	if s.Report.Left > 0 {
		fmt.Fprintf(b, " left behind           %s in %s, as the policy allows: a later plan takes them up\n", many(s.Report.Parked, "node"), many(s.Report.Left, "night"))
	}
}

// lengths says how long the nights were.
func (s Told) lengths(b *strings.Builder) {
	r := s.Report
	row := func(what string, sorted []time.Duration, note string) {
		if len(sorted) > 0 {
			fmt.Fprintf(b, "   %-19s %8s %8s %8s   %s\n", what, render.Span(Quantile(sorted, 0.5)), render.Span(Quantile(sorted, 0.95)), render.Span(sorted[len(sorted)-1]), note)
		}
	}
	all := slices.Sorted(slices.Values(append(slices.Clone(r.Alone), r.Helped...)))
	fmt.Fprintf(b, "\n how long              %8s %8s %8s   the plan's own estimate is %s\n", "median", "p95", "longest", render.Span(r.Plan.Estimate.D()))
	row("nothing goes wrong", slices.Sorted(slices.Values(append(slices.Clone(s.Calm.Alone), s.Calm.Helped...))), many(s.Calm.Nights, "night"))
	row("nobody is needed", r.Alone, many(len(r.Alone), "night"))
	if n := len(r.Helped); n > 0 {
		row("somebody is needed", r.Helped, fmt.Sprintf("%s; %s of each waiting for people, on average", many(n, "night"), render.Span(r.Hands/time.Duration(n))))
	}
	if len(r.Alone) > 0 && len(r.Helped) > 0 {
		row("all", all, many(len(all), "night"))
	}
	if len(all) > 0 {
		fmt.Fprintf(b, " A window of %s would have been enough for 95 %% of these nights.\n", render.Span(Quantile(all, 0.95).Round(15*time.Minute)+15*time.Minute))
	}
}

// safety says how much of what is allowed was used.
func (s Told) safety(b *strings.Builder) {
	r := s.Report
	widest := 0
	for _, st := range r.Plan.Stages {
		if st.Kind == plan.StageGroup || st.Kind == plan.StageCanary {
			widest = max(widest, st.Width)
		}
	}
	fmt.Fprintf(b, "\n agents out at once    at most %d because of us (width %d), %d in all (max out %d)\n", r.PeakOurs, widest, r.PeakAll, r.Plan.MaxOut)
	if r.Holds == 0 {
		fmt.Fprintf(b, " holds                 none\n")
		return
	}
	fmt.Fprintf(b, " holds                 %d, in %s; %s each on average, the longest %s (one longer than %s stops the run)\n", r.Holds, many(r.HeldIn, "night"),
		render.Span(r.Held/time.Duration(r.Holds)), render.Span(r.Longest), render.Span(r.Plan.HoldLimit.D()))
}

// stopsShown is how many kinds of stops a person wants to read.
const stopsShown = 15

// stops lists where runs stopped, the most frequent first. Stages of a kind
// count together.
func (s Told) stops(b *strings.Builder) {
	type kind struct{ where, why string }
	var order []kind
	times := map[kind]int{}
	for _, c := range s.Report.Stops {
		k := kind{whereStopped(c.Stop), whyStopped(c.Stop)}
		if times[k] == 0 {
			order = append(order, k)
		}
		times[k] += c.Times
	}
	if len(order) == 0 {
		b.WriteString(" stops                 none\n")
		return
	}
	slices.SortStableFunc(order, func(x, y kind) int { return times[y] - times[x] })
	fmt.Fprintf(b, "\n stops, of %s             times   why\n", many(s.Report.Nights, "night"))
	for i, k := range order {
		if i == stopsShown {
			rest := 0
			for _, k := range order[i:] {
				rest += times[k]
			}
			fmt.Fprintf(b, "   %-28s %6d   %s\n", "and others", rest, "see -o json")
			break
		}
		fmt.Fprintf(b, "   %-28s %6d   %s\n", k.where, times[k], k.why)
	}
}

// whereStopped names the kind of stage and what was done in it.
func whereStopped(s Stop) string {
	where := "agents"
	switch {
	case s.Stage == "masters":
		where = "masters"
	case s.Stage == "preflight" || s.Stage == "postflight":
		return s.Stage
	case s.Stage == "stage-masters" || s.Stage == "stage-agents":
		return "fetching packages ahead"
	case strings.HasSuffix(s.Stage, "-canary"):
		where = "canaries"
	}
	if s.Action == "" {
		return where
	}
	return where + ", " + string(s.Action)
}

// whyStopped says why in a few words, and what it means for whoever is paged.
func whyStopped(s Stop) string {
	why := strings.ReplaceAll(string(s.Reason), "-", " ")
	if s.Gate != "" {
		why += fmt.Sprintf(", gate %q", s.Gate)
	}
	if words := render.ClassWords(s.Class); words != "" {
		why += ": " + words
	}
	switch s.Reason {
	case "in-doubt":
		why += ": resume looks first"
	case "held":
		why += " for too long: resume once the cluster is green"
	case "interrupted":
		why += " by a person: resume"
	}
	return why
}

func (s Told) troubles(b *strings.Builder) {
	if len(s.Report.Troubles) == 0 {
		b.WriteString("\n what went wrong                    nothing\n")
		return
	}
	b.WriteString("\n what went wrong                   nights  times\n")
	for _, t := range s.Report.Troubles {
		fmt.Fprintf(b, "   %-30s  %6d %6d   %s\n", t.Kind, t.Nights, t.Times, t.Kind.Words())
	}
}

// foot is the story of a broken rule, and what the numbers rest on.
func (s Told) foot(b *strings.Builder) {
	for _, r := range []Report{s.Calm, s.Report} {
		for _, n := range r.Broken {
			fmt.Fprintf(b, "\nBROKEN in night %d: %s\n", n.Number, n.Rule)
			for _, line := range n.Story {
				fmt.Fprintf(b, "  %s\n", line)
			}
		}
	}
	again := fmt.Sprintf("dcos-patch rehearse -i %s --runs %d", s.Inventory, s.Runs)
	from := "every node is healthy at the start (--offline facts.json rehearses a survey of yours)"
	if s.Offline != "" {
		again += " --offline " + s.Offline
		from = "every node is at the start as " + s.Offline + " says"
	}
	often := fmt.Sprintf("how often things go wrong is assumed (x%g; --rate)", s.Rate)
	if s.FaultsFile != "" {
		again += " --faults " + s.FaultsFile
		often = "what goes wrong is what " + s.FaultsFile + " says"
	} else {
		again += fmt.Sprintf(" --chaos %d --rate %g", s.Seed, s.Rate)
	}
	fmt.Fprintf(b, "\n The engine and the steps are the real ones, the rest a model: %s; %s;\n a person comes 5 to 25 minutes after a stop. No node was asked or touched. The same numbers again:\n   %s\n", from, often, again)
}

// many counts in words: 1 night, 2 nights.
func many(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
