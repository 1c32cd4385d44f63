package main

import (
	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/controller/console"
	"github.com/dcos-patch/dcos-patch/render"
)

// app is what the commands share: streams, surroundings and the flags of the
// root.
type app struct {
	streams
	environment
	inventory string
	output    string             // "text" or "json"
	ended     *controller.Result // the run that the command has carried on; nil: none
	about     string             // the run that another command has changed; empty: none
	next      []advice.Command   // that lead on from what the command has done

	con *console.Console
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

// console is where the command tells what happens.
func (a *app) console() *console.Console {
	if a.con == nil {
		a.con = &console.Console{Program: a.program(), Out: a.out, Err: a.errOut, JSON: a.output == "json"}
	}
	return a.con
}
