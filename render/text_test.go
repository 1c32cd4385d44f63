package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// story is a run of one master that goes well and one agent that does not.
func story(t *testing.T) []journal.Event {
	t.Helper()
	p, err := plan.Build(production())
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 11, 21, 23, 10, 0, 0, time.UTC)
	var events []journal.Event
	add := func(after time.Duration, e journal.Event) {
		start = start.Add(after)
		e.At, e.Seq = start, uint64(len(events)+1)
		events = append(events, e)
	}
	finding := func(step plan.StepID, f dcos.Finding) journal.Event {
		return journal.Event{Kind: journal.StepNoted, Step: step, Note: &plan.Note{Finding: &f}}
	}
	done := &plan.Report{Outcome: plan.Done}
	add(0, journal.Event{Kind: journal.RunStarted, Run: "1121-2200", Controller: "ops1", Epoch: 1, Plan: p})
	add(0, journal.Event{Kind: journal.LaneAdmitted, Stage: "preflight"})
	add(0, journal.Event{Kind: journal.StepStarted, Step: "preflight/preflight", Attempt: 1})
	add(40*time.Second, journal.Event{Kind: journal.StepEnded, Step: "preflight/preflight", Report: &plan.Report{Outcome: plan.Done, Detail: "122 nodes as planned"}})
	add(time.Second, journal.Event{Kind: journal.Observed, Observation: &plan.Observation{Green: true}})
	add(0, journal.Event{Kind: journal.LaneAdmitted, Stage: "masters", Node: "m1", Detail: "zookeeper 3/3 serve, quorum 2: m1 stops, 2 remain (1s old)"})
	add(0, journal.Event{Kind: journal.StepStarted, Step: "masters/m1/baseline", Attempt: 1})
	add(9*time.Second, journal.Event{Kind: journal.StepEnded, Step: "masters/m1/baseline", Report: done})
	add(0, journal.Event{Kind: journal.StepStarted, Step: "masters/m1/patch", Attempt: 1})
	add(238*time.Second, journal.Event{Kind: journal.StepEnded, Step: "masters/m1/patch", Report: &plan.Report{Outcome: plan.Done, Detail: "exit 0, active packages are the script's"}})
	add(0, journal.Event{Kind: journal.StepStarted, Step: "masters/m1/serve", Attempt: 1})
	serve := plan.StepID("masters/m1/serve")
	add(5*time.Second, finding(serve, dcos.Finding{Check: "exhibitor", Status: dcos.Failed, Observed: "2 of 3 serving, m1 latent", Want: "3 serving, one leader", Need: 3}))
	add(5*time.Second, finding(serve, dcos.Finding{Check: "exhibitor", Status: dcos.Failed, Observed: "2 of 3 serving, m1 latent for 10s", Want: "3 serving, one leader", Need: 3}))
	add(40*time.Second, finding(serve, dcos.Finding{Check: "exhibitor", Status: dcos.Failed, Observed: "2 of 3 serving, m1 latent for 50s", Want: "3 serving, one leader", Need: 3}))
	for i := range 3 {
		add(15*time.Second, finding(serve, dcos.Finding{Check: "exhibitor", Status: dcos.Passed, Observed: "3 serving, m2 leads", Have: i + 1, Need: 3}))
	}
	add(time.Second, finding(serve, dcos.Finding{Check: "cockroach", Status: dcos.NotApplicable, Observed: "no cockroach package is active"}))
	add(60*time.Second, journal.Event{Kind: journal.StepEnded, Step: serve, Report: done})
	add(0, journal.Event{Kind: journal.StepStarted, Step: "masters/m1/settle", Attempt: 1})
	add(90*time.Second, journal.Event{Kind: journal.Held, Detail: "leader: none elected since 8s\nbecause  m2 restarts"})
	add(21*time.Second, journal.Event{Kind: journal.HoldEnded})
	add(69*time.Second, journal.Event{Kind: journal.StepEnded, Step: "masters/m1/settle", Report: done})
	add(0, journal.Event{Kind: journal.LaneAdmitted, Stage: "general", Node: "a037", Detail: "out: ours 1/5, all 1/8"})
	add(0, journal.Event{Kind: journal.StepStarted, Step: "general/a037/patch", Attempt: 2})
	add(time.Minute, journal.Event{Kind: journal.StepNoted, Step: "general/a037/patch", Note: &plan.Note{Detail: "away 3m00s of 5m00s; Mesos marks it unreachable at 23:36:49", Hold: true}})
	add(time.Minute, journal.Event{Kind: journal.StepEnded, Step: "general/a037/return", Report: &plan.Report{
		Outcome: plan.Failed, Class: plan.NotVerified, Detail: "gate registered did not pass in 10m",
		Findings: []dcos.Finding{
			{Check: "mesos-version", Status: dcos.Passed},
			{Check: "registered", Status: dcos.Failed, Observed: "unreachable since 23:36:58", Want: "active at m1, same id", Hint: "ssh a037 sudo systemctl start dcos-telegraf.socket"},
		}}})
	add(time.Second, journal.Event{Kind: journal.RunStopped, Stop: &journal.Stop{Reason: journal.StopFailed, Step: "general/a037/return", Node: "a037", Detail: "gate registered did not pass in 10m"}})
	add(time.Hour, journal.Event{Kind: journal.RunResumed, Run: "1121-2200", Controller: "ops2", Epoch: 2})
	add(time.Second, journal.Event{Kind: journal.Reconciled, Step: "general/a038/patch", Report: &plan.Report{Outcome: plan.Running, Detail: "unit dcos-patch-9ad1-1 is active"}})
	add(time.Second, journal.Event{Kind: journal.Reconciled, Step: "general/a039/patch", Report: &plan.Report{Outcome: plan.InDoubt, Detail: "no answer"}})
	cut := &plan.Report{Outcome: plan.Failed, Class: plan.MidSwap, Detail: "script exit 1; its swap was cut in stage archive, missing: bin; services are stopped"}
	add(time.Second, journal.Event{Kind: journal.Reconciled, Step: "general/a040/patch", Report: cut})
	add(time.Second, journal.Event{Kind: journal.StepStarted, Step: "general/a040/patch", Attempt: 1, Remedy: plan.FinishSwap, Detail: "out: ours 1/5, all 1/8"})
	add(4*time.Second, journal.Event{Kind: journal.StepEnded, Step: "general/a040/patch", Report: &plan.Report{Outcome: plan.Done, Detail: "active packages are the target's 25"}})
	add(time.Second, journal.Event{Kind: journal.Paused})
	add(time.Hour, journal.Event{Kind: journal.RunDone})
	return events
}

