package dcos

import "strconv"

// Count is a number that an answer may lack. The zero Count is unknown, which
// is a different thing from a known 0.
type Count struct {
	N     int
	Known bool
}

// KnownCount is the count of n.
func KnownCount(n int) Count { return Count{N: n, Known: true} }

// Is reports whether the count is known and is n.
func (c Count) Is(n int) bool { return c.Known && c.N == n }

func (c Count) String() string {
	if !c.Known {
		return "unknown"
	}
	return strconv.Itoa(c.N)
}
