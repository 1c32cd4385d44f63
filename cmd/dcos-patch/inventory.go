package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/inventory"
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

// validateJSON tells programs on standard output, and people on the other.
func (a *app) validateJSON(inv *inventory.Cluster, err error) error {
	if werr := render.Validated(a.out, a.inventory, inv, err); werr != nil || err == nil {
		return werr
	}
	a.explain(render.Terminal{W: a.errOut}, err)
	return &codeError{codeOf(err)}
}
