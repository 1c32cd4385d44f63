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
