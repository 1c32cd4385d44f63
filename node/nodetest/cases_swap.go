package nodetest

import (
	"fmt"
	"strings"

	"github.com/dcos-patch/dcos-patch/internal/swap"
)

// cutCases are about what a survey says of a swap that was cut: one for each
// position at which the real one was.
func cutCases() []Case {
	var cases []Case
	for _, p := range swap.Positions() {
		units := map[int]int{1: 2, 2: 2, 3: 2, 4: 1, 27: 1, 28: 2}[p.At] // whose unit files are in place
		survey := call("survey").has("midswap", "swap_stage "+p.Stage, fmt.Sprintf("swap_units %d", units), "swap_setup inactive")
		for _, name := range strings.Fields(p.Missing) {
			survey = survey.has("swap_missing " + name)
		}
		if p.Missing == "" {
			survey = survey.lacks("swap_missing")
		}
		cases = append(cases, Case{fmt.Sprintf("a swap that was cut at position %d", p.At), agent(), []Step{
			set(Node{Cut: p.At}), sides(survey, p),
		}})
	}
	return cases
}

// sides adds whose version and packages a survey shows.
func sides(survey Step, p swap.Position) Step {
	show := func(side, key, old, next string) {
		switch side {
		case "old":
			survey = survey.has(key + old).lacks(key + next)
		case "new":
			survey = survey.has(key + next).lacks(key + old)
		default:
			survey = survey.lacks(key)
		}
	}
	show(p.Version, "version ", "2.1.0", "2.1.1")
	show(p.Active, "active ", "mesos--1", "mesos--2")
	return survey
}

// finishCases are about finishing a swap that was cut.
func finishCases() []Case {
	finish := call("finish-swap 7 run-1 SHA BOOT SOON ops@host dcos-config--setup_2 mesos--2")
	target := Node{Fetched: Target().Packages}
	ended := func(cut int) []Step {
		return after(launched(), set(target), end(1, Node{Cut: cut}))
	}
	untouched := call("survey").has("midswap", "swap_stage archive")
	done := call("survey").has("version 2.1.1", "active mesos--2", "active dcos-config--setup_2").lacks("midswap", "swap_", "active mesos--1")
	cases := []Case{
		{"a swap of nobody's attempt is not finished", agent(), []Step{
			call("init 7 run-1"), set(target), set(Node{Cut: 12}), finish.refused("receipt"), untouched,
		}},
		{"a swap of another cluster's attempt is not finished", agent(), []Step{
			call("--cluster c1 init 7 run-1"),
			call("--cluster c1 launch 7 run-1 SHA 1 2.1.0 BOOT SOON ops@host").prints("unit dcos-patch-SHA12-1.service"),
			set(target), end(1, Node{Cut: 12}),
			call("--cluster c2 init 1 run-2"),
			call("--cluster c2 finish-swap 1 run-2 SHA BOOT SOON ops@host dcos-config--setup_2 mesos--2").refused("receipt"),
			untouched,
		}},
		{"a swap is not finished while its script runs", agent(), after(launched(), set(target), set(Node{Cut: 12}),
			finish.refused("busy"), untouched,
		)},
		{"a swap is not finished to another target", agent(), after(ended(12),
			call("finish-swap 7 run-1 SHA BOOT SOON ops@host mesos--2").refused("swap"),
			call("finish-swap 7 run-1 SHA BOOT SOON ops@host dcos-config--setup_2 mesos--3").refused("swap"),
			untouched,
		)},
		{"a swap whose packages are gone is not finished", agent(), after(launched(), end(1, Node{Cut: 12}), finish.refused("swap"), untouched)},
		{"without a cut swap only the target is started", agent(), after(launched(), end(1, Node{}), finish.refused("swap"))},
		{"a swap is not finished after the deadline, by another run, or by an old controller", agent(), after(ended(12),
			call("finish-swap 7 run-1 SHA BOOT PAST ops@host dcos-config--setup_2 mesos--2").refused("late"),
			call("finish-swap 7 run-2 SHA BOOT SOON ops@host dcos-config--setup_2 mesos--2").refused("epoch"),
			call("finish-swap 6 run-1 SHA BOOT SOON ops@host dcos-config--setup_2 mesos--2").refused("epoch"),
			call("finish-swap 7 run-1 SHA BOOT SOON ops@host").exits(64),
			call("finish-swap 7 run-1 SHA BOOT SOON ops@host ../mesos").exits(64),
			untouched,
			call("receipt SHA").lacks("finish"),
		)},
		{"a master's swap is finished under its lock only", master(), []Step{
			call("init 7 run-1"), call("lock 7 run-1 ops@host"),
			call("launch 7 run-1 SHA 1 2.1.0 BOOT SOON ops@host").prints("unit dcos-patch-SHA12-1.service"),
			set(target), end(1, Node{Cut: 18}),
			call("unlock 7 run-1"),
			finish.refused("lock"),
			call("survey").has("midswap", "swap_stage move_new"),
		}},
	}
	for _, p := range swap.Positions() {
		cases = append(cases, Case{fmt.Sprintf("a swap that was cut at position %d is finished, once and again", p.At), agent(), after(ended(p.At),
			finish.prints(""), done, call("receipt SHA").has("state exit:1", "finish done"),
			finish.prints(""), done,
		)})
	}
	return cases
}
