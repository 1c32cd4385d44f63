package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/flight"
	"github.com/dcos-patch/dcos-patch/journal"
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

// atMostOneArg refuses more arguments as invalid input.
func atMostOneArg(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return invalid("%s takes at most one argument, %s; got %d", cmd.CommandPath(), what, len(args))
		}
		return nil
	}
}

// samples reads the takes of a run, in the order of their beginnings: of one
// step, or of all. With takes comes the error of those that cannot be read.
func (a *app) samples(run, step string) (string, []flight.Take, error) {
	store, err := a.runs()
	if err != nil {
		return run, nil, err
	}
	if run == "" {
		runs, err := store.Runs()
		if err != nil {
			return run, nil, err
		}
		if len(runs) == 0 {
			return run, nil, invalid("no run in %s", store.Dir)
		}
		run = runs[len(runs)-1]
	}
	dir := store.Path(run, journal.SamplesDir)
	if step != "" {
		takes, err := flight.Read(store.Path(run, journal.SamplesDir+"/"+flight.Name(step)))
		if errors.Is(err, fs.ErrNotExist) {
			return run, nil, a.noSamples(store, run, listed(run, "no samples of the step %q", step))
		}
		return run, takes, unreadable(err)
	}
	paths, err := flight.List(dir)
	if err != nil {
		return run, nil, err
	}
	if len(paths) == 0 {
		return run, nil, a.noSamples(store, run, invalid("run %s: no samples in %s; they stay on the machine of the controller that took them", run, dir))
	}
	var takes []flight.Take
	for _, p := range paths {
		of, rerr := flight.Read(p)
		takes, err = append(takes, of...), errors.Join(err, rerr)
	}
	slices.SortStableFunc(takes, func(x, y flight.Take) int { return x.Began.At.Compare(y.Began.At) })
	return run, takes, unreadable(err)
}

// noSamples says what is missing: the run, or samples of it.
func (a *app) noSamples(runs controller.Runs, run string, missing error) error {
	if _, err := os.Stat(runs.Path(run, journal.JournalFile)); err != nil {
		return runs.NoRun(run, err)
	}
	return missing
}

// listed is the error of samples that a run has not.
func listed(run, format string, args ...any) error {
	return &controller.InvalidError{Err: fmt.Errorf("run %s: %w", run, fmt.Errorf(format, args...)), Next: advice.Run("dev", "gates", "show", run).Say(" lists what there is")}
}

func unreadable(err error) error {
	if err == nil {
		return nil
	}
	return invalid("%w", err)
}

// endedWords is how a take ended.
func endedWords(t flight.Take) string {
	switch e := t.Ended; {
	case len(t.Began.Gates) == 0:
		return "looks at the cluster"
	case e == nil:
		return "no end is recorded: the controller was lost, or is at it"
	case e.Held:
		return "all gates held together after " + offset(e.After.D())
	case len(e.Late) > 0:
		return fmt.Sprintf("patience ended after %s: %s", offset(e.After.D()), strings.Join(e.Late, ", "))
	default:
		return fmt.Sprintf("after %s: %s", offset(e.After.D()), e.Why)
	}
}

// offset is a time since a step's beginning, in tenths of a second below an
// hour: 0.3s, 42.4s, 1m02.5s.
func offset(d time.Duration) string {
	if d >= time.Hour || d < 0 {
		return d.Round(time.Second).String()
	}
	d = d.Round(100 * time.Millisecond)
	if d < time.Minute {
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return fmt.Sprintf("%dm%04.1fs", d/time.Minute, (d % time.Minute).Seconds())
}

// takeName is a step, and which of its takes it is.
func takeName(t flight.Take, seen map[string]int) string {
	name := string(t.Began.Step)
	if seen[name]++; seen[name] > 1 {
		return fmt.Sprintf("%s #%d", name, seen[name])
	}
	return name
}
