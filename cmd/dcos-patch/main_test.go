package main

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain keeps the tests away from the agent of whoever runs them: in virtual
// time there are no sockets.
func TestMain(m *testing.M) {
	if os.Getenv(asCommand) == "" {
		for _, name := range []string{"SSH_AUTH_SOCK", "DCOS_PATCH_INVENTORY"} {
			os.Unsetenv(name)
		}
	}
	debug.SetGCPercent(400) // simulated clusters are small, and make much garbage
	os.Exit(m.Run())
}
