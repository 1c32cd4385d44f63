//go:build race

package main

// Under the race detector everything is some four times slower.
const (
	crashEvery  = 60 // DCOS_PATCH_EVERY_CRASH=1 tries every one
	faultEvery  = 13
	strikeRuns  = 2
	wholeAgents = 1
)
