package render

import (
	"errors"
	"strings"

	"github.com/dcos-patch/dcos-patch/inventory"
)

// Error is an error for a person: what follows its first line, which may be what a
// node said, is marked, so that it passes for no line of ours.
func Error(err error) string {
	var problems *inventory.Problems
	if errors.As(err, &problems) { // of a file of the operator's
		return err.Error()
	}
	said := strings.Split(strings.TrimRight(err.Error(), "\n"), "\n")
	for i := range said {
		said[i] = Printable(said[i])
	}
	return strings.Join(said, "\n  | ")
}
