package render

import (
	"errors"
	"io"

	"github.com/dcos-patch/dcos-patch/inventory"
)

// validated is what there is to say of an inventory, for programs.
type validated struct {
	Head
	Inventory string    `json:"inventory"`
	Valid     bool      `json:"valid"`
	Masters   int       `json:"masters"`
	Agents    int       `json:"agents"`
	Groups    int       `json:"groups"`
	Problems  []problem `json:"problems"`
}

// problem is an inventory.Problem.
type problem struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Field  string `json:"field,omitempty"`
	What   string `json:"what"`
	Hint   string `json:"hint,omitempty"`
}

// Validated writes what there is to say of an inventory, for programs. An error that is
// not about its problems is given back.
func Validated(w io.Writer, file string, inv *inventory.Cluster, err error) error {
	v := validated{Head: Headed("inventory"), Inventory: file, Valid: err == nil, Problems: []problem{}}
	var bad *inventory.Problems
	switch {
	case err == nil:
		v.Masters, v.Agents, v.Groups = len(inv.Masters), len(inv.Nodes())-len(inv.Masters), len(inv.Groups)
	case !errors.As(err, &bad):
		return err
	default:
		for _, p := range bad.List {
			v.Problems = append(v.Problems, problem{p.File, p.Line, p.Column, p.Field, p.What, p.Hint})
		}
	}
	return Value(w, v)
}
