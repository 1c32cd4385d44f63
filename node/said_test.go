package node_test

import (
	"testing"

	"github.com/dcos-patch/dcos-patch/node"
)

func TestANodesWordIsQuotedUnlessItIsPlain(t *testing.T) {
	for word, want := range map[string]string{
		"1121-2200-k3fd":             "1121-2200-k3fd",
		"ops@bastion1 pid 4312":      "ops@bastion1 pid 4312",
		"":                           `""`,
		"x; dcos-patch resume --yes": `"x; dcos-patch resume --yes"`,
		"x\n  next  reboot":          `"x\n  next  reboot"`,
		"x\u009b2J":                  `"x\u009b2J"`,
	} {
		if got := node.Said(word); got != want {
			t.Errorf("%q: %s, want %s", word, got, want)
		}
	}
}
