package inventory

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSpans(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"no range is one text", "m1", "m1"},
		{"zero padding is kept", "a[008-011]", "a008 a009 a010 a011"},
		{"without zeros nothing is padded", "10.0.1.[8-11]", "10.0.1.8 10.0.1.9 10.0.1.10 10.0.1.11"},
		{"text may follow", "a[1-2].example.com", "a1.example.com a2.example.com"},
		{"a range of one is fine", "a[07-07]", "a07"},
		{"numbers may outgrow their padding", "a[09-100]", strings.TrimSpace(grown())},
		{"zero is a number", "a[0-1]", "a0 a1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sp, what, _ := parseSpan(tc.in)
			var got []string
			for i := range sp.size() {
				got = append(got, sp.at(i))
			}
			if what != "" || strings.Join(got, " ") != tc.want {
				t.Errorf("%q gives %q (%s), want %q", tc.in, got, what, tc.want)
			}
		})
	}
}

func grown() string {
	var s strings.Builder
	for i := 9; i <= 100; i++ {
		fmt.Fprintf(&s, "a%02d ", i)
	}
	return s.String()
}

func TestSpansThatAreNone(t *testing.T) {
	for in, want := range map[string]string{
		"a[1-3":                    `"a[1-3" has a bracket without its partner`,
		"a1-3]":                    `"a1-3]" has a bracket without its partner`,
		"a]1-3[":                   `"a]1-3[" has a bracket without its partner`,
		"a[1-3][1-3]":              `"a[1-3][1-3]" has more than one range`,
		"a[[1-3]]":                 `"a[[1-3]]" has more than one range`,
		"a[]":                      "[] is no range",
		"a[5]":                     "[5] is no range",
		"a[a-c]":                   "[a-c] is no range",
		"a[1,3]":                   "[1,3] is no range",
		"a[1-3-5]":                 "[1-3-5] is no range",
		"a[-1-3]":                  "[-1-3] is no range",
		"a[3-1]":                   "[3-1] is in descending order",
		"a[001-35]":                "[001-35] is padded in front only",
		"a[1-035]":                 "[1-035] is padded at the end only",
		"a[1-20001]":               "[1-20001] makes 20001 values; at most 20000 are allowed",
		"[fe80::1]":                `"[fe80::1]" has a range that is none`,
		"a[1-1e3]":                 "[1-1e3] is no range",
		"a[1-9999999999999999999]": "[1-9999999999999999999] is no range",
	} {
		if _, what, _ := parseSpan(in); what != want {
			t.Errorf("%s: %q, want %q", in, what, want)
		}
	}
}

func TestASpanMakesAsManyDifferentTextsAsItSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lo := rapid.IntRange(0, 2000).Draw(t, "lo")
		n := rapid.IntRange(1, 300).Draw(t, "n")
		pad := rapid.IntRange(1, 5).Draw(t, "pad")
		hi := fmt.Sprintf("%0*d", pad, lo+n-1)
		low := fmt.Sprintf("%0*d", pad, lo)
		sp, what, _ := parseSpan("a[" + low + "-" + hi + "]b")
		if what != "" {
			t.Fatalf("[%s-%s]: %s", low, hi, what)
		}
		if sp.size() != n || sp.at(0) != "a"+low+"b" || sp.at(n-1) != "a"+hi+"b" {
			t.Fatalf("[%s-%s] runs from %s to %s and makes %d, want %d", low, hi, sp.at(0), sp.at(n-1), sp.size(), n)
		}
		seen := map[string]bool{}
		for i := range n {
			seen[sp.at(i)] = true
		}
		if len(seen) != n {
			t.Fatalf("%d different texts, want %d", len(seen), n)
		}
	})
}
