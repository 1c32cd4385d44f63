package plan

import "time"

// The floors of a rehearsal: a loaded machine needs real time, however much
// the model's is shortened.
const (
	minPoll    = 50 * time.Millisecond
	minTimeout = 10 * time.Second
)

// timeScale shortens a rehearsal. 1 is a real cluster.
type timeScale float64

// scaleOf reads the inventory's rehearsal; 0 means none.
func scaleOf(f float64) timeScale {
	if f == 0 {
		return 1
	}
	return timeScale(f)
}

// span scales a length of evidence, a pause or an estimate.
func (f timeScale) span(d time.Duration) Duration {
	if f == 1 {
		return Duration(d)
	}
	return Duration((time.Duration(float64(d) * float64(f))).Round(time.Millisecond))
}

// poll scales a pause between samples.
func (f timeScale) poll(d time.Duration) Duration {
	return max(f.span(d), Duration(min(d, minPoll)))
}

// Spacing is a pause between two questions, shortened by the time scale of a rehearsal,
// whose daemons answer the sooner the faster time runs. 0 is the scale of a real cluster.
func Spacing(scale float64, d time.Duration) time.Duration { return scaleOf(scale).poll(d).D() }

// timeout scales a timeout.
func (f timeScale) timeout(d time.Duration) Duration {
	return max(f.span(d), Duration(min(d, minTimeout)))
}
