package render

import (
	"testing"

	"github.com/dcos-patch/dcos-patch/advice"
)

func TestPrintedCommandsNameTheInventory(t *testing.T) {
	for _, c := range []struct {
		inventory string
		said      advice.Text
		want      string
	}{
		{"", advice.Run("resume", "--run", "1"), "dcos-patch resume --run 1"},
		{"prod/eu.yaml", advice.Run("resume", "--run", "1"), "dcos-patch -i prod/eu.yaml resume --run 1"},
		{"prod/eu.yaml", advice.Run("lock", "break").Say("; then ").Run("resume"), "dcos-patch -i prod/eu.yaml lock break; then dcos-patch -i prod/eu.yaml resume"},
		{"my clusters/$1.yaml", advice.Run("park", "a1", "--reason", "it burns"), "dcos-patch -i 'my clusters/$1.yaml' park a1 --reason 'it burns'"},
		{"prod/eu.yaml", advice.Say("this cluster cannot be patched, and dcos-patch makes none\x1b[2J"), `this cluster cannot be patched, and dcos-patch makes none\x1b[2J`},
	} {
		if got := (Program{c.inventory}).Text(c.said); got != c.want {
			t.Errorf("%s of %q: %q, want %q", c.said, c.inventory, got, c.want)
		}
	}
}
