package main

import (
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/render"
)

// hear tells what happens, as it happens.
func (a *app) hear(e controller.Event) {
	if a.output == "json" {
		a.hearJSON(e)
		return
	}
	switch e := e.(type) {
	case controller.Recorded:
		a.recorded(e.Event, e.State)
	case controller.RunConcluded:
		p, v := a.program(), e.State.View(time.Now())
		fmt.Fprint(a.out, p.Ending(v)+render.WarnedLines(e.Warned, "  warned  ")+p.Closing(v))
	case controller.RunUnrecorded:
		fmt.Fprint(a.out, a.program().Leave(e.State.View(e.State.LookAt)))
	case controller.PackWritten:
		fmt.Fprint(a.out, packLine(e.Path))
	case controller.NodesSlow:
		say(a.err, "dcos-patch: no connection to %s since %s, still trying", render.Fold(e.Nodes), render.Clock(e.Since))
	case controller.CheckWaits:
		fmt.Fprintf(a.out, "%s  waits up to %s for %s to be green, and says what changes; Ctrl-C ends that, and nothing else\n", time.Now().Format("15:04:05"), e.Most, e.Node)
	case controller.CheckChanged:
		say(a.out, "%s  %s", time.Now().Format("15:04:05"), render.Finding(e.Finding))
	}
	a.hearBoth(e)
}

// hearJSON tells programs on standard output, and people on the other.
func (a *app) hearJSON(e controller.Event) {
	if e, ok := e.(controller.Recorded); ok {
		_ = render.JSON{W: a.out}.Event(e.Event) // a reader that went away does not stop a run
	}
	a.hearBoth(e)
}

// hearBoth tells what a person should know, whatever reads standard output.
func (a *app) hearBoth(e controller.Event) {
	switch e := e.(type) {
	case controller.RunConcluded:
		if e.LockErr != nil {
			p := a.program()
			fmt.Fprintf(a.err, "dcos-patch: the lock could not be given back: %s\n  next  %s, or %s\n", quoted(e.LockErr), p.Run("sweep"), p.Run("lock", "break", "--reason", "left by "+e.Run))
		}
	case controller.JournalTorn:
		say(a.err, "the last record of the journal was cut short: its %d bytes are put aside in %s; nothing had been done on it", e.Bytes, e.Kept)
	case controller.CopyUnused:
		say(a.err, "not used: %s", e.Why)
	case controller.CopyNotNewer:
		fmt.Fprintf(a.err, "the journal of run %s on this machine is as new as any copy\n", e.Run)
	case controller.CopyTaken:
		say(a.err, "run %s: %d events from %s, the last of %s", e.Run, e.Events, e.From, e.Last.Local().Format(time.DateTime))
	case controller.Trouble:
		say(a.err, "dcos-patch: %v", e.Err)
	case controller.ControllerWoken:
		if e.Err != nil {
			say(a.err, "%s no answer yet, asking again: %v", render.Clock(e.At), e.Err)
			return
		}
		say(a.err, "%s this controller was suspended for %s: the masters are asked whether the run is still its own", render.Clock(e.At), render.Span(e.Slept.Round(time.Second)))
	case controller.LockWatched:
		other := ""
		if e.Others {
			other = "other "
		}
		fmt.Fprintf(a.out, "no patch runs on any %snode; watching for %s whether the lock's controller lives\n", other, e.For)
	case controller.EpochRaising:
		fmt.Fprintln(a.out, "no sign of life; raising the epoch, so that the controller is refused from now on")
	case controller.EpochRaised:
		if e.Epoch == 0 {
			fmt.Fprintln(a.err, "the masters refuse the controller from now on, and the locks stay")
		} else {
			fmt.Fprintf(a.err, "the controller is refused from epoch %d on, and the locks stay\n", e.Epoch)
		}
	}
}

// recorded tells of an event of the run. How it ended is told once it has.
func (a *app) recorded(e journal.Event, s orchestrator.State) {
	if a.log == nil {
		a.log = &render.Text{W: a.out}
	}
	if e.Kind != journal.RunStopped && e.Kind != journal.RunDone {
		_ = a.log.Event(e)
	}
	if a.stopping || s.Stop == nil || s.Ended != "" { // the STOP comes when all have ended
		return
	}
	a.stopping = true
	if names := s.Finishing(); len(names) > 0 {
		say(a.out, "%s STOPPING: no more nodes are admitted; %d in flight %s (%s)", e.At.Format(render.ClockText), len(names), finishes(len(names)), render.Fold(names))
	}
}

func finishes(n int) string {
	if n == 1 {
		return "finishes"
	}
	return "finish"
}

func packLine(path string) string { return "  pack    " + path + "\n" }
