package orchestrator

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// notesOfStep is how often the gates of a step of verification change their
// minds. Together with the rest a lane has 20 events, as simulated ones have.
const notesOfStep = 5

// longTape is a run over so many agents in which everything that is usually
// said is said: findings as long as real ones, and a baseline.
func longTape(agents int) *tape {
	tp := newTape(testPlan(shape{masters: 3, agents: agents, width: 100, maxOut: 120}))
	tp.tick = 100 * time.Millisecond // a hundred admissions follow one look, and it may be a minute old
	obs := green(tp.s.Plan)
	for _, q := range []string{"leader", "exhibitor", "registrar", "cockroach", "etcd"} {
		obs.Findings = append(obs.Findings, finding(q, "", 0))
	}
	baseline := json.RawMessage(`{"units":"` + strings.Repeat("dcos-mesos-slave.service ", 30) + `"}`)
	for tp.s.Ended == "" {
		c := tp.cmds[0]
		switch {
		case c.Record != nil:
			tp.add(*c.Record)
		case c.Observe != nil:
			tp.add(journal.Event{Kind: journal.Observed, Observation: &obs, Asked: tp.s.Seq})
		case c.Start != nil:
			tp.perform(c.Start.Step, baseline)
		}
	}
	return tp
}

// perform is a step from its start to its end.
func (t *tape) perform(s plan.Step, baseline json.RawMessage) {
	t.add(journal.Event{Kind: journal.StepStarted, Step: s.ID, Node: s.Node, Attempt: 1})
	rep := plan.Report{Outcome: plan.Done, Detail: "script exit 0; active packages are the target's 25"}
	if s.Action == plan.ActionBaseline {
		rep.Evidence = baseline
	}
	if s.Action.Verifies() {
		for i := range notesOfStep {
			f := finding("registered", string(s.Node), i)
			t.add(journal.Event{Kind: journal.StepNoted, Step: s.ID, Node: s.Node, Note: &plan.Note{Finding: &f}})
		}
		rep.Findings = []dcos.Finding{finding("registered", string(s.Node), 3), finding("mesos-version", string(s.Node), 3)}
	}
	t.add(journal.Event{Kind: journal.StepEnded, Step: s.ID, Node: s.Node, Report: &rep})
}

func finding(check, node string, have int) dcos.Finding {
	return dcos.Finding{
		Check: check, Node: node, Status: dcos.Passed, Have: have, Need: 3, At: epochStart,
		Observed: fmt.Sprintf("active as ..-S41, re-registered; %d of 3 in a row, away 42s of 5m0s", have),
		Want:     "active at m1, same id ..-S41, re-registered",
	}
}

// BenchmarkResume is what a resume does before it looks at the cluster: read a
// journal of 200,000 events from the disk, check every line, and fold it. The
// goal is 3 s.
func BenchmarkResume(b *testing.B) {
	const agents = 10000
	tp := longTape(agents)
	path := filepath.Join(b.TempDir(), "journal.jsonl")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	for _, e := range tp.events {
		line, err := journal.Encode(e)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := w.Write(line); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	fi, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	f.Close()
	want := tp.s.Seq
	tp = nil
	for b.Loop() {
		s := New()
		j, err := journal.AppendEach(path, func(e journal.Event) { s = Replay(s, e) })
		if err != nil {
			b.Fatal(err)
		}
		j.Close()
		if s.Ended != journal.RunDone || s.Seq != want {
			b.Fatal(s.Stop)
		}
	}
	b.ReportMetric(float64(want), "events")
	b.ReportMetric(float64(fi.Size())/1e6, "MB")
}

// BenchmarkView is what every status and every end of a run takes of a large run:
// one that has stopped half-way, with a window of agents that are not verified.
func BenchmarkView(b *testing.B) {
	const agents = 10000
	tp := newTape(testPlan(shape{masters: 3, agents: agents, width: 100, maxOut: 120}))
	tp.tick = 100 * time.Millisecond
	obs := green(tp.s.Plan)
	verified := 0
	for tp.s.Stop == nil && tp.s.Ended == "" {
		c := tp.cmds[0]
		switch {
		case c.Record != nil:
			tp.add(*c.Record)
		case c.Observe != nil:
			tp.add(journal.Event{Kind: journal.Observed, Observation: &obs, Asked: tp.s.Seq})
		case c.Start != nil:
			id := c.Start.Step.ID
			tp.add(journal.Event{Kind: journal.StepStarted, Step: id, Attempt: 1})
			if c.Start.Step.Action != plan.ActionServe {
				tp.add(journal.Event{Kind: journal.StepEnded, Step: id, Report: &plan.Report{Outcome: plan.Done}})
				continue
			}
			if verified++; verified <= agents/2 || c.Start.Step.Node[0] == 'm' {
				tp.add(journal.Event{Kind: journal.StepEnded, Step: id, Report: &plan.Report{Outcome: plan.Done}})
				continue
			}
			tp.add(journal.Event{Kind: journal.StepEnded, Step: id, Report: &plan.Report{Outcome: plan.Failed, Class: plan.NotVerified}})
		}
	}
	b.ResetTimer()
	for b.Loop() {
		if v := tp.s.View(tp.s.At); v.Stop == nil || len(v.Unverified) == 0 {
			b.Fatal(v.Word)
		}
	}
}