func TestTheLogOfARun(t *testing.T) {
	var b bytes.Buffer
	text := &Text{W: &b}
	for _, e := range story(t) {
		if err := text.Event(e); err != nil {
			t.Fatal(err)
		}
	}
	golden(t, "run.golden", b.String())
}

// A script that was found running is watched: nothing starts.
func TestAPatchThatAlreadyRunsIsNotToldAsStarted(t *testing.T) {
	var b bytes.Buffer
	text := &Text{W: &b}
	const step = plan.StepID("general/a1/patch")
	for _, e := range []journal.Event{
		{Kind: journal.RunResumed, Run: "1"},
		{Kind: journal.Reconciled, Step: step, Report: &plan.Report{Outcome: plan.Running, Detail: "unit x is active"}},
		{Kind: journal.StepStarted, Step: step, Attempt: 1},
		{Kind: journal.StepEnded, Step: step, Report: &plan.Report{Outcome: plan.Failed, Class: plan.BeforeSwap}},
		{Kind: journal.StepStarted, Step: step, Attempt: 2},
	} {
		if err := text.Event(e); err != nil {
			t.Fatal(err)
		}
	}
	if s := b.String(); strings.Count(s, "patch started") != 1 || !strings.Contains(s, "a1 patch goes on: the script that was found running is watched\n") {
		t.Errorf("%s", s)
	}
}

func TestAGateThatPollsDoesNotFloodTheLog(t *testing.T) {
	var b bytes.Buffer
	text := &Text{W: &b}
	at := time.Date(2026, 11, 21, 23, 10, 0, 0, time.UTC)
	for i := range 600 {
		f := dcos.Finding{Check: "registered", Status: dcos.Failed, Observed: "seen " + Span(time.Duration(i)*time.Second) + " ago", Need: 3}
		if err := text.Event(journal.Event{At: at.Add(time.Duration(i) * time.Second), Kind: journal.StepNoted, Step: "general/a1/return", Note: &plan.Note{Finding: &f}}); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(b.String(), "\n"); n != 20 {
		t.Errorf("%d lines in 10 minutes of polling every second, want one each 30s", n)
	}
}

// What a check fails for is written as it changes, and not only when it fails for the
// first time; one that says something else every second floods no log.
func TestAnotherReasonIsNews(t *testing.T) {
	at := time.Date(2026, 11, 21, 23, 10, 0, 0, time.UTC)
	says := func(seen ...string) string {
		var b bytes.Buffer
		text := &Text{W: &b}
		for i, s := range seen {
			f := dcos.Finding{Check: "cluster", Status: dcos.Failed, Observed: s}
			if err := text.Event(journal.Event{At: at.Add(time.Duration(i) * time.Second), Kind: journal.StepNoted, Step: "masters/m1/settle", Note: &plan.Note{Finding: &f}}); err != nil {
				t.Fatal(err)
			}
		}
		return b.String()
	}
	got := says("leader: m2 cannot be connected", "leader: m3 is elected, HTTP 503 for 1s", "leader: m3 is elected, HTTP 503 for 2s", "leader: m2 is elected, HTTP 503 for 3s")
	for _, want := range []string{"cannot be connected", "m3 is elected, HTTP 503 for 1s", "m2 is elected"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not said: %s", want, got)
		}
	}
	if strings.Contains(got, "for 2s") {
		t.Errorf("other numbers are no news: %s", got)
	}
	var babble []string
	for i := range 60 {
		babble = append(babble, strings.Repeat("x", i+1))
	}
	if n := strings.Count(says(babble...), "\n"); n > 2*(wordings+1) {
		t.Errorf("%d lines in a minute", n)
	}
}

