package inventory

import (
	"fmt"
	"strings"
)

// Problem is one thing wrong with an inventory or a target file, in words for
// the person who has to mend it.
type Problem struct {
	File   string // as it was given to Load or Parse
	Line   int    // from 1; 0 only when the file could not be read at all
	Column int    // from 1; 0 when the YAML parser does not tell
	Field  string // "agents.general.nodes[2].address"; empty when it is about the whole file
	What   string // what was found and what was wanted
	Hint   string // what to write instead; may be empty
	Err    error  // the cause, where there is one: an error of reading a file
}

// Error is "inventory.yaml:12:7: masters[0].address: ... (hint)".
func (p Problem) Error() string {
	var s strings.Builder
	s.WriteString(p.File)
	for _, n := range []int{p.Line, p.Column} {
		if n > 0 {
			fmt.Fprintf(&s, ":%d", n)
		}
	}
	if p.Field != "" {
		s.WriteString(": " + p.Field)
	}
	s.WriteString(": " + p.What)
	if p.Hint != "" {
		s.WriteString(" (" + p.Hint + ")")
	}
	return s.String()
}

// Unwrap is the cause, so that errors.Is(err, fs.ErrNotExist) works.
func (p Problem) Unwrap() error { return p.Err }
