package replay

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/flight"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

// Show tells the life of every gate in the takes, or of one, and whether there was any.
// A take that cannot be read is an error, and the others are told.
func Show(out Output, takes []flight.Take, gate string) (shown bool, err error) {
	seen := map[string]int{}
	for _, t := range takes {
		name := takeName(t, seen)
		lives, lerr := flight.Lives(t)
		if lerr != nil {
			err = errors.Join(err, fmt.Errorf("step %s: %w", name, lerr))
			continue
		}
		lives = slices.DeleteFunc(lives, func(l flight.Life) bool { return gate != "" && l.Key != gate && gateOf(l) != gate })
		if len(lives) == 0 {
			continue
		}
		shown = true
		if werr := out.take(name, t, lives); werr != nil {
			return shown, werr
		}
	}
	return shown, err
}

// Output is text for people or JSON for programs.
type Output interface {
	List(run string, takes []flight.Take) error // says of what there are samples
	Replayed(run string, r Replay) error        // says what takes come to

	take(name string, t flight.Take, lives []flight.Life) error
}

// Text is for people.
type Text struct{ W io.Writer }

// JSON is for programs, a value a line.
type JSON struct{ W io.Writer }

// gateOf is the name of a gate, or the question of a look.
func gateOf(l flight.Life) string {
	if l.Spec != nil {
		return l.Spec.Gate
	}
	question, _, _ := strings.Cut(l.Key, " ")
	return question
}

// List says of what there are samples.
func (o JSON) List(_ string, takes []flight.Take) error {
	for _, t := range takes {
		if err := render.Value(o.W, takeOf(t, nil)); err != nil {
			return err
		}
	}
	return nil
}

// List says of what there are samples.
func (o Text) List(run string, takes []flight.Take) error {
	fmt.Fprintf(o.W, "run %s\n", run)
	rows := [][]string{{"began", "step", "samples", "left out", "ended"}}
	seen := map[string]int{}
	for _, t := range takes {
		rows = append(rows, []string{
			t.Began.At.Local().Format("15:04:05"), takeName(t, seen),
			fmt.Sprint(len(t.Samples)), number(t.WithoutSamples()), endedWords(t),
		})
	}
	return render.Columns(o.W, rows, 2, 3)
}

// number is a number, and nothing for none.
func number(n int) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprint(n)
}

func (o JSON) take(_ string, t flight.Take, lives []flight.Life) error {
	return render.Value(o.W, takeOf(t, lives))
}

func (o Text) take(name string, t flight.Take, lives []flight.Life) error {
	render.Say(o.W, "%s  began %s  %s", name, t.Began.At.Local().Format("2006-01-02 15:04:05"), endedWords(t))
	if n := t.WithoutSamples(); n > 0 {
		fmt.Fprintf(o.W, "%d of %d samples were left out, to bound the file: streaks restart there\n", n, n+len(t.Samples))
	}
	for _, l := range lives {
		fmt.Fprintln(o.W)
		render.Say(o.W, "%s  %s", l.Key, demandWords(l.Spec))
		if err := render.Columns(o.W, lifeRows(l), 0, 1, 2, 4); err != nil {
			return err
		}
	}
	fmt.Fprintln(o.W)
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

// why is what a span's text does not say: why the row began again, and what it
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
	return fmt.Sprintf("%d in a row over %s, asked every %s, timeout %s", max(s.Need, 1), short(s.Span), short(s.Every), short(s.Within))
}

func short(d plan.Duration) string { return render.Span(d.D()) }

// endedWords is how a take ended.
func endedWords(t flight.Take) string {
	switch e := t.Ended; {
	case len(t.Began.Gates) == 0:
		return "looks at the cluster"
	case e == nil:
		return "no end is recorded: the controller was lost, or is at it"
	case e.Held:
		return "all gates held together after " + offset(e.After.D())
	case len(e.Late) > 0:
		return fmt.Sprintf("timed out after %s: %s", offset(e.After.D()), strings.Join(e.Late, ", "))
	default:
		return fmt.Sprintf("after %s: %s", offset(e.After.D()), e.Why)
	}
}

// offset is a time since a step's beginning, in tenths of a second below an
// hour: 0.3s, 42.4s, 1m02.5s.
func offset(d time.Duration) string {
	if d >= time.Hour || d < 0 {
		return d.Round(time.Second).String()
	}
	d = d.Round(100 * time.Millisecond)
	if d < time.Minute {
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return fmt.Sprintf("%dm%04.1fs", d/time.Minute, (d % time.Minute).Seconds())
}

// takeName is a step, and which of its takes it is.
func takeName(t flight.Take, seen map[string]int) string {
	name := string(t.Began.Step)
	if seen[name]++; seen[name] > 1 {
		return fmt.Sprintf("%s #%d", name, seen[name])
	}
	return name
}
