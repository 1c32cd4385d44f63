package controller

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/flight"
	"github.com/dcos-patch/dcos-patch/journal"
)

// Samples reads what the gates of a run were answered, in the order of the takes'
// beginnings: of the newest run, when it is not named; of one step, or of all. With
// takes comes the error of those that cannot be read. It gives the run's name.
func (r Runs) Samples(run, step string) (string, []flight.Take, error) {
	if run == "" {
		runs, err := r.Runs()
		if err != nil {
			return run, nil, err
		}
		if len(runs) == 0 {
			return run, nil, invalid("no run in %s", r.Dir)
		}
		run = runs[len(runs)-1]
	}
	dir := r.Path(run, journal.SamplesDir)
	if step != "" {
		takes, err := flight.Read(r.Path(run, journal.SamplesDir+"/"+flight.Name(step)))
		if errors.Is(err, fs.ErrNotExist) {
			return run, nil, r.unlessMissing(run, NoSamples(run, "no samples of the step %q", step))
		}
		return run, takes, noneOr(run, takes, err)
	}
	paths, err := flight.List(dir)
	if err != nil {
		return run, nil, err
	}
	if len(paths) == 0 {
		return run, nil, r.unlessMissing(run, invalid("run %s: no samples in %s; they stay on the machine of the controller that took them", run, dir))
	}
	var takes []flight.Take
	for _, p := range paths {
		of, rerr := flight.Read(p)
		takes, err = append(takes, of...), errors.Join(err, rerr)
	}
	slices.SortStableFunc(takes, func(x, y flight.Take) int { return x.Began.At.Compare(y.Began.At) })
	return run, takes, noneOr(run, takes, err)
}

// noneOr is the error of reading takes. Files in which nothing is whole have none.
func noneOr(run string, takes []flight.Take, err error) error {
	if err == nil && len(takes) == 0 {
		return NoSamples(run, "no whole samples: the controller died as it wrote the first")
	}
	return unreadable(err)
}

// unlessMissing is the error, or that the run itself is missing.
func (r Runs) unlessMissing(run string, otherwise error) error {
	if _, err := os.Stat(r.Path(run, journal.JournalFile)); err != nil {
		return r.noRun(run, err)
	}
	return otherwise
}

// NoSamples is the error of samples that a run has not.
func NoSamples(run, format string, args ...any) error {
	return &InvalidError{fmt.Errorf("run %s: %w", run, fmt.Errorf(format, args...)), advice.Run("dev", "gates", "show", run).Say(" lists what there is")}
}

func unreadable(err error) error {
	if err == nil {
		return nil
	}
	return invalid("%w", err)
}
