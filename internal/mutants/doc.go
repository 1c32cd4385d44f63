// Package mutants edits our own source in ways that would break a safety
// promise, and demands that a test fails under each edit. The edits are a table
// (the files named table_*.go); they are compiled through an overlay, so the
// tree itself is never changed.
//
//	make mutants                          # all of them, and docs/mutants.md
//	make mutants MUTANTS=lock             # those whose name or file contains "lock"
//
// An edit whose original text is not in its file exactly once fails the
// ordinary tests: who changes the code there adapts the edit.
package mutants
