package console

import (
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/render"
)

// Hear tells what happens, as it happens.
func (c *Console) Hear(e controller.Event) {
	if c.JSON {
		c.hearJSON(e)
		return
	}
	switch e := e.(type) {
	case controller.Recorded:
		c.recorded(e.Event, e.State)
	case controller.RunConcluded:
		fmt.Fprint(c.Out, c.Program.Concluded(e.State.View(time.Now()), e.Warned))
	case controller.RunUnrecorded:
		fmt.Fprint(c.Out, c.Program.Leave(e.State.View(e.State.LookAt)))
	case controller.PackWritten:
		fmt.Fprint(c.Out, render.PackLine(e.Path))
	case controller.NodesSlow:
		render.Say(c.Err, "dcos-patch: no connection to %s since %s, still trying", render.Fold(e.Nodes), render.Clock(e.Since))
	case controller.LockSlow:
		render.Say(c.Err, "dcos-patch: the cluster lock: no answer from %s since %s, still waiting", render.Fold(e.Nodes), render.Clock(e.Since))
	case controller.CheckWaits:
		fmt.Fprintf(c.Out, "%s  waits up to %s for %s to be green, and says what changes; Ctrl-C ends that, and nothing else\n", time.Now().Format("15:04:05"), e.Most, e.Node)
	case controller.CheckChanged:
		render.Say(c.Out, "%s  %s", time.Now().Format("15:04:05"), render.Finding(e.Finding))
	}
	c.hearBoth(e)
}

// hearJSON tells programs on standard output, and people on the other.
func (c *Console) hearJSON(e controller.Event) {
	if e, ok := e.(controller.Recorded); ok {
		_ = render.JSON{W: c.Out}.Event(e.Event) // a reader that went away does not stop a run
	}
	c.hearBoth(e)
}

// hearBoth tells what a person should know, whatever reads standard output.
func (c *Console) hearBoth(e controller.Event) {
	switch e := e.(type) {
	case controller.RunConcluded:
		if e.LockErr != nil {
			p := c.Program
			fmt.Fprintf(c.Err, "dcos-patch: the lock could not be given back: %s\n  next  %s, or %s\n", render.Error(e.LockErr), p.Run("sweep"), p.Run("lock", "break", "--reason", "left by "+e.Run))
		}
	case controller.JournalTorn:
		render.Say(c.Err, "the last record of the journal was cut short: its %d bytes are put aside in %s; nothing had been done on it", e.Bytes, e.Kept)
	case controller.CopyUnused:
		render.Say(c.Err, "not used: %s", e.Why)
	case controller.CopyNotNewer:
		fmt.Fprintf(c.Err, "the journal of run %s on this machine is as new as any copy\n", e.Run)
	case controller.CopyTaken:
		render.Say(c.Err, "run %s: %d events from %s, the last of %s", e.Run, e.Events, e.From, e.Last.Local().Format(time.DateTime))
	case controller.Trouble:
		render.Say(c.Err, "dcos-patch: %v", e.Err)
	case controller.ControllerWoken:
		if e.Err != nil {
			render.Say(c.Err, "%s no answer yet, asking again: %v", render.Clock(e.At), e.Err)
			return
		}
		render.Say(c.Err, "%s this controller was suspended for %s: the masters are asked whether the run is still its own", render.Clock(e.At), render.Span(e.Slept.Round(time.Second)))
	case controller.LockWatched:
		other := ""
		if e.Others {
			other = "other "
		}
		fmt.Fprintf(c.Out, "no patch runs on any %snode; watching for %s whether the lock's controller lives\n", other, e.For)
	case controller.EpochRaising:
		fmt.Fprintln(c.Out, "no sign of life; raising the epoch, so that the controller is refused from now on")
	case controller.EpochRaised:
		if e.Epoch == 0 {
			fmt.Fprintln(c.Err, "the masters refuse the controller from now on, and the locks stay")
		} else {
			fmt.Fprintf(c.Err, "the controller is refused from epoch %d on, and the locks stay\n", e.Epoch)
		}
	}
}

// recorded tells of an event of the run. How it ended is told once it has.
func (c *Console) recorded(e journal.Event, s orchestrator.State) {
	if c.log == nil {
		c.log = &render.Text{W: c.Out}
	}
	if e.Kind != journal.RunStopped && e.Kind != journal.RunDone {
		_ = c.log.Event(e)
	}
	if c.stopping || s.Stop == nil || s.Ended != "" { // the STOP comes when all have ended
		return
	}
	c.stopping = true
	if names := s.Finishing(); len(names) > 0 {
		render.Say(c.Out, "%s STOPPING: no more nodes are admitted; %d in flight %s (%s)", e.At.Format(render.ClockText), len(names), finishes(len(names)), render.Fold(names))
	}
}

func finishes(n int) string {
	if n == 1 {
		return "finishes"
	}
	return "finish"
}
