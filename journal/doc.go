// Package journal is the truth of a run: an append-only, checksummed list of
// events. Each is on disk before it counts. Run, resume and replay are folds
// of the same list (package orchestrator).
package journal
