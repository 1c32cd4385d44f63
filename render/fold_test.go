package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/dcos-patch/dcos-patch/inventory"
)

type names = []inventory.NodeName

func TestFold(t *testing.T) {
	var general names
	for i := 1; i <= 104; i++ {
		if i != 17 {
			general = append(general, inventory.NodeName(fmt.Sprintf("a%03d", i)))
		}
	}
	for _, c := range []struct {
		name string
		in   names
		want string
	}{
		{"nothing", nil, ""},
		{"one name is itself", names{"a037"}, "a037"},
		{"a hole", general, "a[001-016,018-104]"},
		{"two in a row are a range", names{"m1", "m2"}, "m[1-2]"},
		{"plain numbers grow digits", names{"a9", "a10", "a8"}, "a[8-10]"},
		{"padded and plain are different names", names{"a08", "a8", "a09"}, "a[08-09] a8"},
		{"a name without a number", names{"gpu", "m1"}, "gpu m1"},
		{"a domain stays behind", names{"n1.eu", "n2.eu", "n1.us"}, "n[1-2].eu n1.us"},
		{"twice is once", names{"a1", "a1"}, "a1"},
		{"zero counts", names{"a0", "a1"}, "a[0-1]"},
		{"a number longer than any machine's", names{"a99999999999999999999", "a1"}, "a99999999999999999999 a1"},
	} {
		if got := Fold(c.in); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestPropertyFoldAndExpandGiveTheSameSet(t *testing.T) {
	name := rapid.StringMatching(`[ab]?[01289]{0,3}(\.[xy])?`)
	rapid.Check(t, func(t *rapid.T) {
		var in names
		for _, n := range rapid.SliceOf(name.Filter(func(s string) bool { return s != "" })).Draw(t, "names") {
			in = append(in, inventory.NodeName(n))
		}
		got, err := expand(Fold(in))
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		if len(slices.Compact(slices.Clone(got))) != len(got) {
			t.Fatalf("%q names a node twice", Fold(in))
		}
		slices.Sort(in)
		if want := slices.Compact(in); !slices.Equal(got, want) {
			t.Fatalf("%q is %v, want %v", Fold(in), got, want)
		}
	})
}

// expand reads what Fold writes.
func expand(s string) (names, error) {
	var all names
	for _, term := range strings.Fields(s) {
		before, rest, ranged := strings.Cut(term, "[")
		if !ranged {
			all = append(all, inventory.NodeName(term))
			continue
		}
		inner, after, _ := strings.Cut(rest, "]")
		for _, r := range strings.Split(inner, ",") {
			first, last, two := strings.Cut(r, "-")
			if !two {
				last = first
			}
			lo, err := strconv.Atoi(first)
			if err != nil {
				return nil, err
			}
			hi, err := strconv.Atoi(last)
			if err != nil {
				return nil, err
			}
			for n := lo; n <= hi; n++ {
				all = append(all, inventory.NodeName(fmt.Sprintf("%s%0*d%s", before, len(first), n, after)))
			}
		}
	}
	return all, nil
}