// Events may come in any order after a resume, and from later programs.
func TestEventsWithoutTheirContextAreNoPanic(t *testing.T) {
	for _, k := range []journal.Kind{journal.RunStarted, journal.RunResumed, journal.Observed, journal.LaneAdmitted, journal.StepStarted, journal.StepNoted,
		journal.StepEnded, journal.Reconciled, journal.Held, journal.HoldEnded, journal.Paused, journal.RunStopped, journal.RunDone, "of-tomorrow"} {
		for _, e := range []journal.Event{{Kind: k}, {Kind: k, Report: &plan.Report{}, Note: &plan.Note{Finding: &dcos.Finding{}}, Stop: &journal.Stop{}}} {
			var b bytes.Buffer
			if err := (&Text{W: &b}).Event(e); err != nil {
				t.Errorf("%s: %v", k, err)
			}
			if s := b.String(); s != "" && (!strings.HasPrefix(s, "00:00:00 ") || !strings.HasSuffix(s, "\n")) {
				t.Errorf("%s: %q", k, s)
			}
		}
	}
}

func TestTimesAreShownInTheZoneThatWasAsked(t *testing.T) {
	var b bytes.Buffer
	text := &Text{W: &b, Zone: time.FixedZone("CET", 3600)}
	if err := text.Event(journal.Event{At: time.Date(2026, 11, 21, 23, 10, 0, 0, time.UTC), Kind: journal.Paused}); err != nil || !strings.HasPrefix(b.String(), "00:10:00 PAUSED") {
		t.Errorf("%q, %v", b.String(), err)
	}
}

func TestJSONIsOneVersionedEventPerLine(t *testing.T) {
	var b bytes.Buffer
	events := story(t)
	for _, e := range events {
		if err := (JSON{W: &b}).Event(e); err != nil {
			t.Fatal(err)
		}
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) != len(events) {
		t.Fatalf("%d lines of %d events", len(lines), len(events))
	}
	for i, l := range lines {
		var got struct {
			Version int
			Seq     uint64
			Kind    journal.Kind
			At      time.Time
			Plan    map[string]string
		}
		if err := json.Unmarshal([]byte(l), &got); err != nil {
			t.Fatalf("line %d: %v", i, err)
		}
		if got.Version != JSONVersion || got.Seq != events[i].Seq || got.Kind != events[i].Kind || !got.At.Equal(events[i].At) {
			t.Errorf("line %d: %+v", i, got)
		}
		if (events[i].Plan != nil) != (got.Plan["id"] != "") || len(got.Plan) > 1 {
			t.Errorf("line %d: the plan is named by its id and nothing else, got %v", i, got.Plan)
		}
	}
}

func TestAWritersErrorStopsTheLog(t *testing.T) {
	e := journal.Event{Kind: journal.Paused}
	if err := (&Text{W: broken{}}).Event(e); !errors.Is(err, errFull) {
		t.Errorf("text: %v", err)
	}
	if err := (JSON{W: broken{}}).Event(e); !errors.Is(err, errFull) {
		t.Errorf("json: %v", err)
	}
}

func TestTheClustersOwnGateIsNamedOnce(t *testing.T) {
	at := time.Date(2026, 11, 21, 23, 0, 0, 0, time.UTC)
	var b strings.Builder
	w := Text{W: &b}
	for _, s := range []dcos.Status{dcos.Unknown, dcos.Passed} {
		f := dcos.Finding{Check: "cluster", Status: s, Observed: "leader: none"}
		if err := w.Event(journal.Event{Kind: journal.StepNoted, At: at, Step: "postflight//postflight", Note: &plan.Note{Finding: &f}}); err != nil {
			t.Fatal(err)
		}
	}
	if got := b.String(); !strings.HasSuffix(got, " cluster unknown: leader: none\n"+got[:9]+"cluster is green again\n") {
		t.Error(got)
	}
}

// What sweep removes is not removed while its run has not ended: sweep refuses then.
func TestSweepIsNamedForWhenItIsOfUse(t *testing.T) {
	p, err := plan.Build(production())
	if err != nil {
		t.Fatal(err)
	}
	s, _ := orchestrator.Next(orchestrator.New(), journal.Event{Seq: 1, Kind: journal.RunStarted, Run: "1121-2310-k3fd", Plan: p, Epoch: 1})
	owes := journal.Owe(plan.OwesFiles, "m1")
	s, _ = orchestrator.Next(s, journal.Event{Seq: 2, Kind: journal.ObligationOpened, Obligation: &owes})
	if got := (Program{}).owed(s.View(time.Now()), "owed "); !strings.Contains(got, ": dcos-patch sweep, once the run has ended\n") {
		t.Errorf("under way: %s", got)
	}
	s, _ = orchestrator.Next(s, journal.Event{Seq: 3, Kind: journal.RunAbandoned, Detail: "x"})
	if got := (Program{}).owed(s.View(time.Now()), "owed "); !strings.Contains(got, ": dcos-patch sweep\n") {
		t.Errorf("over: %s", got)
	}
}
