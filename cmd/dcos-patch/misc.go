package main

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

func (a *app) inventoryCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "inventory", Short: "Check and show the inventory"}
	cmd.AddCommand(
		&cobra.Command{Use: "validate", Short: "Report every problem of the inventory at once", Args: noArgs,
			RunE: func(*cobra.Command, []string) error {
				inv, err := inventory.Load(a.inventory)
				if a.output == "json" {
					return a.validateJSON(inv, err)
				}
				if err == nil {
					fmt.Fprintf(a.out, "%s: %s, %s in %s: valid\n", a.inventory, render.Count(len(inv.Masters), "master"),
						render.Count(len(inv.Nodes())-len(inv.Masters), "agent"), render.Count(len(inv.Groups), "group"))
				}
				return err
			}},
		&cobra.Command{Use: "show", Short: "Show the inventory with defaults filled in and ranges expanded", Args: noArgs,
			RunE: func(*cobra.Command, []string) error {
				inv, err := inventory.Load(a.inventory)
				if err != nil {
					return err
				}
				if a.output == "json" {
					return inv.ShowJSON(a.out)
				}
				return inv.Show(a.out)
			}},
		&cobra.Command{Use: "schema", Short: "Print the JSON Schema of inventories, for editors", Args: noArgs,
			Long: `schema prints the JSON Schema (2020-12) of inventories: every field, what it means and
its default. Editors that know YAML use it when the inventory begins with the line

    # yaml-language-server: $schema=inventory.schema.json

after dcos-patch inventory schema > inventory.schema.json. It knows less than validate does.`,
			RunE: func(*cobra.Command, []string) error {
				_, err := io.WriteString(a.out, inventory.Schema())
				return err
			}})
	return cmd
}

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
			return a.carryOut(cmd.Context(), inv, s, !yes, controller.Order{Waivers: waivers, Trim: func(p *plan.Plan) *plan.Plan { return p.Staging(parallel) }})
		},
	}
	waive.add(cmd)
	cmd.Flags().IntVar(&parallel, "parallel", 0, "agents at once; 0: the policy's stage_parallel")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask for the cluster's name")
	return cmd
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Show the version of this binary", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			if a.output == "json" {
				return json.NewEncoder(a.out).Encode(builtFrom())
			}
			fmt.Fprintf(a.out, "dcos-patch %s\n", version())
			return nil
		}}
}

// built is what this binary was built from, for programs.
type built struct {
	Version    int    `json:"version"` // of this document
	Release    string `json:"release"`
	Revision   string `json:"revision"`
	PlanFormat int    `json:"plan_format"`
}

func builtFrom() built {
	b := built{render.JSONVersion, "development", "unknown", plan.FormatVersion}
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

// validateJSON tells programs on standard output, and people on the other.
func (a *app) validateJSON(inv *inventory.Cluster, err error) error {
	if werr := render.Validated(a.out, a.inventory, inv, err); werr != nil || err == nil {
		return werr
	}
	a.explain(render.Terminal{W: a.err}, err)
	return &codeError{codeOf(err)}
}
