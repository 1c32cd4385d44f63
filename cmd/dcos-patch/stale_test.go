package main

import (
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// clusterwide is the gate that asks whether some master leads: old daemons may
// lead. It never passes a step alone.
const clusterwide = "leader"

// passed are the findings of a verifying step that said yes.
func (l *lab) passed(step plan.StepID) map[string][]journal.Event {
	out := map[string][]journal.Event{}
	for _, e := range l.events() {
		if e.Kind == journal.StepNoted && e.Step == step && e.Note.Finding != nil && e.Note.Finding.Status.OK() {
			out[e.Note.Finding.Check] = append(out[e.Note.Finding.Check], e)
		}
	}
	return out
}

// refusedAsOld are the gates of a step that have said that it is still the old
// process that answers.
func (l *lab) refusedAsOld(step plan.StepID) map[string]bool {
	out := map[string]bool{}
	for _, e := range l.events() {
		if e.Kind == journal.StepNoted && e.Step == step && e.Note.Finding != nil && strings.Contains(e.Note.Finding.Observed, "still the old process") {
			out[e.Note.Finding.Check] = true
		}
	}
	return out
}

func TestTheHappyAnswersOfOldDaemonsProveNothing(t *testing.T) {
	t.Parallel()
	opt := simcluster.Options{Private: 1, Width: 1, Seed: 1, Faults: patched("m1", "m3")}
	inBubble(t, opt, func(l *lab) {
		var answering bool
		c := l.controller()
		c.wrote = func(line string) {
			if strings.Contains(line, "m2 patch done") { // the script has ended, and dcos.target is only about to restart
				answering = len(l.happened("launch")) == 1 && len(l.happened("down")) == 0
			}
		}
		l.want(c.run("apply", "--yes"), exitDone)
		if !answering {
			l.Error("the old daemons did not answer any more when the script had ended: this tests nothing")
		}
		for _, v := range []struct {
			node  string
			step  plan.StepID
			gates []string
		}{
			{"m2", "masters/m2/serve", []string{"exhibitor", "registrar", "cockroach", "mesos-master"}},
			{"a1", "general/a1/return", []string{"registered", "mesos-version"}},
		} {
			restarted, yes, old := l.when(v.node, "up"), l.passed(v.step), l.refusedAsOld(v.step)
			for _, gate := range v.gates {
				if !old[gate] || len(yes[gate]) == 0 {
					l.Errorf("%s: gate %s has refused the old process: %v, and said yes %d times", v.node, gate, old[gate], len(yes[gate]))
				}
			}
			for gate, events := range yes {
				if gate != clusterwide && events[0].At.Before(restarted) {
					l.Errorf("%s: gate %s said yes at %s, on daemons that were restarted at %s", v.node, gate, events[0].At, restarted)
				}
			}
		}
	})
}

func TestAMasterWhoseOldDaemonsAnswerForEverIsNeverBelieved(t *testing.T) {
	t.Parallel()
	opt := simcluster.Options{Seed: 1, Faults: simcluster.Faults{{What: fault.StaleHappy, Where: "m1"}}}
	inBubble(t, opt, func(l *lab) {
		l.edit(func(inv string) string { return strings.Replace(inv, quick, hasty, 1) })
		e := l.run("apply", "--yes")
		l.want(e, exitStopped)
		l.launched(1, "m1")
		l.launched(0, "m2", "m3")
		for gate := range l.passed("masters/m1/serve") {
			if gate != clusterwide {
				l.Errorf("gate %s said yes", gate)
			}
		}
		if s := l.state(); s.Stop == nil || s.Stop.Node != "m1" || s.SafeToLeave().Safe {
			l.Errorf("stopped %+v, safe to leave: %+v", s.Stop, s.SafeToLeave())
		}
		if strings.Contains(e.out, "DONE") || !strings.Contains(e.out, "next    1 "+l.typed("check m1 --wait")) {
			l.Errorf("%s", e)
		}
		again := l.run("resume")
		l.want(again, exitStopped)
		l.launched(1, "m1")
		l.launched(0, "m2", "m3")
	})
}
