package main

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/flight"
	"github.com/dcos-patch/dcos-patch/plan"
)

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
	cmd.Flags().DurationVar(&f.span, "span", -1, "how long the row must last, instead of what the run demanded")
	cmd.Flags().Lookup("span").DefValue = "0s" // none is shown
	return cmd
}

// demand is a gate's other demand.
type demand struct {
	gate string // empty: of every gate
	need int    // 0: as it was
	span time.Duration
}

func (f replayFlags) demand() (demand, error) {
	d := demand{gate: f.gate, span: f.span}
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
	d.need = n
	return d, nil
}

// of gives a step's gates the other demand.
func (d demand) of(specs []plan.GateSpec) []plan.GateSpec {
	now := slices.Clone(specs)
	for i := range now {
		if d.gate != "" && now[i].Gate != d.gate {
			continue
		}
		if d.need > 0 {
			now[i].Need = d.need
		}
		if d.span >= 0 {
			now[i].Span = plan.Duration(d.span)
		}
	}
	return now
}

func (d demand) changes() bool { return d.need > 0 || d.span >= 0 }

// replayed is a take judged as it was, and under other demands.
type replayed struct {
	name     string
	take     flight.Take
	demands  []plan.GateSpec
	was, now checks.Rejudged
}

// replay judges a take. flight.ErrLooks means that it has no gates.
func (d demand) replay(name string, t flight.Take) (replayed, error) {
	r := replayed{name: name, take: t, demands: d.of(t.Began.Gates)}
	rec, err := t.Recorded()
	if err != nil {
		return r, err
	}
	if r.was, err = checks.Rejudge(rec, rec.Gates); err == nil {
		r.now, err = checks.Rejudge(rec, r.demands)
	}
	return r, err
}

// differs says how the take, judged as it was, differs from what the run
// recorded as its end; empty: not at all.
func (r replayed) differs() string {
	e := r.take.Ended
	passed := r.was.Passed.Sub(r.take.Began.At)
	switch {
	case e == nil || e.Why != "":
		if r.was.Passed.IsZero() && r.was.LateAt.IsZero() {
			return ""
		}
		return "the run did not see its end"
	case e.Held && (r.was.Passed.IsZero() || passed != e.After.D()):
		return "in the run " + endedWords(r.take)
	case !e.Held && (r.was.LateAt.IsZero() || !slices.Equal(lateNames(r.was.Late), e.Late)):
		return "in the run " + endedWords(r.take)
	}
	return ""
}

func lateNames(late []checks.LateGate) []string {
	var names []string
	for _, l := range late {
		names = append(names, l.Gate)
	}
	return names
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
	var all []replayed
	seen := map[string]int{}
	for _, t := range takes {
		r, rerr := d.replay(takeName(t, seen), t)
		switch {
		case errors.Is(rerr, flight.ErrLooks):
		case rerr != nil:
			err = errors.Join(err, invalid("run %s, step %s: %w", run, r.name, rerr))
		case d.gate == "" || slices.ContainsFunc(t.Began.Gates, func(g plan.GateSpec) bool { return g.Gate == d.gate }):
			all = append(all, r)
		}
	}
	if len(all) == 0 && err == nil {
		return listed(run, "no samples of such gates")
	}
	return errors.Join(a.tellReplay(run, d, all), err)
}

// tellReplay prints what the takes come to. As they were, one that differs from
// the run is an error of ours.
func (a *app) tellReplay(run string, d demand, all []replayed) error {
	if a.output == "json" {
		for _, r := range all {
			if err := json.NewEncoder(a.out).Encode(r.json(run)); err != nil {
				return err
			}
		}
	} else if err := a.replayText(run, d, all); err != nil {
		return err
	}
	for _, r := range all {
		if r.differs() != "" && r.take.WithoutSamples() == 0 {
			return &codeError{exitInternal}
		}
	}
	return nil
}
