package main

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/flight"
	"github.com/dcos-patch/dcos-patch/internal/replay"
)

// gatesFlags choose among the samples of a run.
type gatesFlags struct{ step, gate string }

func (f *gatesFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.step, "step", "", "only this `step`, such as masters/m1/serve; of looks before lanes, the stage")
	cmd.Flags().StringVar(&f.gate, "gate", "", "only this `gate`")
}

func (a *app) gatesCommand() *cobra.Command {
	gates := &cobra.Command{Use: "gates", Short: "What gates were answered in a run, and what it comes to under other demands"}
	gates.AddCommand(a.gatesShowCommand(), a.gatesReplayCommand())
	return gates
}

func (a *app) gatesShowCommand() *cobra.Command {
	var f gatesFlags
	cmd := &cobra.Command{
		Use:   "show [RUN]",
		Short: "A gate's whole life in a step: every change of what it was answered",
		Long: `show tells what every gate of a step was answered, from the step's beginning to its
end: a line for each change, repeats folded. Without --step it lists the steps of
which samples were kept. RUN is the newest run when it is not given.`,
		Args: atMostOneArg("a run"),
		RunE: func(_ *cobra.Command, args []string) error { return a.gatesShow(strings.Join(args, ""), f) },
	}
	f.add(cmd)
	return cmd
}

func (a *app) replayOutput() replay.Output {
	if a.output == "json" {
		return replay.JSON{W: a.out}
	}
	return replay.Text{W: a.out}
}

func (a *app) gatesShow(run string, f gatesFlags) error {
	run, takes, err := a.samples(run, f.step)
	if len(takes) == 0 {
		return err
	}
	if f.step == "" && f.gate == "" {
		return errors.Join(a.replayOutput().List(run, takes), err)
	}
	shown, serr := replay.Show(a.replayOutput(), takes, f.gate)
	if serr != nil {
		err = errors.Join(err, invalid("run %s, %w", run, serr))
	}
	if !shown && err == nil {
		return controller.NoSamples(run, "no samples of a gate %q there", f.gate)
	}
	return err
}

func (a *app) samples(run, step string) (string, []flight.Take, error) {
	runs, err := a.runs()
	if err != nil {
		return run, nil, err
	}
	return runs.Samples(run, step)
}

// replayFlags are other demands, and of what.
type replayFlags struct {
	gatesFlags
	need string        // "5/5" or "5"; empty: as the run's
	span time.Duration // negative: as the run's
}

func (a *app) gatesReplayCommand() *cobra.Command {
	var f replayFlags
	cmd := &cobra.Command{
		Use:   "replay [RUN]",
		Short: "Judge the samples of a run again, as they were or under other demands",
		Long: `replay judges the samples of a run again, without the cluster. As it was, every step
must come to what it came to in the run, at the same moment; if one does not, the exit
code is 1. With --need or --span it tells what would have come of it.

--need 5/5 is written as a gate's progress is: five good answers in a row, of five that
are demanded; 5 is the same. There is no 3/5: any other answer begins the row anew.

Only what was asked can be judged. A step that passed was not asked again: a harder
demand that was not met by then is open, not missed. RUN is the newest run when it is
not given.`,
		Args: atMostOneArg("a run"),
		RunE: func(_ *cobra.Command, args []string) error { return a.gatesReplay(strings.Join(args, ""), f) },
	}
	f.add(cmd)
	cmd.Flags().StringVar(&f.need, "need", "", "good answers in a row, `N/N`, instead of what the run demanded")
	cmd.Flags().DurationVar(&f.span, "span", -1, "how long the streak must last, instead of what the run demanded")
	cmd.Flags().Lookup("span").DefValue = "0s" // none is shown
	return cmd
}

func (f replayFlags) demand() (replay.Demand, error) {
	d := replay.Demand{Gate: f.gate, Span: f.span}
	if f.need == "" {
		return d, nil
	}
	have, of, both := strings.Cut(f.need, "/")
	n, err := strconv.Atoi(have)
	switch {
	case err != nil || n < 1:
		return d, invalid("--need %q: say how many good answers in a row, such as 5/5", f.need)
	case both && of != have:
		return d, invalid("--need %s: a gate holds by good answers in a row, so the two numbers are the same: %d/%d", f.need, n, n)
	}
	d.Need = n
	return d, nil
}

func (a *app) gatesReplay(run string, f replayFlags) error {
	d, err := f.demand()
	if err != nil {
		return err
	}
	run, takes, err := a.samples(run, f.step)
	if len(takes) == 0 {
		return err
	}
	p, jerr := replay.Judge(takes, d)
	if jerr != nil {
		err = errors.Join(err, invalid("run %s, %w", run, jerr))
	}
	if p.Empty() && err == nil {
		return controller.NoSamples(run, "no samples of such gates")
	}
	if werr := a.replayOutput().Replayed(run, p); werr != nil {
		return errors.Join(werr, err)
	}
	if p.Differs() {
		return errors.Join(&codeError{exitInternal}, err)
	}
	return err
}
