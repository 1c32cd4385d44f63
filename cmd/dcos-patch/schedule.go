package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/render"
)

func (a *app) scheduleCommand() *cobra.Command {
	show := &cobra.Command{
		Use:   "show",
		Short: "Show Mesos's maintenance windows, and what frameworks answer to them",
		Long: `schedule show reads the maintenance schedule at the leading master: each window with its
machines, whether they are draining or down, and what each framework that was asked has
answered. Mesos matches an agent by hostname and ip together: of a machine that no agent
announces exactly so, it says so. It changes nothing. Times are in UTC.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.showSchedule(cmd.Context()) },
	}
	cmd := &cobra.Command{Use: "schedule", Short: "Mesos's maintenance schedule"}
	cmd.AddCommand(show)
	return cmd
}

func (a *app) showSchedule(ctx context.Context) error {
	ctx, stop := a.untilSignal(ctx)
	defer stop()
	inv, err := loadInventory(a.inventory)
	if err != nil {
		return err
	}
	c, err := a.open(inv)
	if err != nil {
		return err
	}
	defer c.Close()
	windows, err := c.Schedule(ctx)
	if err != nil {
		return err
	}
	if a.output == "json" {
		return render.ScheduleJSON(a.out, windows)
	}
	return render.Schedule(a.out, windows)
}
