package main

import (
	"os"

	"github.com/spf13/cobra"
)

func envOr(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

// noArgs refuses arguments as invalid input.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return invalid("%s takes no argument, got %q", cmd.CommandPath(), args[0])
	}
	return nil
}

// oneArg refuses any other number of arguments as invalid input.
func oneArg(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return invalid("%s takes one argument, %s; got %d", cmd.CommandPath(), what, len(args))
		}
		return nil
	}
}

// atMostOneArg refuses more arguments as invalid input.
func atMostOneArg(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return invalid("%s takes at most one argument, %s; got %d", cmd.CommandPath(), what, len(args))
		}
		return nil
	}
}
