package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/render"
)

func (a *app) checkCommand() *cobra.Command {
	var wait bool
	cmd := &cobra.Command{
		Use:   "check NODE",
		Short: "Ask one node's gates now: the first blocking fact, or green",
		Long: `check looks whether anything is under way on the node, a patch or a swap that was
cut short, and asks the gates of its verification once: against the baseline that the
newest run took of it, or, before its patch, whether it is healthy as it is. It changes
nothing. With --wait it goes on until all hold for as long as a run would demand, or
its patience ends.`,
		Args: oneArg("a node of the inventory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.check(cmd.Context(), inventory.NodeName(args[0]), wait)
		},
	}
	cmd.Flags().BoolVar(&wait, "wait", false, "wait until every gate holds")
	return cmd
}

func (a *app) check(ctx context.Context, name inventory.NodeName, wait bool) error {
	ctx, stop := a.untilSignal(ctx)
	defer stop()
	inv, err := loadInventory(a.inventory)
	if err != nil {
		return err
	}
	if _, ok := inv.Node(name); !ok {
		return invalid("%s is not in %s", name, a.inventory)
	}
	c, err := a.open(inv)
	if err != nil {
		return err
	}
	defer c.Close()
	check := c.Check
	if wait {
		check = c.CheckUntil
	}
	found, err := check(ctx, name)
	if err != nil {
		return err
	}
	return a.tellChecked(found)
}

// checked is a check's answer, for programs.
type checked struct {
	Version  int                `json:"version"`
	Node     inventory.NodeName `json:"node"`
	Green    bool               `json:"green"`
	Findings []dcos.Finding     `json:"findings"`
	Blocking []dcos.Finding     `json:"blocking"`
}

// tellChecked says what was found; what blocks makes the exit code.
func (a *app) tellChecked(c controller.Checked) error {
	if a.output == "json" {
		v := checked{render.JSONVersion, c.Node, len(c.Blocking) == 0, c.Findings, append([]dcos.Finding{}, c.Blocking...)}
		if err := json.NewEncoder(a.out).Encode(v); err != nil {
			return err
		}
	} else {
		a.tellFindings(c)
	}
	if len(c.Blocking) > 0 {
		return &codeError{exitStopped}
	}
	return nil
}

func (a *app) tellFindings(c controller.Checked) {
	if len(c.Findings) > 1 {
		for _, f := range c.Findings {
			say(a.out, "%s", line(f))
		}
	}
	if len(c.Blocking) == 0 {
		fmt.Fprintf(a.out, "%s is green\n", c.Node)
		return
	}
	first := c.Blocking[0]
	say(a.out, "%s is not ready: %s: %s; wanted %s", c.Node, first.Check, first.Observed, first.Want)
	try := first.Hint
	if c.Next != nil {
		try = a.program().Text(c.Next)
	}
	if try != "" {
		say(a.out, "  try   %s", try)
	}
	if n := len(c.Blocking) - 1; n > 0 {
		fmt.Fprintf(a.out, "  and %d more above\n", n)
	}
}

func line(f dcos.Finding) string {
	text := fmt.Sprintf("%-12s %-8s %s", f.Check, f.Status, f.Observed)
	if f.Need > 1 {
		text = fmt.Sprintf("%-12s %-8s %d/%d %s", f.Check, f.Status, f.Have, f.Need, f.Observed)
	}
	if !f.Status.OK() && f.Want != "" {
		text += "; wanted " + f.Want
	}
	return text
}
