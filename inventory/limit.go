package inventory

import (
	"fmt"
	"strconv"
	"strings"
)

// Limit is a count or a percentage of a set. Set distinguishes a limit of 0
// from one that was left out.
type Limit struct {
	N       int
	Percent bool
	Set     bool
}

// Count and Percent make limits that are set.
func Count(n int) Limit   { return Limit{N: n, Set: true} }
func Percent(n int) Limit { return Limit{N: n, Percent: true, Set: true} }

// Of resolves a width for a set of n: rounded down, at least 1, at most n.
// An unset Limit is 1.
func (l Limit) Of(n int) int {
	if n <= 0 {
		return 0
	}
	return min(max(l.floor(n), 1), n)
}

// Budget resolves a number that may be 0, such as failures allowed.
func (l Limit) Budget(n int) int { return min(max(l.floor(n), 0), n) }

func (l Limit) floor(n int) int {
	if l.Percent {
		return n * l.N / 100 // multiply first: N/100 is 0 for every N below 100
	}
	return l.N
}

func (l Limit) String() string {
	if l.Percent {
		return strconv.Itoa(l.N) + "%"
	}
	return strconv.Itoa(l.N)
}

// ParseLimit reads "3" or "5%".
func ParseLimit(s string) (Limit, error) {
	num, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	n, err := strconv.Atoi(num)
	switch {
	case err != nil:
		return Limit{}, fmt.Errorf("%q is neither a count nor a percentage", s)
	case n < 0:
		return Limit{}, fmt.Errorf("%q is negative", s)
	case percent && n > 100:
		return Limit{}, fmt.Errorf("%q is more than all", s)
	}
	return Limit{N: n, Percent: percent, Set: true}, nil
}

// MarshalText writes what ParseLimit reads.
func (l Limit) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads "3" or "5%".
func (l *Limit) UnmarshalText(b []byte) error {
	v, err := ParseLimit(string(b))
	*l = v
	return err
}
