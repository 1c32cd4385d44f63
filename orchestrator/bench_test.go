package orchestrator

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// instant is a world in which everything is done at once, so that what is left
// is the engine's own time.
type instant struct{ plan *plan.Plan }

func (instant) Do(context.Context, plan.Task, func(plan.Note)) plan.Report {
	return plan.Report{Outcome: plan.Done, Undone: true}
}
func (instant) Undo(context.Context, plan.Undoing) plan.Report {
	return plan.Report{Outcome: plan.Done}
}

func (instant) Reconcile(context.Context, plan.Task) plan.Report {
	return plan.Report{Outcome: plan.Done}
}
func (i instant) Observe(context.Context, plan.Ask) plan.Observation { return green(i.plan) }

// BenchmarkOverheadPerNode is what the engine, with its journal on disk, adds
// to a node's script and gates. The goal is 50 ms a node.
func BenchmarkOverheadPerNode(b *testing.B) {
	const agents = 1000
	p := testPlan(shape{masters: 3, agents: agents, width: 50, maxOut: 60, canary: true})
	nodes := 0
	for b.Loop() {
		f, err := journal.Create(filepath.Join(b.TempDir(), "journal.jsonl"))
		if err != nil {
			b.Fatal(err)
		}
		d := &Driver{Actor: instant{}, Observer: instant{p}, Recorder: f}
		s, err := d.Run(b.Context(), New(), started(p), nil)
		f.Close()
		if err != nil || s.Ended != journal.RunDone {
			b.Fatalf("ended %q, stop %+v, err %v", s.Ended, s.Stop, err)
		}
		nodes += agents + 3
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(nodes), "ms/node")
}

// BenchmarkFold is a resume's reading of a long journal, without the disk.
func BenchmarkFold(b *testing.B) {
	const agents = 10000
	tp := newTape(testPlan(shape{masters: 3, agents: agents, width: 100, maxOut: 120}))
	tp.tick = 100 * time.Millisecond // a hundred admissions follow one look, and it may be a minute old
	obs := green(tp.s.Plan)
	for tp.s.Ended == "" {
		c := tp.cmds[0]
		switch {
		case c.Record != nil:
			tp.add(*c.Record)
		case c.Observe != nil:
			tp.add(journal.Event{Kind: journal.Observed, Observation: &obs, Asked: tp.s.Seq})
		case c.Start != nil:
			id := c.Start.Step.ID
			tp.add(journal.Event{Kind: journal.StepStarted, Step: id, Attempt: 1})
			tp.add(journal.Event{Kind: journal.StepEnded, Step: id, Report: &plan.Report{Outcome: plan.Done}})
		}
	}
	for b.Loop() {
		if s := Fold(tp.events); s.Ended != journal.RunDone {
			b.Fatal(s.Stop)
		}
	}
	b.ReportMetric(float64(len(tp.events)), "events")
}
