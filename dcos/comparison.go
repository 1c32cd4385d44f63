package dcos

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Comparison is what a number must be to count as good: "== 0", "< 0.5". The
// zero Comparison holds for nothing.
type Comparison struct {
	Op    string // ==, !=, <, <=, > or >=
	Value float64
}

// comparisons are the operators, longer ones before those they begin with.
func comparisons() []string { return []string{"==", "!=", "<=", ">=", "<", ">"} }

// ParseComparison reads an operator and a finite number.
func ParseComparison(s string) (Comparison, error) {
	for _, op := range comparisons() {
		rest, ok := strings.CutPrefix(strings.TrimSpace(s), op)
		if !ok {
			continue
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return Comparison{}, fmt.Errorf("%s is followed by %q, which is no finite number", op, clip(strings.TrimSpace(rest)))
		}
		return Comparison{Op: op, Value: v}, nil
	}
	return Comparison{}, fmt.Errorf("%q begins with none of %s", clip(s), strings.Join(comparisons(), " "))
}

// Holds compares a number. One that is not finite is no answer, and satisfies
// nothing, not even !=.
func (c Comparison) Holds(x float64) bool {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return false
	}
	switch c.Op {
	case "==":
		return x == c.Value
	case "!=":
		return x != c.Value
	case "<":
		return x < c.Value
	case "<=":
		return x <= c.Value
	case ">":
		return x > c.Value
	case ">=":
		return x >= c.Value
	}
	return false
}

// String writes what ParseComparison reads; the zero Comparison is empty.
func (c Comparison) String() string {
	if c.Op == "" {
		return ""
	}
	return c.Op + " " + strconv.FormatFloat(c.Value, 'g', -1, 64)
}

// MarshalText writes what ParseComparison reads.
func (c Comparison) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads a comparison; an empty text is the zero one.
func (c *Comparison) UnmarshalText(b []byte) error {
	*c = Comparison{}
	if len(b) == 0 {
		return nil
	}
	v, err := ParseComparison(string(b))
	*c = v
	return err
}
