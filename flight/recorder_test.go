package flight

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// began is when the steps of these tests begin.
var began = time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC)

func task(step string, gates ...string) plan.Task {
	t := plan.Task{Run: "1121-2200-k3fd", Attempt: 1, Step: plan.Step{ID: plan.StepID(step), Node: "a037", Timeout: plan.Duration(10 * time.Minute)}}
	for _, g := range gates {
		t.Step.Gates = append(t.Step.Gates, plan.GateSpec{Gate: g, Need: 3, Span: plan.Duration(20 * time.Second), Every: plan.Duration(5 * time.Second), Within: plan.Duration(10 * time.Minute)})
	}
	return t
}

// nth is the nth sample of a gate that is asked every five seconds.
func nth(n int, observed string) checks.Sample {
	asked := began.Add(time.Duration(n) * 5 * time.Second)
	return checks.Sample{
		Asked: asked, Answered: asked.Add(12 * time.Millisecond), Identity: "boot 42",
		Finding: dcos.Finding{Check: "registered", Node: "a037", Status: dcos.Passed, Observed: observed, Want: "active"},
	}
}

func never(t testing.TB) func(error) {
	return func(err error) { t.Errorf("told: %v", err) }
}

// only reads the one take of a step.
func only(t testing.TB, dir, step string) Take {
	t.Helper()
	takes, err := Read(filepath.Join(dir, Name(step)))
	if err != nil || len(takes) != 1 {
		t.Fatalf("%d takes, %v", len(takes), err)
	}
	return takes[0]
}

// Law: what is recorded is read, however it repeats itself.
func TestWhatIsRecordedIsRead(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		r := New(dir, DefaultLimits(), never(t))
		tk := task("general/a037/return", "registered", "units", "units")
		var want []Sample
		tp := r.Began(tk, began)
		for i := range rapid.IntRange(0, 20).Draw(rt, "samples") {
			s := nth(i, rapid.SampledFrom([]string{"", "active", "away", "\x1b[2J\u202e"}).Draw(rt, "observed"))
			s.Identity = rapid.SampledFrom([]string{"", "boot 42", "boot 43"}).Draw(rt, "identity")
			s.Marks = rapid.SampledFrom([]map[string]string{nil, {}, {"a": "1"}, {"a": "2", "b": "1"}}).Draw(rt, "marks")
			if rapid.Bool().Draw(rt, "evidence") {
				s.Evidence = s.Asked.Add(time.Millisecond)
			}
			gate := rapid.IntRange(0, 2).Draw(rt, "gate")
			tp.Sample(gate, s)
			k := sampleOf([]string{"registered", "units", "units#2"}[gate], s, began)
			if len(k.Marks) == 0 {
				k.Marks = nil
			}
			want = append(want, k)
		}
		tp.Ended(began.Add(time.Minute), nil)
		r.Close()
		got := only(t, dir, "general/a037/return")
		if diff := cmp.Diff(want, got.Samples); diff != "" {
			rt.Fatal(diff)
		}
		end := Ended{After: plan.Duration(time.Minute), Held: true}
		if got.Ended == nil || !cmp.Equal(*got.Ended, end) || got.WithoutSamples() != 0 || !got.Began.At.Equal(began) || !cmp.Equal(got.Began.Gates, tk.Step.Gates) {
			rt.Fatalf("%+v", got)
		}
	})
}

func TestTheEndSaysHowItEnded(t *testing.T) {
	dir := t.TempDir()
	r := New(dir, DefaultLimits(), never(t))
	for i, err := range []error{nil, fmt.Errorf("return: %w", &checks.GateError{Late: []checks.LateGate{{Gate: "units"}}}), errors.New("cut")} {
		r.Began(task(fmt.Sprint(i), "units"), began).Ended(began.Add(time.Second), err)
	}
	r.Close()
	for i, want := range []Ended{{Held: true}, {Late: []string{"units"}}, {Why: "stopped asking"}} {
		want.After = plan.Duration(time.Second)
		if got := only(t, dir, fmt.Sprint(i)); got.Ended == nil || !cmp.Equal(*got.Ended, want) {
			t.Errorf("%d: %+v, want %+v", i, got.Ended, want)
		}
	}
}

func TestLooksAreKeptUnderTheirStage(t *testing.T) {
	dir := t.TempDir()
	r := New(dir, DefaultLimits(), never(t))
	look := func(n int) []checks.Sample {
		a, b := nth(n, "1 leads"), nth(n, "3/3")
		a.Finding.Check, a.Finding.Node, b.Finding.Check, b.Finding.Node = "leader", "", "exhibitor", "m1"
		return []checks.Sample{a, b, b}
	}
	r.Looked(plan.Ask{Stage: "masters"}, look(0))
	r.Looked(plan.Ask{Stage: "masters"}, look(1))
	r.Looked(plan.Ask{Stage: "general"}, nil)
	r.Close()
	got := only(t, dir, "masters")
	if diff := cmp.Diff([]string{"leader", "exhibitor m1", "exhibitor m1#2"}, got.Keys()); diff != "" || len(got.Samples) != 6 || !got.Began.At.Equal(began) {
		t.Errorf("%s%+v", diff, got)
	}
	if _, err := got.Recorded(); !errors.Is(err, ErrLooks) {
		t.Errorf("looks are judged: %v", err)
	}
}

func TestASecondControllerGoesOnInTheSameFileAfterATornLine(t *testing.T) {
	dir := t.TempDir()
	record := func(from int) {
		r := New(dir, DefaultLimits(), never(t))
		tp := r.Began(task("s", "registered"), began)
		tp.Sample(0, nth(from, "active"))
		tp.Sample(0, nth(from+1, "active"))
		r.Close()
	}
	record(0)
	path := filepath.Join(dir, Name("s"))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	last := strings.LastIndexByte(strings.TrimSuffix(string(whole), "\n"), '\n') + 1
	for cut := last; cut < len(whole); cut++ {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		if got := only(t, dir, "s"); len(got.Samples) != 1 || got.Ended != nil {
			t.Fatalf("cut at %d of %d: %+v", cut, len(whole), got)
		}
		record(2)
		takes, err := Read(path)
		if err != nil || len(takes) != 2 || len(takes[0].Samples) != 1 || len(takes[1].Samples) != 2 {
			t.Fatalf("cut at %d, and gone on: %+v, %v", cut, takes, err)
		}
	}
}

func TestAllThatIsKeptIsPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run", "samples")
	r := New(dir, DefaultLimits(), never(t))
	r.Began(task("general/a037/return", "units"), began)
	r.Close()
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "general+a037+return.jsonl"): 0o600} {
		if fi, err := os.Stat(path); err != nil || fi.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, fi, err)
		}
	}
}

// A file holds what nodes have said. Looking at it must not do anything to the
// terminal, and reading it must give back what they said.
func TestAFileThatANodeHasTalkedIntoIsHarmlessToLookAt(t *testing.T) {
	dir := t.TempDir()
	r := New(dir, DefaultLimits(), never(t))
	const said = "a\x1b[2J\u009b31m\n{\"left_out\":1}\u202e\x7f"
	tp := r.Began(task("s", "registered"), began)
	tp.Sample(0, nth(0, said))
	r.Close()
	b, err := os.ReadFile(filepath.Join(dir, Name("s")))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if strings.ContainsFunc(strings.TrimSuffix(line, "\n"), func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%q would reach a terminal", line)
		}
	}
	if got := only(t, dir, "s"); len(got.Samples) != 1 || got.Samples[0].Finding.Observed != said {
		t.Errorf("%+v", got)
	}
}
