package main

import (
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

func (a *app) preflightCommand() *cobra.Command {
	var waive waiveFlags
	var accept bool
	cmd := &cobra.Command{
		Use:   "preflight",
		Short: "Look at every node, and say what would stop a patch; changes nothing",
		Long: `preflight asks every node and the cluster all that plan asks, and shows what blocks a
patch, what to know before one, and what the nodes answered, folded by identical
answer. It changes nothing. The exit code is 3 when something blocks.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.preflight(cmd, waive, accept) },
	}
	waive.add(cmd)
	cmd.Flags().BoolVar(&accept, "accept-new-host-keys", false, "add the host keys of nodes that known_hosts does not know, and say which;\na changed key is refused all the same")
	return cmd
}

func (a *app) preflight(cmd *cobra.Command, waive waiveFlags, accept bool) error {
	ctx, stop := a.untilSignal(cmd.Context())
	defer stop()
	inv, err := loadInventory(a.inventory)
	if err != nil {
		return err
	}
	waivers, err := waive.read(time.Now())
	if err != nil {
		return err
	}
	if accept {
		a.learned = a.accepting()
	}
	s, err := a.open(inv)
	if err != nil {
		return err
	}
	defer s.Close()
	found, err := s.Survey(ctx)
	if err != nil {
		return err
	}
	in := plan.Input{Inventory: inv, Facts: found.Facts, Waivers: waivers, Today: time.Now()}
	j, err := plan.Judge(in)
	if err != nil {
		return err
	}
	show := a.program().Preflight
	if a.output == "json" {
		show = a.program().PreflightJSON
	}
	held := a.tellHeld(inv, found.Facts) // first: what follows may be that run's doing
	if err := show(a.out, in, j); err != nil {
		return err
	}
	if held || len(j.Blocks) > 0 {
		return &codeError{exitRefused}
	}
	return nil
}

// accepting tells of each host key that is accepted, a line each.
func (a *app) accepting() func(addr, fingerprint string) {
	var mu sync.Mutex
	return func(addr, fingerprint string) {
		mu.Lock()
		defer mu.Unlock()
		render.Say(a.errOut, "accepted the host key of %s: %s", addr, fingerprint)
	}
}

// tellHeld says who holds the cluster lock, if anybody does: apply is refused
// for as long.
func (a *app) tellHeld(inv *inventory.Cluster, facts plan.Facts) bool {
	h := controller.HolderIn(inv, facts)
	if runs, err := a.runs(); err == nil {
		h = runs.HolderIn(inv, facts)
	}
	if h == nil {
		return false
	}
	a.console().Held(*h)
	return true
}
