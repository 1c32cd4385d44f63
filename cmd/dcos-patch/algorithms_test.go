package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// The inventory knows the names of the algorithms that there are, and no others.
func TestTheInventoryKnowsTheAlgorithmsOfSSH(t *testing.T) {
	kex, ciphers, macs, hostKeys := inventory.SSHAlgorithms()
	have := sshexec.AllAlgorithms()
	for what, lists := range map[string][2][]string{
		"key exchanges": {kex, have.KeyExchanges}, "ciphers": {ciphers, have.Ciphers}, "MACs": {macs, have.MACs}, "host keys": {hostKeys, have.HostKeys},
	} {
		got, want := slices.Sorted(slices.Values(lists[0])), slices.Sorted(slices.Values(lists[1]))
		want = slices.DeleteFunc(want, func(name string) bool { return strings.Contains(name, "mldsa") }) // depends on how Go was built
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q\nwant %q", what, got, want)
		}
	}
}
