package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

func planText(t *testing.T, in plan.Input) string {
	t.Helper()
	p, err := plan.Build(in)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Plan(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAPlanOfALargeClusterFitsOneScreen(t *testing.T) {
	got := planText(t, production())
	if n := strings.Count(got, "\n"); n > 20 {
		t.Errorf("%d lines", n)
	}
	golden(t, "plan-production.golden", got)
}

func TestAPreflightShowsBlockersFirstAndFoldsAnswers(t *testing.T) {
	in := production()
	for _, n := range in.Inventory.Groups[0].Nodes[:4] {
		change(in, n.Name, func(f *plan.NodeFacts) {
			f.Systemd, f.Addresses, f.Ready = 247, []string{f.IP}, &plan.Readiness{Docker: "failed", Fetch: plan.FetchOK, IPSet: true}
		})
	}
	change(in, "a009", func(f *plan.NodeFacts) { f.ShellMS = 31000 })
	change(in, "s01", func(f *plan.NodeFacts) { f.ShellMS = 4000 })
	j, err := plan.Judge(in)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := (Program{}).Preflight(&b, in, j); err != nil {
		t.Fatal(err)
	}
	if err := (Program{}).Warnings(&b, j.Warnings); err != nil {
		t.Fatal(err)
	}
	golden(t, "preflight.golden", b.String())
}

func TestAPlanHalfDoneShowsTheEvidence(t *testing.T) {
	in := production()
	for _, n := range append(in.Inventory.Nodes()[:3], in.Inventory.Groups[0].Nodes[:20]...) {
		change(in, n.Name, func(f *plan.NodeFacts) { f.Version, f.Active = "2.1.2", in.Facts.Script.Packages })
	}
	golden(t, "plan-half-done.golden", planText(t, in))
}

func TestARehearsalIsLoud(t *testing.T) {
	in := production()
	in.Inventory.Groups = in.Inventory.Groups[1:2]
	in.Inventory.Exclusions = nil
	in.Inventory.Rehearsal.TimeScale = 0.1
	for n := range in.Facts.Nodes {
		change(in, n, func(f *plan.NodeFacts) { f.Rehearsal = true })
	}
	golden(t, "plan-rehearsal.golden", planText(t, in))
}

func TestAPlanWithNothingToDoSaysSo(t *testing.T) {
	in := production()
	for n := range in.Facts.Nodes {
		change(in, n, func(f *plan.NodeFacts) { f.Version, f.Active = "2.1.2", in.Facts.Script.Packages })
	}
	golden(t, "plan-nothing.golden", planText(t, in))
}

func TestAPlanSaysWhatIsWaivedOrThatNothingIs(t *testing.T) {
	in := production()
	if text := planText(t, in); !strings.Contains(text, "\n waivers: none\n") {
		t.Errorf("%s", text)
	}
	in.Waivers = []plan.Waiver{{Check: "tasks", Node: "a001", Reason: "INC-7", Until: in.Today}}
	if text := planText(t, in); !strings.Contains(text, "\n waived: tasks:a001 (INC-7, until ") || strings.Contains(text, "none") {
		t.Errorf("%s", text)
	}
}

func TestPlanJSONIsThePlansOwnDocument(t *testing.T) {
	p, err := plan.Build(production())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := PlanJSON(&b, p); err != nil {
		t.Fatal(err)
	}
	q, err := plan.Unmarshal(b.Bytes())
	if err != nil || q.ID != p.ID {
		t.Errorf("read back: %v", err)
	}
}

func refusal(t *testing.T) error {
	t.Helper()
	in := production()
	in.Facts.Script.To = "2.1.3"
	for _, n := range []inventory.NodeName{"a001", "a002", "a003", "s07"} {
		change(in, n, func(f *plan.NodeFacts) { *f = plan.NodeFacts{Err: "dial tcp: i/o timeout", Kind: "dial"} })
	}
	change(in, "m2", func(f *plan.NodeFacts) { f.MidSwap = true })
	_, err := plan.Build(in)
	if err == nil {
		t.Fatal("not refused")
	}
	return err
}

func TestARefusalNamesEveryBlockAndFoldsEqualOnes(t *testing.T) {
	var b bytes.Buffer
	if err := (Program{}).Refusal(&b, refusal(t)); err != nil {
		t.Fatal(err)
	}
	golden(t, "refusal.golden", b.String())
}

// What follows from a node is a line below it.
func TestARefusalTellsWhatFollowsFromANodeBelowIt(t *testing.T) {
	in := production()
	in.Facts.Cluster.Green = false
	for _, check := range []string{"leader", "etcd"} {
		in.Facts.Cluster.Findings = append(in.Facts.Cluster.Findings, dcos.Finding{Check: check, Observed: "m2 and m3 answer nothing"})
	}
	in.Facts.Cluster.DueTo = map[string][]inventory.NodeName{"leader": {"m2", "m3"}, "etcd": {"m2", "m3"}}
	for _, n := range []inventory.NodeName{"m2", "m3", "a001"} {
		change(in, n, func(f *plan.NodeFacts) { *f = plan.NodeFacts{Err: "dial tcp: i/o timeout", Kind: "dial"} })
	}
	change(in, "a002", func(f *plan.NodeFacts) { f.MidSwap, f.Active = true, nil })
	_, err := plan.Build(in)
	var b bytes.Buffer
	if err := (Program{}).Refusal(&b, err); err != nil {
		t.Fatal(err)
	}
	golden(t, "refusal-follows.golden", b.String())
}

func TestARefusalInJSONHasABlockForEveryNode(t *testing.T) {
	var b bytes.Buffer
	if err := (Program{}).RefusalJSON(&b, Refused{Err: refusal(t)}); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Version int
		Blocks  []plan.Block
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil || got.Version != 1 || len(got.Blocks) != 6 {
		t.Errorf("version %d, %d blocks, %v", got.Version, len(got.Blocks), err)
	}
}

func TestAnotherErrorIsOneLine(t *testing.T) {
	var b bytes.Buffer
	if err := (Program{}).Refusal(&b, errors.New("no such plan")); err != nil || b.String() != "REFUSED: no such plan\n" {
		t.Errorf("%q, %v", b.String(), err)
	}
}

func TestSpansAreSaidAsPeopleDo(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 300 * time.Millisecond: "300ms", 9960 * time.Millisecond: "10s", 45 * time.Second: "45s", 90 * time.Second: "1m30s", 61 * time.Second: "1m01s",
		3 * time.Minute: "3m", 36*time.Minute + 20*time.Second: "36m", 4*time.Hour + 7*time.Minute: "4h07m", time.Hour: "1h00m", -time.Minute: "-1m",
		59*time.Minute + 59*time.Second: "1h00m",
	} {
		if got := Span(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

// broken is a writer that is full.
type broken struct{}

var errFull = errors.New("no space left")

func (broken) Write([]byte) (int, error) { return 0, errFull }

func TestAWritersErrorIsReturned(t *testing.T) {
	p, err := plan.Build(production())
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]error{
		"Plan": Plan(broken{}, p), "PlanJSON": PlanJSON(broken{}, p),
		"Refusal": Program{}.Refusal(broken{}, refusal(t)), "RefusalJSON": Program{}.RefusalJSON(broken{}, Refused{Err: refusal(t)}),
	} {
		if !errors.Is(got, errFull) {
			t.Errorf("%s: %v", name, got)
		}
	}
}
