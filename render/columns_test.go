package render

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestWrapBreaksAtSpacesAndOnlyWhereItMustInsideAWord(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", []string{""}},
		{"not serving", []string{"not", "serving"}},
		{"m1 is not serving", []string{"m1 is", "not", "serving"}},
		{"äöüäöüäöüäöü", []string{"äöüäöüäö", "üäöü"}},
		{"a\nb", []string{`a\nb`}},
	} {
		if diff := cmp.Diff(c.want, Wrap(c.text, 8)); diff != "" {
			t.Errorf("%q: %s", c.text, diff)
		}
	}
}

// FuzzWrap's law: nothing is lost but spaces, no line is too long, and all of
// it is harmless to a terminal.
func FuzzWrap(f *testing.F) {
	f.Add("m1 is not serving", 8)
	f.Add("\x1b[2J\n\u202eaway 3s of 15s", 3)
	f.Fuzz(func(t *testing.T, text string, width int) {
		width = 1 + width&63
		lines := Wrap(text, width)
		for _, l := range lines {
			if utf8.RuneCountInString(l) > width || strings.ContainsFunc(l, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("%q of %q", l, text)
			}
		}
		solid := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if got, want := solid(strings.Join(lines, " ")), solid(Printable(text)); got != want {
			t.Errorf("%q became %q", want, got)
		}
	})
}

func TestColumnsLineUpAndAreHarmless(t *testing.T) {
	var b strings.Builder
	if err := Columns(&b, [][]string{{"gate", "n", "seen"}, {"units", "12", "a\x1b[2J\n"}}, 1); err != nil {
		t.Fatal(err)
	}
	if want := "gate    n  seen\nunits  12  a\\x1b[2J\\n\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}
