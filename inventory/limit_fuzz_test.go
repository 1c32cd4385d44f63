package inventory_test

import (
	"testing"

	"github.com/dcos-patch/dcos-patch/inventory"
)

// Law: a limit that was read is written as one that means the same, and leaves
// at least one node of any that there are, and no more than all.
func FuzzParseLimit(f *testing.F) {
	for _, text := range []string{"1", "5%", "100%", "0", " 3 ", "-1", "101%", "99999999999999999999", "%"} {
		f.Add(text, 104)
	}
	f.Fuzz(func(t *testing.T, text string, nodes int) {
		l, err := inventory.ParseLimit(text)
		if err != nil {
			return
		}
		again, err := inventory.ParseLimit(l.String())
		if err != nil || again != l {
			t.Fatalf("%q is %+v, written as %q, which is %+v (%v)", text, l, l.String(), again, err)
		}
		if nodes %= 20001; nodes < 1 {
			return
		}
		if n := l.Of(nodes); n < 1 || n > nodes {
			t.Fatalf("%q of %d is %d", text, nodes, n)
		}
		if n := l.Budget(nodes); n < 0 || n > nodes {
			t.Fatalf("%q of %d is a budget of %d", text, nodes, n)
		}
	})
}
