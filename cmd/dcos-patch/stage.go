package main

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/plan"
)

func (a *app) stageCommand() *cobra.Command {
	var parallel int
	var yes bool
	var waive waiveFlags
	cmd := &cobra.Command{
		Use:   "stage",
		Short: "Put the script on every node and fetch its packages; stops nothing",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if parallel < 0 {
				return invalid("--parallel %d: want 0 or more", parallel)
			}
			inv, err := loadInventory(a.inventory)
			if err != nil {
				return err
			}
			waivers, err := waive.read(time.Now())
			if err != nil {
				return err
			}
			s, err := a.open(inv)
			if err != nil {
				return err
			}
			defer s.Close()
			return a.carryOut(cmd.Context(), inv, s, !yes, controller.Order{Waivers: waivers, Trim: func(p *plan.Plan) (*plan.Plan, error) { return p.Staging(parallel) }})
		},
	}
	waive.add(cmd)
	cmd.Flags().IntVar(&parallel, "parallel", 0, "agents at once; 0: the policy's stage_parallel")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask for the cluster's name")
	return cmd
}
