package main

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
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
		fmt.Fprintf(a.out, "\n%s: %s\nFinish its swap of packages forward, to %s? There is no way back to %s. Type yes to finish it: ", n, render.Printable(lastWords(s, n)), s.Plan.To, s.Plan.From)
		yes, err := answered(ctx, answers)
		if err != nil {
			return nil, err
		}
		if yes {
			approved = append(approved, n)
		}
	}
	return approved, nil
}

// lastWords is what the run knows of how a node was left.
func lastWords(s orchestrator.State, n inventory.NodeName) string {
	for i, st := range s.Plan.Stages {
		for k, ln := range st.Lanes {
			if l := s.Lanes[i][k]; ln.Node == n && l.Report != nil && l.Report.Class == plan.MidSwap {
				return l.Report.Detail
			}
		}
	}
	return "its swap was being finished"
}

// answered reads one line of a person's; the read may outlive the command.
func answered(ctx context.Context, in *bufio.Reader) (bool, error) {
	said := make(chan string, 1)
	go func() {
		line, _ := in.ReadString('\n')
		said <- line
	}()
	select {
	case line := <-said:
		return strings.TrimSpace(line) == "yes", nil
	case <-ctx.Done():
		return false, fmt.Errorf("interrupted, nothing was done: %w", ctx.Err())
	}
}
