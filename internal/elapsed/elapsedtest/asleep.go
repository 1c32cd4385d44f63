// Package elapsedtest makes the moments that a test cannot wait for.
package elapsedtest

import (
	"fmt"
	"time"
	"unsafe"
)

// Asleep is t as a controller reads it that slept for d meanwhile: its wall
// clock went on and its monotonic clock did not. A negative d is a wall clock
// that was set back. t must come from time.Now, outside testing/synctest, whose
// clock has no monotonic part. Package time has no way to make such a Time, so
// this reaches into it, and panics when that does not do what it should.
func Asleep(t time.Time, d time.Duration) time.Time {
	slept := t
	const secondsShift = 30 // of the wall field: 1 bit "has monotonic", 33 bits of seconds, 30 of nanoseconds
	*(*uint64)(unsafe.Pointer(&slept)) += uint64(int64(d/time.Second)) << secondsShift
	if slept.Sub(t) != 0 || slept.Round(0).Sub(t.Round(0)) != d {
		panic(fmt.Sprintf("%s later with the same monotonic reading came out as %s", d, slept.Round(0).Sub(t.Round(0))))
	}
	return slept
}
