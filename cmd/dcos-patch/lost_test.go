package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/journal"
)

// TestWhatIsLostIsNotWaitedForAndTheNextCommandsLeadOn: the agent comes back under
// another id. The run stops at once, names both, and prints nothing that would
// only find the same again.
func TestWhatIsLostIsNotWaitedForAndTheNextCommandsLeadOn(t *testing.T) {
	t.Parallel()
	faults := append(patched("m1", "m2", "m3"), simcluster.Fault{What: fault.AgentNewID, Where: "a1"})
	inBubble(t, simcluster.Options{Private: 2, Width: 1, Seed: 6, Faults: faults}, func(l *lab) {
		e := l.run("apply", "--yes")
		l.want(e, exitStopped)
		if !strings.Contains(e.out, "registered as a new agent ") || strings.Contains(e.out, "check a1 --wait") {
			l.Errorf("the stop says\n%s", e.out)
		}
		park := strings.Index(e.out, "park a1 --reason")
		if resume := strings.LastIndex(e.out, "resume --run"); park < 0 || resume < park {
			l.Errorf("a1 must be left behind before the run goes on:\n%s", e.out)
		}
		l.want(l.run("park", "a1", "--reason", "came back as another agent"), exitDone)
		l.want(l.run("resume"), exitParked)
		l.launched(1, "a1", "a2")
	})
}

// TestALossThatAPersonAcceptsLeadsOn: the command that the stop prints leads to the
// end; what was accepted is in the journal, in DONE, in status and in its summary.
func TestALossThatAPersonAcceptsLeadsOn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what fault.Kind
		says string // of the loss
	}{
		{fault.AgentNewID, "agent "},
		{fault.TasksDoNotReturn, " task"},
	} {
		t.Run(string(c.what), func(t *testing.T) {
			t.Parallel()
			faults := append(patched("m1", "m2", "m3"), simcluster.Fault{What: c.what, Where: "a1"})
			inBubble(t, simcluster.Options{Private: 2, Width: 1, Seed: 6, Faults: faults}, func(l *lab) {
				stop := l.run("apply", "--yes")
				l.want(stop, exitStopped)
				run := l.state().Run
				command := "resume --run " + run + " --accept-lost a1 --reason WHY"
				if !strings.Contains(stop.out, l.typed(command)) || strings.Contains(stop.out, "check a1 --wait") || !strings.Contains(stop.out, "replaced") {
					l.Errorf("the stop says\n%s", stop.out)
				}
				done := l.run(strings.Fields(command)...)
				l.want(done, exitDone)
				line := "lost    a1: "
				for name, text := range map[string]string{"DONE": done.out, "status": l.run("status").out} {
					_, said, ok := strings.Cut(text, line)
					if said, _, _ = strings.Cut(said, "\n"); !ok || !strings.Contains(said, c.says) || !strings.HasSuffix(said, ": WHY") {
						l.Errorf("%s says %q of what was accepted:\n%s", name, said, text)
					}
				}
				sum := summaryOf(l.T, outputSchema(l.T), l.run("status", "-o", "json"))
				if all, _ := sum["accepted_losses"].([]any); len(all) != 1 {
					l.Errorf("status -o json: %v", sum["accepted_losses"])
				}
				if !slices.ContainsFunc(l.events(), func(e journal.Event) bool {
					return e.Kind == journal.LossAccepted && e.Node == "a1" && e.Detail == "WHY" && e.Controller != ""
				}) {
					l.Error("the journal does not say who accepted it, and why")
				}
				l.launched(1, "a1", "a2")
				l.done(5)
				l.unlocked()
			})
		})
	}
}

// TestAcceptedLossesHaveABudget: two agents lose tasks. One loss may be accepted; for
// the other one the commands that are printed lead on all the same.
func TestAcceptedLossesHaveABudget(t *testing.T) {
	t.Parallel()
	faults := append(patched("m1", "m2", "m3"), simcluster.Fault{What: fault.TasksDoNotReturn, Where: "a1"}, simcluster.Fault{What: fault.TasksDoNotReturn, Where: "a2"})
	inBubble(t, simcluster.Options{Private: 3, Width: 1, Seed: 6, Faults: faults}, func(l *lab) {
		l.want(l.run("apply", "--yes"), exitStopped)
		first := string(l.state().Stop.Node)
		second := l.run("resume", "--accept-lost", first, "--reason", "INC-1")
		l.want(second, exitStopped)
		other := string(l.state().Stop.Node)
		if other == first || !strings.Contains(second.out, "park "+other) || strings.Contains(second.out, "--accept-lost") || !strings.Contains(second.out, "lost    "+first+": ") {
			l.Errorf("stopped at %s:\n%s", other, second.out)
		}
		refused := l.run("resume", "--accept-lost", other, "--reason", "INC-2")
		l.want(refused, exitRefused)
		if !strings.Contains(refused.err+refused.out, "the budget of stage general is spent: 1 of 1") {
			l.Errorf("refused with %s", refused)
		}
		l.want(l.run("park", other, "--reason", "INC-2"), exitDone)
		l.want(l.run("resume"), exitParked)
	})
}

// TestWhatCannotBeAcceptedAsLost: each is refused with its reason, and nothing of it is
// in the journal.
func TestWhatCannotBeAcceptedAsLost(t *testing.T) {
	t.Parallel()
	faults := append(patched("m1", "m2", "m3"), simcluster.Fault{What: fault.TasksDoNotReturn, Where: "a1"})
	inBubble(t, simcluster.Options{Private: 2, Width: 1, Seed: 6, Faults: faults}, func(l *lab) {
		l.want(l.run("apply", "--yes"), exitStopped)
		before, err := os.ReadFile(l.journal())
		if err != nil {
			l.Fatal(err)
		}
		for _, c := range []struct {
			code int
			says string
			args []string
		}{
			{exitInvalid, "--accept-lost needs --reason", []string{"--accept-lost", "a1"}},
			{exitInvalid, "--accept-lost needs --reason", []string{"--accept-lost", "a1", "--reason", " "}},
			{exitInvalid, "--reason is for --accept-lost", []string{"--reason", "INC"}},
			{exitRefused, "it is a master", []string{"--accept-lost", "m1", "--reason", "INC"}},
			{exitRefused, "it is not a node of the plan", []string{"--accept-lost", "a9", "--reason", "INC"}},
			{exitRefused, "of no task that they are lost", []string{"--accept-lost", "a2", "--reason", "INC"}},
			{exitRefused, "of no task that they are lost", []string{"--accept-lost", "a1", "--accept-lost", "a2", "--reason", "INC"}},
		} {
			e := l.run(append([]string{"resume"}, c.args...)...)
			if e.code != c.code || !strings.Contains(e.out+e.err, c.says) {
				l.Errorf("%v: %s; want exit %d, %q", c.args, e, c.code, c.says)
			}
		}
		if after, err := os.ReadFile(l.journal()); err != nil || string(after) != string(before) {
			l.Errorf("the journal has changed (%v)", err)
		}
	})
}
