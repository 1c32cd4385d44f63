package main

import (
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

func TestSlowLoginShellsAreWarnedOf(t *testing.T) {
	var out strings.Builder
	warnOfSlowShells(&out, plan.Facts{Nodes: map[inventory.NodeName]plan.NodeFacts{"a1": {ShellMS: 2000}, "a2": {ShellMS: 2100}, "a3": {}, "a4": {ShellMS: 31000}}})
	if text := out.String(); strings.Count(text, "\n") != 2 || !strings.Contains(text, "a2: the login shell takes 2.1s") || !strings.Contains(text, "a4: the login shell takes 31s") {
		t.Error(text)
	}
}
