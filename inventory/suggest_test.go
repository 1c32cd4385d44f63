package inventory

import (
	"testing"

	"pgregory.net/rapid"
)

func TestTheWordThatWasMeant(t *testing.T) {
	allowed := []string{"width", "max_out", "max_failures", "settle", "settle_leading", "url", "to"}
	for word, want := range map[string]string{
		"widht":       "width",
		"Width":       "width",
		"max-out":     "max_out",
		"maxfailures": "max_failures",
		"setle":       "settle",
		"ur":          "",
		"URL":         "url",
		"two":         "to",
		"parallelism": "",
		"":            "",
	} {
		if got := nearest(word, allowed); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}

func TestDistanceIsZeroOnlyForTheSameWordAndTheSameBothWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.StringMatching(`[abc]{0,6}`).Draw(t, "a")
		b := rapid.StringMatching(`[abc]{0,6}`).Draw(t, "b")
		d := distance(a, b)
		if (d == 0) != (a == b) || d != distance(b, a) || d > max(len(a), len(b)) {
			t.Fatalf("%q to %q is %d, back %d", a, b, d, distance(b, a))
		}
	})
}
