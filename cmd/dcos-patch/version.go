package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Show the version of this binary", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			if a.output == "json" {
				return render.Value(a.out, builtFrom())
			}
			fmt.Fprintf(a.out, "dcos-patch %s\n", version())
			return nil
		}}
}

// built is what this binary was built from, for programs.
type built struct {
	render.Head
	Release    string `json:"release"`
	Revision   string `json:"revision"`
	PlanFormat int    `json:"plan_format"`
}

func builtFrom() built {
	b := built{render.Headed("release"), "development", "unknown", plan.FormatVersion}
	if info, ok := debug.ReadBuildInfo(); ok {
		if v := info.Main.Version; v != "" && v != "(devel)" {
			b.Release = v
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				b.Revision = s.Value
			}
		}
	}
	return b
}

// version is the same for people.
func version() string {
	b := builtFrom()
	return fmt.Sprintf("%s (revision %s, plan format %d)", b.Release, b.Revision, b.PlanFormat)
}
