//go:build !race

package main

const (
	crashEvery  = 4 // DCOS_PATCH_EVERY_CRASH=1 tries every one
	faultEvery  = 1
	strikeRuns  = 13
	wholeAgents = 3
)
