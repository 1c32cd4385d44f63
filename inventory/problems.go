package inventory

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problems is the error of Load and Parse: all that is wrong, in the order of
// the file, so that one look and one edit mend it. It is never empty.
type Problems struct {
	List []Problem
}

// Error is one line for each problem, headed by their number when there is
// more than one.
func (p *Problems) Error() string {
	lines := make([]string, 0, len(p.List)+1)
	if len(p.List) > 1 {
		lines = append(lines, fmt.Sprintf("%d problems:", len(p.List)))
	}
	for _, one := range p.List {
		lines = append(lines, one.Error())
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the problems one by one, each a Problem.
func (p *Problems) Unwrap() []error {
	errs := make([]error, len(p.List))
	for i, one := range p.List {
		errs[i] = one
	}
	return errs
}

func (p *Problems) add(one Problem) { p.List = append(p.List, one) }

// orNil is the sorted list as an error, or nil when nothing is wrong. The
// inventory's own problems come first, then those of its target file.
func (p *Problems) orNil(inventory string) error {
	if len(p.List) == 0 {
		return nil
	}
	rank := func(one Problem) int {
		if one.File == inventory {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(p.List, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(rank(a), rank(b)),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
		)
	})
	return p
}
