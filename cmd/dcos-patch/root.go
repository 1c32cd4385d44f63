package main

import (
	"context"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/render"
)

// run is the whole command; the test binary is this function too.
func run(ctx context.Context, args []string, s streams) int {
	signal.Ignore(syscall.SIGHUP, syscall.SIGPIPE) // a dropped VPN, or a reader that went away, means carry on
	return (&app{streams: s, environment: systemEnvironment()}).run(ctx, args)
}

func (a *app) run(ctx context.Context, args []string) int {
	kept := &keptOutput{w: a.out}
	a.out = kept
	root := a.root()
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.errOut)
	cmd, err := root.ExecuteContextC(ctx)
	err = kept.instead(err)
	people := render.Terminal{W: a.errOut}
	a.explain(people, err)
	a.tellOnward(people, err, args)
	a.explainJSON(err, args)
	a.lastLine(cmd, args, err)
	return codeOf(a.tellLost(people, kept, err))
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "dcos-patch",
		Short:         "Patch a live DC/OS cluster, one proved step at a time",
		Long:          "dcos-patch patches the masters of a DC/OS cluster one at a time, then its agents in\nbounded numbers, over SSH. Each step waits for the cluster's own evidence of health.",
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if a.output != "text" && a.output != "json" {
				return invalid("--output %q: want text or json", a.output)
			}
			if a.output == "text" { // what a node said must not act on a terminal; JSON escapes by itself
				a.out, a.errOut = render.Terminal{W: a.onTerminal(cmd, a.out, a.outTerm)}, render.Terminal{W: a.onTerminal(cmd, a.errOut, a.errTerm)}
			}
			if a.output == "json" {
				a.out = render.OneALine{W: a.out}
			}
			return supported(a.on(), cmd)
		},
	}
	root.SetVersionTemplate("dcos-patch {{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return invalid("%w; see %s --help", err, cmd.CommandPath())
	})
	f := root.PersistentFlags()
	f.StringVarP(&a.inventory, "inventory", "i", envOr("DCOS_PATCH_INVENTORY", defaultInventory), "inventory `file`")
	f.StringVarP(&a.output, "output", "o", "text", "`format`: text or json")
	root.AddCommand(a.preflightCommand(), a.planCommand(), a.applyCommand(), a.resumeCommand(), a.parkCommand(), a.abandonCommand(), a.statusCommand(), a.runsCommand(), a.checkCommand(),
		a.stageCommand(), a.inventoryCommand(), a.lockCommand(), a.scheduleCommand(), a.sweepCommand(), a.simCommand(), a.demoCommand(), a.rehearseCommand(), a.devCommand(), a.versionCommand(), exitCodesTopic())
	refuseUnknown(root)
	return root
}

// refuseUnknown makes a mistyped command invalid input, at every level. Cobra
// by itself shows the help of a group of commands, and calls that success.
func refuseUnknown(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	groups := []*cobra.Command{root}
	for _, c := range root.Commands() {
		switch {
		case c.Name() == "help":
			c.Run = nil
			c.RunE = func(_ *cobra.Command, args []string) error { return helpOn(root, args) }
		case c.HasSubCommands():
			groups = append(groups, c)
		}
	}
	for _, g := range groups {
		g.SuggestionsMinimumDistance = 2
		g.Args = func(cmd *cobra.Command, args []string) error { return unknownCommand(cmd, args) }
		g.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
}

func helpOn(root *cobra.Command, args []string) error {
	cmd, rest, err := root.Find(args)
	if err != nil {
		return invalid("%w", err)
	}
	if err := unknownCommand(cmd, rest); err != nil {
		return err
	}
	cmd.InitDefaultHelpFlag()
	return cmd.Help()
}

func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	instead := "see " + cmd.CommandPath() + " --help"
	if meant := cmd.SuggestionsFor(args[0]); len(meant) > 0 {
		instead = "did you mean " + strings.Join(meant, " or ") + "?"
	}
	return invalid("unknown command %q for %q; %s", args[0], cmd.CommandPath(), instead)
}

func exitCodesTopic() *cobra.Command {
	return &cobra.Command{Use: "exit-codes", Short: "What the exit codes mean", Long: `0    done, and everything verified
1    internal error, or standard output could not be written
2    invalid input: inventory, plan file, journal or flags
3    refused before anything was touched
4    stopped: a lane failed, a safety rule was about to break, or a hold lasted too long
5    in doubt: it is not known how a step ended, also after an interrupt; resume looks first
6    done, but nodes were left behind
7    waiting: the window is closed, or an approval is missing
20   plan --detailed-exitcode: there is work to do
130  interrupted`}
}
