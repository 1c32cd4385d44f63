package dcos_test

import (
	"math"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
)

func TestAComparisonHoldsForFiniteNumbersOnly(t *testing.T) {
	for _, c := range []struct {
		want   string
		x      float64
		passes bool
	}{
		{"== 0", 0, true}, {"==0", 1, false}, {"!= 3", 4, true}, {"!= 3", 3, false},
		{"< 0.5", 0.4, true}, {"< 0.5", 0.5, false}, {"<= 0.5", 0.5, true}, {"> -1", 0, true}, {">= 3", 2.9, false}, {" >=  3 ", 3, true},
		{"== 0", math.NaN(), false}, {"!= 0", math.NaN(), false}, {"> 1", math.Inf(1), false}, {"< 1", math.Inf(-1), false},
	} {
		got, err := dcos.ParseComparison(c.want)
		if err != nil || got.Holds(c.x) != c.passes {
			t.Errorf("%v %s: %v, %v", c.x, c.want, got.Holds(c.x), err)
		}
	}
	if (dcos.Comparison{}).Holds(0) {
		t.Error("nothing is wanted, and 0 satisfies it")
	}
}

func TestAComparisonThatSaysNothingIsRefused(t *testing.T) {
	for _, s := range []string{"", "0", "= 0", "== ", "== x", "== NaN", "> +Inf", "< 1 or 2", "=== 0"} {
		if c, err := dcos.ParseComparison(s); err == nil {
			t.Errorf("%q is read as %s", s, c)
		}
	}
}

// The law: what is read is written as what reads the same.
func FuzzComparison(f *testing.F) {
	for _, s := range []string{"== 0", "!= 1e-3", "<=.5", ">=  -7", "= 0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := dcos.ParseComparison(s)
		if err != nil {
			if c != (dcos.Comparison{}) {
				t.Errorf("an error and %s", c)
			}
			return
		}
		if again, err := dcos.ParseComparison(c.String()); err != nil || again != c {
			t.Errorf("%q: %s is read as %s, %v", s, c, again, err)
		}
	})
}

// Law: what a comparison accepts, it accepts written again.
func FuzzParseComparison(f *testing.F) {
	for _, s := range []string{"== 0", "<= 1.5", ">1e3", "!= -2", "0"} {
		f.Add(s, 1.0)
	}
	f.Fuzz(func(t *testing.T, s string, x float64) {
		c, err := dcos.ParseComparison(s)
		if err != nil {
			return
		}
		again, err := dcos.ParseComparison(c.String())
		if err != nil || again.Holds(x) != c.Holds(x) {
			t.Fatalf("%q is %q, which is read as %q, %v", s, c, again, err)
		}
	})
}
