package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/flight"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

func (a *app) gatesShow(run string, f gatesFlags) error {
	run, takes, err := a.samples(run, f.step)
	if len(takes) == 0 {
		return err
	}
	if f.step == "" && f.gate == "" {
		return errors.Join(a.listTakes(run, takes), err)
	}
	shown := false
	seen := map[string]int{}
	for _, t := range takes {
		name := takeName(t, seen)
		lives, lerr := flight.Lives(t)
		if lerr != nil {
			err = errors.Join(err, invalid("run %s, step %s: %w", run, name, lerr))
			continue
		}
		lives = slices.DeleteFunc(lives, func(l flight.Life) bool { return f.gate != "" && l.Key != f.gate && gateOf(l) != f.gate })
		if len(lives) == 0 {
			continue
		}
		shown = true
		if werr := a.showTake(name, t, lives); werr != nil {
			return werr
		}
	}
	if !shown && err == nil {
		return listed(run, "no samples of a gate %q there", f.gate)
	}
	return err
}

// gateOf is the name of a gate, or the question of a look.
func gateOf(l flight.Life) string {
	if l.Spec != nil {
		return l.Spec.Gate
	}
	question, _, _ := strings.Cut(l.Key, " ")
	return question
}

// listTakes says of what there are samples.
func (a *app) listTakes(run string, takes []flight.Take) error {
	if a.output == "json" {
		for _, t := range takes {
			if err := json.NewEncoder(a.out).Encode(takeOf(t, nil)); err != nil {
				return err
			}
		}
		return nil
	}
	fmt.Fprintf(a.out, "run %s\n", run)
	rows := [][]string{{"began", "step", "samples", "left out", "ended"}}
	seen := map[string]int{}
	for _, t := range takes {
		rows = append(rows, []string{
			t.Began.At.Local().Format("15:04:05"), takeName(t, seen),
			fmt.Sprint(len(t.Samples)), number(t.WithoutSamples()), endedWords(t),
		})
	}
	return render.Columns(a.out, rows, 2, 3)
}

// number is a number, and nothing for none.
func number(n int) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprint(n)
}

func (a *app) showTake(name string, t flight.Take, lives []flight.Life) error {
	if a.output == "json" {
		return json.NewEncoder(a.out).Encode(takeOf(t, lives))
	}
	say(a.out, "%s  began %s  %s", name, t.Began.At.Local().Format("2006-01-02 15:04:05"), endedWords(t))
	if n := t.WithoutSamples(); n > 0 {
		fmt.Fprintf(a.out, "%d of %d samples were left out, to bound the file: rows begin anew there\n", n, n+len(t.Samples))
	}
	for _, l := range lives {
		fmt.Fprintln(a.out)
		say(a.out, "%s  %s", l.Key, demandWords(l.Spec))
		if err := render.Columns(a.out, lifeRows(l), 0, 1, 2, 4); err != nil {
			return err
		}
	}
	fmt.Fprintln(a.out)
	return nil
}

// seenWidth is how wide the text of a life is, so that a line has at most 100
// characters.
const seenWidth = 58

// lifeRows are a gate's life, a row a span, long texts on several lines.
func lifeRows(l flight.Life) [][]string {
	rows := [][]string{{"after", "times", "age", "status", "row", "seen"}}
	wanted := ""
	for i, s := range l.Spans {
		row := "-"
		if s.Finding.Need > 0 {
			row = fmt.Sprintf("%d/%d", s.Finding.Have, s.Finding.Need)
		}
		head := []string{offset(s.From), fmt.Sprint(s.Samples), offset(s.Age), s.Finding.Status.String(), row}
		text := s.Finding.Observed
		if i > 0 && text != "" && text == l.Spans[i-1].Finding.Observed {
			text = "the same"
		}
		seen := render.Wrap(text, seenWidth)
		if w := why(l, s); w != "" {
			seen = append(seen, render.Wrap(w, seenWidth)...)
		}
		if w := s.Finding.Want; !s.Finding.Status.OK() && w != wanted && w != "" {
			seen, wanted = append(seen, render.Wrap("wanted: "+w, seenWidth)...), w
		}
		for _, line := range seen {
			rows = append(rows, append(slices.Clone(head), line))
			head = make([]string, len(head))
		}
	}
	return rows
}

// why is what a span's text does not say: why the row began anew, and what it
// lacks.
func why(l flight.Life, s flight.Span) string {
	var parts []string
	if s.Anew != "" {
		parts = append(parts, s.Anew)
	}
	switch {
	case l.Spec == nil, !s.Finding.Status.OK():
	case s.Holds:
		parts = append(parts, "HOLDS")
	case s.Lasted < l.Spec.Span.D():
		parts = append(parts, fmt.Sprintf("the row has lasted %s of %s", offset(s.Lasted), l.Spec.Span))
	case s.Still != "":
		parts = append(parts, s.Still+" has not changed yet")
	}
	return strings.Join(parts, "; ")
}

// demandWords is what a gate must show.
func demandWords(s *plan.GateSpec) string {
	if s == nil {
		return "looks at the cluster; no row is counted"
	}
	return fmt.Sprintf("%d in a row over %s, asked every %s, patience %s", max(s.Need, 1), short(s.Span), short(s.Every), short(s.Within))
}

func short(d plan.Duration) string { return render.Span(d.D()) }
