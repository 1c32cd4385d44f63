// Package flight is the flight recorder of a run: every sample of every gate,
// a file a step, in the directory of the run (docs/samples.md says what is in
// them). A run neither waits for it nor decides anything by it: what was
// decided is in the journal. A Recorder writes, Read reads, and what the
// samples come to is judged again by checks.Rejudge.
package flight
