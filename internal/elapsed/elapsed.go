// Package elapsed measures how much time lies between two moments of one
// controller. Go's monotonic clock stands still while a laptop sleeps, and the
// wall clock can be set, so that neither of the two is enough: a limit is judged
// by the larger difference, a span that must be proved by the smaller. See
// docs/decisions/0022-ages-and-spans.md.
package elapsed

import "time"

// Most is how much time may have passed: for ages, gaps and limits, where more
// is worse. It is negative only where both clocks say so.
func Most(from, to time.Time) time.Duration {
	return max(to.Sub(from), wall(from, to))
}

// Least is how much time has passed for certain: for spans that something must
// have lasted.
func Least(from, to time.Time) time.Duration {
	return min(to.Sub(from), wall(from, to))
}

// Since is Most until now.
func Since(from time.Time) time.Duration { return Most(from, time.Now()) }

// wall is the difference of the wall clock alone; Sub prefers the monotonic one.
func wall(from, to time.Time) time.Duration { return to.Round(0).Sub(from.Round(0)) }
