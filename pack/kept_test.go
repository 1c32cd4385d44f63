package pack

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// small is a plan of two agents and a step of none.
func small() *plan.Plan {
	lane := func(n inventory.NodeName) plan.Lane {
		id := plan.StepID("general/" + string(n) + "/patch")
		return plan.Lane{Node: n, Steps: []plan.Step{{ID: id, Node: n, Action: plan.ActionPatch}}}
	}
	return &plan.Plan{ID: "p1", Stages: []plan.Stage{
		{ID: "preflight", Lanes: []plan.Lane{{Steps: []plan.Step{{ID: "preflight/cluster", Action: plan.ActionPreflight}}}}},
		{ID: "general", Lanes: []plan.Lane{lane("a1"), lane("a2")}},
	}}
}

func journalOf(t *testing.T, events []journal.Event) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), journal.JournalFile)
	f, err := journal.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i, e := range events {
		e.Seq = uint64(i + 1)
		if err := f.Record(e); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func TestThePackedEventsAreThoseOfTheNodeAndTheFrame(t *testing.T) {
	p := small()
	look := func(from uint64) journal.Event {
		return journal.Event{Kind: journal.Observed, Asked: from, Observation: &plan.Observation{}}
	}
	path := journalOf(t, []journal.Event{
		{Kind: journal.RunStarted, Plan: p},
		{Kind: journal.StepStarted, Step: "preflight/cluster"},
		{Kind: journal.StepNoted, Step: "preflight/cluster", Note: &plan.Note{Detail: "n"}},
		look(3), look(4),
		{Kind: journal.LaneAdmitted, Node: "a1"},
		{Kind: journal.StepStarted, Step: "general/a1/patch"},
		{Kind: journal.StepNoted, Step: "general/a1/patch", Note: &plan.Note{Detail: "\x1b[2J"}},
		look(8),
		{Kind: journal.LaneAdmitted, Node: "a2"},
		{Kind: journal.StepStarted, Step: "general/a2/patch"},
		{Kind: journal.RunStopped, Stop: &journal.Stop{Node: "a1"}},
		look(12),
	})
	e := Events(path, p, "a1")
	if e.Lack != "" {
		t.Error(e.Lack)
	}
	var seqs []string
	for line := range strings.Lines(string(e.Body)) {
		seq, _, _ := strings.Cut(strings.TrimPrefix(line, `{"seq":`), ",")
		seqs = append(seqs, seq)
	}
	if got, want := strings.Join(seqs, " "), "1 2 5 6 7 8 12 13"; got != want {
		t.Errorf("events %s, want %s\n%s", got, want, e.Body)
	}
	if text := string(e.Body); strings.Contains(text, `"plan":`) || strings.Contains(text, "\x1b") {
		t.Errorf("%q", text)
	}
}

func TestOfManyEventsTheFirstAndTheLastArePacked(t *testing.T) {
	p := small()
	events := []journal.Event{{Kind: journal.RunStarted, Plan: p}}
	for i := range 200 {
		events = append(events, journal.Event{Kind: journal.StepNoted, Step: "general/a1/patch", Note: &plan.Note{Detail: fmt.Sprint(i, strings.Repeat(" far", 3000))}})
	}
	e := Events(journalOf(t, append(events, journal.Event{Kind: journal.RunStopped})), p, "a1")
	text := string(e.Body)
	if len(text) > eventsFirst+eventsLast || !strings.HasSuffix(e.Lack, " events in its middle") {
		t.Errorf("%d bytes, lacks %q", len(text), e.Lack)
	}
	if !strings.HasPrefix(text, `{"seq":1,`) || !strings.Contains(text, `"run-stopped"`) || strings.Contains(text, `"detail":"90 far`) {
		t.Errorf("%.100s … %s", text, text[len(text)-100:])
	}
}

func TestAJournalThatIsDamagedIsPackedUpToThere(t *testing.T) {
	e := Events(filepath.Join(t.TempDir(), "none"), small(), "a1")
	if len(e.Body) != 0 || e.Lack == "" {
		t.Errorf("%+v", e)
	}
}

func TestAPlanThatIsTooLongIsNarrowedToTheNode(t *testing.T) {
	p := small()
	if e := PlanOf(p, "a1"); e.Lack != "" || !strings.Contains(string(e.Body), "general/a2/patch") {
		t.Errorf("%+v", e)
	}
	for i := range 20_000 {
		n := inventory.NodeName(fmt.Sprint("b", i))
		p.Stages[1].Lanes = append(p.Stages[1].Lanes, plan.Lane{Node: n, Steps: []plan.Step{{ID: plan.StepID("general/" + string(n) + "/patch"), Node: n}}})
	}
	e := PlanOf(p, "a1")
	text := string(e.Body)
	if e.Lack == "" || len(text) > planMost || !strings.Contains(text, "general/a1/patch") || strings.Contains(text, "general/a2/patch") {
		t.Errorf("%d bytes, lacks %q", len(text), e.Lack)
	}
	for i := range 60_000 {
		p.Nodes = append(p.Nodes, plan.Node{Name: inventory.NodeName(fmt.Sprint("b", i)), Role: dcos.PrivateAgent})
	}
	if e := PlanOf(p, "a1"); len(e.Body) > 0 || e.Lack != "the plan is too long" {
		t.Errorf("%d bytes, lacks %q", len(e.Body), e.Lack)
	}
}
