package main

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/render"
)

// approvals are the nodes whose cut swap a resume may finish: all of them by
// --finish-swap, else those that a person approves at the terminal.
func (a *app) approvals(ctx context.Context, s orchestrator.State, all bool) ([]inventory.NodeName, error) {
	if all {
		return s.Suspects(), nil
	}
	if !a.interactive {
		return nil, nil
	}
	var approved []inventory.NodeName
	answers := bufio.NewReader(a.in)
	for _, n := range s.Finishable() {
		fmt.Fprintf(a.out, "\n%s: %s\nFinish its swap of packages forward, to %s? There is no way back to %s. Type yes to finish it: ", n, render.Printable(s.CutSwap(n)), s.Plan.To, s.Plan.From)
		line, err := readLine(ctx, answers)
		if err != nil {
			return nil, err
		}
		if strings.TrimSpace(line) == "yes" {
			approved = append(approved, n)
		}
	}
	return approved, nil
}
