package main

import (
	"runtime"
	"slices"

	"github.com/spf13/cobra"
)

// everywhere is what runs on every system: it reaches no node and keeps no run.
func everywhere() []string {
	return []string{"version", "exit-codes", "inventory validate", "inventory show", "inventory schema", "help", "completion", "__complete", "__completeNoDesc"}
}

// supported refuses what a system does not have the means for. A journal must
// survive a power cut, which takes the sync of a directory; secrets need file
// modes; and custom gates need process groups and /bin/sh. Windows has none.
func supported(system string, cmd *cobra.Command) error {
	if system != "windows" || cmd.HasSubCommands() || slices.Contains(everywhere(), withinRoot(cmd)) {
		return nil
	}
	return invalid("%s does not run on Windows, where a run could not be recorded safely; run it on Linux or macOS (WSL is Linux). Here run: version, exit-codes, inventory validate, inventory show and inventory schema",
		cmd.CommandPath())
}

// withinRoot is a command's name below the root; of completion, the group's.
func withinRoot(cmd *cobra.Command) string {
	name := cmd.Name()
	for p := cmd.Parent(); p != nil && p.HasParent(); p = p.Parent() {
		if p.Name() == "completion" {
			return p.Name()
		}
		name = p.Name() + " " + name
	}
	return name
}

// on is the system that the command runs on.
func (e environment) on() string {
	if e.system == "" {
		return runtime.GOOS
	}
	return e.system
}
