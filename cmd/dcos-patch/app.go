package main

import (
	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/render"
)

// app is what the commands share: streams, surroundings and the flags of the
// root.
type app struct {
	streams
	world
	inventory string
	output    string             // "text" or "json"
	ended     *controller.Result // the run that the command has carried on; nil: none

	log      *render.Text // of the run's events
	stopping bool         // that no more nodes are admitted was told
}

// defaultInventory is the file that commands read when none is named.
const defaultInventory = "inventory.yaml"

// program is how this program was called.
func (a *app) program() render.Program {
	if a.inventory == defaultInventory {
		return render.Program{}
	}
	return render.Program{Inventory: a.inventory}
}
