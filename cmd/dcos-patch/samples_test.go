package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/flight"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// told is what the journal says of a step's gates, from one start to its end.
type told struct {
	notes []dcos.Finding
	end   *plan.Report
	at    time.Time
}

// tellings are those of every step with gates, by step, in order.
func (l *lab) tellings() map[plan.StepID][]told {
	l.Helper()
	gated, all := map[plan.StepID]bool{}, map[plan.StepID][]told{}
	for _, e := range l.events() {
		if e.Plan != nil {
			for _, st := range e.Plan.Stages {
				for _, ln := range st.Lanes {
					for _, s := range ln.Steps {
						gated[s.ID] = len(s.Gates) > 0
					}
				}
			}
		}
		if !gated[e.Step] {
			continue
		}
		switch t := all[e.Step]; e.Kind {
		case journal.StepStarted:
			all[e.Step] = append(t, told{})
		case journal.StepNoted:
			if e.Note.Finding != nil {
				t[len(t)-1].notes = append(t[len(t)-1].notes, *e.Note.Finding)
			}
		case journal.StepEnded:
			t[len(t)-1].end, t[len(t)-1].at = e.Report, e.At
		}
	}
	return all
}

// takes are the newest run's recordings of a step.
func (l *lab) takes(step plan.StepID) []flight.Take {
	l.Helper()
	takes, err := flight.Read(filepath.Join(filepath.Dir(l.journal()), journal.SamplesDir, flight.Name(string(step))))
	if err != nil {
		l.Fatal(err)
	}
	return takes
}

// replays wants every step's samples, judged again, to come to what the
// journal says, at the same moment. It gives back how many it has judged.
func (l *lab) replays() (passed, late, cut int) {
	l.Helper()
	for step, tellings := range l.tellings() {
		takes := l.takes(step)
		if len(takes) != len(tellings) {
			l.Errorf("%s: %d takes of %d starts", step, len(takes), len(tellings))
			continue
		}
		for i, was := range tellings {
			rec, err := takes[i].Recorded()
			if err != nil {
				l.Fatalf("%s: %v", step, err)
			}
			again, err := checks.Rejudge(rec, rec.Gates)
			if err != nil {
				l.Fatalf("%s: %v", step, err)
			}
			l.same(step, was, again)
			switch {
			case was.end == nil:
				cut++
			case was.end.Outcome == plan.Done:
				passed++
			default:
				late++
			}
		}
	}
	return passed, late, cut
}

func (l *lab) same(step plan.StepID, was told, again checks.Rejudged) {
	l.Helper()
	var notes []dcos.Finding
	for _, s := range again.Samples {
		if s.News {
			notes = append(notes, s.Verdict.Finding)
		}
	}
	utc := cmp.Transformer("UTC", func(t time.Time) time.Time { return t.UTC() })
	if was.end == nil { // the journal may lack what was noted last
		if !again.Passed.IsZero() || !again.LateAt.IsZero() {
			l.Errorf("%s was cut off, and judged again passed %s, was late %s", step, again.Passed, again.LateAt)
		}
		return
	}
	if diff := cmp.Diff(was.notes, notes, utc); diff != "" {
		l.Errorf("%s: people were told otherwise:\n%s", step, diff)
	}
	if diff := cmp.Diff(was.end.Findings, again.Findings, utc); diff != "" {
		l.Errorf("%s: the gates ended otherwise:\n%s", step, diff)
	}
	moment := again.LateAt
	if was.end.Outcome == plan.Done {
		moment = again.Passed
	}
	if !moment.Equal(was.at) {
		l.Errorf("%s ended %s at %s; judged again it passed at %s, was late at %s", step, was.end.Outcome, was.at, again.Passed, again.LateAt)
	}
}

// With the demands that it had, the replay of a run is the run: a property of
// whole simulated runs. TestEveryFaultEndsAsExpected asks it of every fault.
func TestSamplesJudgedAgainComeToWhatTheJournalSays(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 3, Public: 1, Width: 2, Seed: 1}, func(l *lab) {
		c := l.interruptAt("a2 script started", 2)
		l.want(c.run("apply", "--yes"), exitInDoubt) // a2's script may run
		l.want(l.run("resume"), exitDone)
		passed, late, cut := l.replays()
		if passed < 3+2*4 || late != 0 {
			l.Errorf("%d takes passed, %d were late, %d cut off", passed, late, cut)
		}
		e := l.run("dev", "gates", "replay")
		l.want(e, exitDone)
		const deferred = 3 // of each master once more, when all are done: parts of one step
		if want := fmt.Sprintf("judged as they were, %d of %[1]d come to", passed+late+cut+deferred); !strings.Contains(e.out, want) {
			l.Errorf("no %q in\n%s", want, e.out)
		}
		if looks := l.takes("masters"); len(looks) != 1 || len(looks[0].Samples) < 3*5 {
			l.Errorf("the looks before the masters: %+v", looks)
		}
	})
}
