package plan

import (
	"cmp"
	"strings"

	"github.com/dcos-patch/dcos-patch/inventory"
)

// byZoneAndName is the canonical order of nodes within a group. It does not
// follow the file, so that moving lines about changes no plan.
func byZoneAndName(a, b inventory.Node) int {
	return cmp.Or(natural(a.Zone, b.Zone), natural(string(a.Name), string(b.Name)))
}

// natural compares as people count: a2 before a10. Names that differ only in
// leading zeros are ordered as plain text, so that it is a total order.
func natural(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		dx, dy := digits(x), digits(y)
		if dx == 0 || dy == 0 {
			if x[0] != y[0] {
				return cmp.Compare(x[0], y[0])
			}
			x, y = x[1:], y[1:]
			continue
		}
		if c := compareNumbers(x[:dx], y[:dy]); c != 0 {
			return c
		}
		x, y = x[dx:], y[dy:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(a, b))
}

// digits is how many bytes at the start of s are decimal digits.
func digits(s string) int {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return i
		}
	}
	return len(s)
}

// compareNumbers compares decimal numbers of any length.
func compareNumbers(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}
