package main

import (
	"slices"
	"strings"
	"testing"
)

func TestPrintedCommandsNameTheInventory(t *testing.T) {
	for _, c := range []struct{ inventory, said, want string }{
		{"inventory.yaml", "next  dcos-patch resume --run 1", "next  dcos-patch resume --run 1"},
		{"prod/eu.yaml", "next  dcos-patch resume --run 1", "next  dcos-patch -i prod/eu.yaml resume --run 1"},
		{"prod/eu.yaml", "dcos-patch lock break; then dcos-patch resume", "dcos-patch -i prod/eu.yaml lock break; then dcos-patch -i prod/eu.yaml resume"},
		{"my clusters/$1.yaml", "dcos-patch sweep", "dcos-patch -i 'my clusters/$1.yaml' sweep"},
		{"prod/eu.yaml", "dcos-patch -i prod/eu.yaml plan", "dcos-patch -i prod/eu.yaml plan"},
		{"prod/eu.yaml", "dcos-patch: the lock could not be given back", "dcos-patch: the lock could not be given back"},
		{"prod/eu.yaml", "this cluster cannot be patched, and dcos-patch makes none", "this cluster cannot be patched, and dcos-patch makes none"},
	} {
		var out strings.Builder
		a := app{inventory: c.inventory}
		if n, err := a.forPeople(&out).Write([]byte(c.said)); err != nil || n != len(c.said) || out.String() != c.want {
			t.Errorf("%s of %s: %q, want %q (%d bytes of %d written, %v)", c.said, c.inventory, out.String(), c.want, n, len(c.said), err)
		}
	}
}

// Every command either names the inventory when it is printed, or reads none,
// or, like rehearse, writes its own -i.
func TestNoCommandIsForgottenWhenTheInventoryIsNamed(t *testing.T) {
	without := []string{"inventory", "sim", "demo", "rehearse", "version", "help", "exit-codes"}
	for _, c := range (&app{}).root().Commands() {
		if named := toPaste.MatchString("dcos-patch " + c.Name() + " gates"); named == slices.Contains(without, c.Name()) {
			t.Errorf("%s: named with the inventory: %t", c.Name(), named)
		}
	}
}
