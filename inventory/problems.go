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

// orNil is the sorted list as an error, or nil when nothing is wrong. Files
// stay in the order in which they were met: the inventory first.
func (p *Problems) orNil() error {
	if len(p.List) == 0 {
		return nil
	}
	met := map[string]int{}
	for _, one := range p.List {
		if _, known := met[one.File]; !known {
			met[one.File] = len(met)
		}
	}
	slices.SortStableFunc(p.List, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(met[a.File], met[b.File]),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
		)
	})
	return p
}
