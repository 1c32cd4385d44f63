package main

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// waiverDays is how long a waiver holds that does not say it.
const waiverDays = 7

// waiveFlags are the waivers that a command was given.
type waiveFlags struct {
	waive *[]string
	until *string
}

func (f *waiveFlags) add(cmd *cobra.Command) {
	f.waive = cmd.Flags().StringArray("waive", nil, "let a check pass that blocks: `CHECK:NODE=REASON` (NODE may be cluster);\nbecomes a part of the plan and of its id; may be given again\nchecks: "+waivable())
	f.until = cmd.Flags().String("waive-until", "", "the last `day` on which the waivers hold, as 2026-12-24 (default in 7 days)")
}

// waivable lists the checks, in lines that fit a terminal.
func waivable() string {
	var lines []string
	for some := range slices.Chunk(plan.Waivable(), 6) {
		lines = append(lines, strings.Join(some, ", "))
	}
	return strings.Join(lines, ",\n")
}

// read makes waivers of what was given; the planner says which of them cannot be.
func (f waiveFlags) read(today time.Time) ([]plan.Waiver, error) {
	until := today.AddDate(0, 0, waiverDays)
	if *f.until != "" {
		day, err := time.Parse(time.DateOnly, *f.until)
		if err != nil {
			return nil, invalid("--waive-until %q: want a day, as 2026-12-24", *f.until)
		}
		until = day
		if today.After(until.AddDate(0, 0, 1)) {
			return nil, invalid("--waive-until %s: that day is over, so nothing would be waived", *f.until)
		}
	}
	y, m, d := until.Date()
	var all []plan.Waiver
	for _, text := range *f.waive {
		what, reason, ok := strings.Cut(text, "=")
		check, node, named := strings.Cut(what, ":")
		if !ok || !named || check == "" || node == "" || strings.TrimSpace(reason) == "" {
			return nil, invalid("--waive %q: want CHECK:NODE=REASON, as disk:a12=\"old logs go tonight\"", text)
		}
		if node == "cluster" {
			node = ""
		}
		all = append(all, plan.Waiver{Check: check, Node: inventory.NodeName(node), Reason: strings.TrimSpace(reason), Until: time.Date(y, m, d, 0, 0, 0, 0, time.UTC)})
	}
	return all, nil
}
