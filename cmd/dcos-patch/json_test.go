package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/render"
	"github.com/dcos-patch/dcos-patch/steps"
)

// outputSchema is the documented form of a line.
func outputSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	f, err := os.Open("../../docs/output.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("output.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("output.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// summaryOf is the last line of an output, which must be the summary of the command.
func summaryOf(t *testing.T, s *jsonschema.Schema, e ended) map[string]any {
	t.Helper()
	return lastOf(t, s, e, "summary")
}

// outcomeOf is the last line of an output, which must be the outcome of the command.
func outcomeOf(t *testing.T, s *jsonschema.Schema, e ended) map[string]any {
	t.Helper()
	return lastOf(t, s, e, "outcome")
}

// lastOf is the last line of an output, of which each line is of the documented form.
func lastOf(t *testing.T, s *jsonschema.Schema, e ended, kind string) map[string]any {
	t.Helper()
	var last map[string]any
	for line := range strings.Lines(e.out) {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err == nil {
			err = s.Validate(v)
		}
		if err != nil {
			t.Errorf("the line %s: %v", line, err)
			continue
		}
		last = nil
		if err := json.Unmarshal([]byte(line), &last); err != nil {
			t.Errorf("the line %s: %v", line, err)
		}
	}
	if last["kind"] != kind || last["exit"] != float64(e.code) {
		t.Fatalf("the last line is no %s of exit code %d: %v\n%s", kind, e.code, last, e.err)
	}
	return last
}

// argv are the commands of a summary.
func argv(t *testing.T, sum map[string]any) (all []string) {
	t.Helper()
	list, _ := sum["next"].([]any)
	for _, words := range list {
		var one []string
		for _, w := range words.([]any) {
			one = append(one, w.(string))
		}
		all = append(all, strings.Join(one, " "))
	}
	return all
}

// stopsAtA1 is a cluster whose apply stops at its first agent.
func stopsAtA1() simcluster.Options {
	return simcluster.Options{Private: 2, Seed: 1, Faults: append(patched("m1", "m2", "m3"), simcluster.Fault{What: fault.UnitRedAfter, Where: "a1"})}
}

func TestProgramsReadOneValueALineAndASummaryAtTheEnd(t *testing.T) {
	t.Parallel()
	s := outputSchema(t)
	inBubble(t, stopsAtA1(), func(l *lab) {
		refused := l.run("apply", "--yes", "-o", "json", "--plan-id", "0123456789ab")
		if sum := summaryOf(t, s, refused); sum["outcome"] != "refused" || sum["safe_to_leave"] != false || len(argv(t, sum)) == 0 {
			t.Errorf("refused: %v", sum)
		}
		if e := l.run("resume", "-o", "json"); summaryOf(t, s, e)["outcome"] != "refused" {
			t.Errorf("nothing to resume: %s", e)
		}
		if e := l.run("apply", "-o", "json"); summaryOf(t, s, e)["outcome"] != "invalid" {
			t.Errorf("nobody to ask: %s", e)
		}
		staged := l.run("stage", "--yes", "-o", "json")
		l.want(staged, exitDone)
		if sum := summaryOf(t, s, staged); sum["outcome"] != "staged" || sum["safe_to_leave"] != true {
			t.Errorf("staged: %v", sum)
		}
		stopped := l.run("apply", "--yes", "-o", "json")
		l.want(stopped, exitStopped)
		sum := summaryOf(t, s, stopped)
		counts, _ := sum["counts"].(map[string]any)
		if sum["outcome"] != "stopped" || sum["node"] != "a1" || sum["gate"] != "units" || sum["reason"] != "failed" || counts["failed"] != 1.0 || counts["untouched"] != 1.0 {
			t.Errorf("stopped: %v", sum)
		}
		run, _ := sum["run"].(string)
		want := []string{l.typed("check a1 --wait"), l.typed("resume --run " + run), l.typed("park a1 --reason WHY")}
		if got := argv(t, sum); !slices.Equal(got, want) {
			t.Errorf("next: %q, want %q", got, want)
		}
		status := l.run("status", "-o", "json")
		var said map[string]any
		if err := json.Unmarshal([]byte(status.out), &said); err != nil || said["exit"] != float64(exitStopped) || said["gate"] != "units" || !slices.Equal(argv(t, said), want) {
			t.Errorf("status: %v, %v", said, err)
		}
	})
}

func TestAFinishedRunIsSafeToLeave(t *testing.T) {
	t.Parallel()
	s := outputSchema(t)
	inBubble(t, simcluster.Options{Private: 1, Seed: 1, Faults: patched("m1", "m2", "m3")}, func(l *lab) {
		e := l.run("apply", "--yes", "-o", "json")
		l.want(e, exitDone)
		for where, sum := range map[string]map[string]any{"apply": summaryOf(t, s, e)} {
			if sum["outcome"] != "done" || sum["safe_to_leave"] != true || sum["node"] != nil {
				t.Errorf("%s: %v", where, sum)
			}
		}
		var said map[string]any
		if err := json.Unmarshal([]byte(l.run("status", "-o", "json").out), &said); err != nil || said["safe_to_leave"] != true || said["exit"] != 0.0 {
			t.Errorf("status: %v, %v", said, err)
		}
	})
}

// documents are the commands that write a file's text instead of lines.
var documents = []string{"plan", "inventory show", "inventory schema"}

// TestEveryCommandKeepsToOneValueALine: what has no JSON of its own is a line of kind text.
func TestEveryCommandKeepsToOneValueALine(t *testing.T) {
	t.Parallel()
	s := outputSchema(t)
	inBubble(t, simcluster.Options{Private: 1, Seed: 1}, func(l *lab) {
		for _, args := range []string{"plan", "preflight", "check a1", "runs", "status", "lock break --reason x", "lock break", "park a1 --reason x", "abandon x --reason y", "sweep", "sweep --dry-run", "inventory show", "inventory schema",
			"inventory validate", "version", "rehearse --runs 1", "dev gates show", "dev prove --agents 1 --limit 10", "apply --yes --plan-id x", "unknown"} {
			e := l.run(append(strings.Fields(args), "-o", "json")...)
			for line := range strings.Lines(e.out) {
				v, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
				if err == nil && !slices.Contains(documents, args) {
					err = s.Validate(v)
				}
				if err != nil {
					t.Errorf("%s: %q: %v", args, line, err)
				}
			}
			if e.out == "" && e.code != 0 {
				t.Errorf("%s says nothing: %s", args, e)
			}
		}
	})
}

// TestProgramsAreLedOnAsPeopleAre: the commands that text ends with.
func TestProgramsAreLedOnAsPeopleAre(t *testing.T) {
	t.Parallel()
	s := outputSchema(t)
	inBubble(t, stopsAtA1(), func(l *lab) {
		l.want(l.run("apply", "--yes"), exitStopped)
		run := l.state().Run
		refused := l.run("park", "m1", "--reason", "x", "-o", "json")
		l.want(refused, exitRefused)
		first, _, _ := strings.Cut(refused.out, "\n")
		if !strings.Contains(first, `"next":"`+l.typed("status")+`"`) || !strings.Contains(first, `"next":[["dcos-patch","-i",`) {
			t.Errorf("the block of a refusal leads nowhere: %s", first)
		}
		if o := outcomeOf(t, s, refused); o["command"] != "park" || o["outcome"] != "refused" || !slices.Equal(argv(t, o), []string{l.typed("status")}) {
			t.Errorf("refused: %v", o)
		}
		parked := l.run("park", "a1", "--reason", "x", "-o", "json")
		if o := outcomeOf(t, s, parked); o["outcome"] != "done" || o["run"] != run || !slices.Equal(argv(t, o), []string{l.typed("resume --run " + run)}) || strings.Contains(parked.out, `"text":"next`) {
			t.Errorf("parked: %v\n%s", o, parked.out)
		}
		broken := l.run("lock", "break", "--reason", "x", "-o", "json")
		if o := outcomeOf(t, s, broken); o["outcome"] != "done" || !slices.Equal(argv(t, o), []string{l.typed("resume --from-cluster --run " + run)}) {
			t.Errorf("broken: %v", o)
		}
	})
}

// TestARunOfAnotherControllerLeadsProgramsOn: as text does.
func TestARunOfAnotherControllerLeadsProgramsOn(t *testing.T) {
	var out strings.Builder
	a := &app{streams: streams{out: &out}, inventory: "prod.yaml", output: "json"}
	err := fmt.Errorf("resume: %w", &steps.OvertakenError{Run: "0101-0000-fm5a"})
	a.explainJSON(err, []string{"resume"})
	const want = "dcos-patch -i prod.yaml resume --from-cluster --run 0101-0000-fm5a"
	if !strings.Contains(out.String(), `"advice":"`+want+`","next":[["`+strings.ReplaceAll(want, " ", `","`)+`"]]`) {
		t.Errorf("refusal: %s", out.String())
	}
	if next := a.summary([]string{"resume"}, err).Next; len(next) != 1 || strings.Join(next[0], " ") != want {
		t.Errorf("summary: %q", next)
	}
}

// TestAnAbandonedRunEndsWithItsOutcome: also for programs.
func TestAnAbandonedRunEndsWithItsOutcome(t *testing.T) {
	t.Parallel()
	s := outputSchema(t)
	inBubble(t, stopsAtA1(), func(l *lab) {
		l.want(l.run("apply", "--yes"), exitStopped)
		run := l.state().Run
		if o := outcomeOf(t, s, l.run("abandon", run, "--reason", "x", "-o", "json")); o["command"] != "abandon" || o["outcome"] != "done" || o["run"] != run {
			t.Errorf("abandoned: %v", o)
		}
	})
}

func TestJSONForATerminalHasNoControlCharacter(t *testing.T) {
	var out strings.Builder
	w := render.OneALine{W: &out}
	for _, text := range []string{"{\n \"a\": \"x\u009b2J\u202e\x7f\"\n}\n{\"b\":1}\n", "locked by x\x1b[2J\nnext\n", "7\n"} {
		if n, err := w.Write([]byte(text)); n != len(text) || err != nil {
			t.Errorf("%d of %d, %v", n, len(text), err)
		}
	}
	const want = `{"a":"x\u009b2J\u202e\u007f"}` + "\n" + `{"b":1}` + "\n" + `{"version":1,"kind":"text","text":"locked by x\u001b[2J"}` + "\n" + `{"version":1,"kind":"text","text":"next"}` + "\n7\n"
	if out.String() != want {
		t.Errorf("%s\nwant\n%s", out.String(), want)
	}
}
