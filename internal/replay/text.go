package replay

import (
	"fmt"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

// Replayed says what takes come to.
func (o Text) Replayed(run string, p Replay) error {
	d, all := p.Demand, p.takes
	head := []string{"step", "gate", "demanded", "came to"}
	if d.changes() {
		head = append(head, "if demanded", "comes to")
	}
	rows := [][]string{head}
	same, unsaid, other, passed := 0, 0, 0, 0
	for _, r := range all {
		rows = append(rows, r.rows(d)...)
		switch w := r.differs(); {
		case w == "":
			same++
		case r.take.WithoutSamples() > 0:
			unsaid++
		default:
			rows = append(rows, []string{r.name, "", "", "DIFFERS: " + w})
		}
		if !r.was.Passed.IsZero() {
			passed++
			if !r.now.Passed.Equal(r.was.Passed) {
				other++
			}
		}
	}
	fmt.Fprintf(o.W, "run %s\n", run)
	if err := render.Columns(o.W, rows); err != nil {
		return err
	}
	fmt.Fprintf(o.W, "judged as they were, %d of %d come to what they came to in the run\n", same, len(all))
	if unsaid > 0 {
		fmt.Fprintf(o.W, "%d cannot be compared: samples of them were left out, to bound their files\n", unsaid)
	}
	if d.changes() {
		fmt.Fprintf(o.W, "under the other demand %d of %d would not have passed when they did\n", other, passed)
	}
	return nil
}

// rows are a take in the table: a row a gate, and one for all together.
func (r replayed) rows(d Demand) [][]string {
	var rows [][]string
	step := r.name
	for i, had := range r.take.Began.Gates {
		if d.Gate != "" && had.Gate != d.Gate {
			continue
		}
		row := []string{step, had.Gate, demanded(had), r.heldWords(r.was, i)}
		if d.changes() {
			row = append(row, demanded(r.demands[i]), r.heldWords(r.now, i))
		}
		rows, step = append(rows, row), ""
	}
	row := []string{"", "together", "", r.togetherWords(r.was)}
	if d.changes() {
		row = append(row, "", r.togetherWords(r.now))
	}
	return append(rows, row)
}

// demanded is a demand in short: "3 over 20s".
func demanded(s plan.GateSpec) string {
	return fmt.Sprintf("%d over %s", max(s.Need, 1), short(s.Span))
}

// heldWords is when a gate came to hold, and whether it stayed so.
func (r replayed) heldWords(j checks.Rejudged, gate int) string {
	after, holds := held(r, j, gate)
	f := j.Findings[gate]
	switch {
	case after < 0 && j.LateAt.IsZero():
		return fmt.Sprintf("open, %d/%d", f.Have, f.Need)
	case after < 0:
		return fmt.Sprintf("never, %d/%d", f.Have, f.Need)
	case !holds:
		return fmt.Sprintf("%s, then lost", offset(after))
	default:
		return offset(after)
	}
}

// held is when a gate began to hold for the last time before the step ended,
// since its beginning; negative: never. It tells whether it held then.
func held(r replayed, j checks.Rejudged, gate int) (time.Duration, bool) {
	after, holds := time.Duration(-1), false
	for _, s := range j.Samples {
		if s.Gate == gate {
			if s.Verdict.Holds && !holds {
				after = s.Sample.Answered.Sub(r.take.Began.At)
			}
			holds = s.Verdict.Holds
		}
		if !j.Passed.IsZero() && !s.Sample.Answered.Before(j.Passed) {
			break
		}
	}
	return after, holds
}

// togetherWords is what the step came to.
func (r replayed) togetherWords(j checks.Rejudged) string {
	began := r.take.Began.At
	switch {
	case !j.Passed.IsZero():
		return "passed " + offset(j.Passed.Sub(began))
	case !j.LateAt.IsZero():
		return "late " + offset(j.LateAt.Sub(began)) + ": " + strings.Join(lateNames(j.Late), ", ")
	case r.take.Ended != nil:
		return "open at " + offset(r.take.Ended.After.D())
	default:
		return "open"
	}
}
