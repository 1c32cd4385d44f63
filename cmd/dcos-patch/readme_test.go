package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestTheREADMENamesEveryCommand keeps the README's table in step with the
// program.
func TestTheREADMENamesEveryCommand(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range (&app{}).root().Commands() {
		if c.Hidden || !c.IsAvailableCommand() || slices.Contains([]string{"completion", "help"}, c.Name()) {
			continue
		}
		if !strings.Contains(string(readme), "| `dcos-patch "+c.Name()) {
			t.Errorf("README.md has no line about dcos-patch %s (%s)", c.Name(), c.Short)
		}
	}
}
