// Package replay tells what gates were answered in a run, out of its samples, and
// judges the samples again: as they were, or under other demands.
package replay
