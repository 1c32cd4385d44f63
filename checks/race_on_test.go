//go:build race

package checks_test

// raced says that the race detector, which makes crypto many times slower,
// watches: then a few of many alike runs are enough.
const raced = true
