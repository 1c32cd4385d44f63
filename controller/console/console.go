// Package console tells a person, or a program in JSON, what a controller does and what
// it came to.
package console

import (
	"io"

	"github.com/dcos-patch/dcos-patch/render"
)

// Console is where it is told. It is for one run: it knows what it has told.
type Console struct {
	Program  render.Program
	Out, Err io.Writer
	JSON     bool // programs read Out; people read Err all the same

	log      *render.Text // of the run's events
	stopping bool         // that no more nodes are admitted was told
}
