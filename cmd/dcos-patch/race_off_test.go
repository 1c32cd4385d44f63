//go:build !race

package main

import "github.com/dcos-patch/dcos-patch/internal/proof"

var (
	crashEvery  = proof.Of(24, 4) // DCOS_PATCH_EVERY_CRASH=1 tries every one
	faultEvery  = proof.Of(7, 1)
	strikeRuns  = proof.Of(4, 13)
	wholeAgents = proof.Of(2, 3)
)
