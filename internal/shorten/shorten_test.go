package shorten

import "testing"

func TestAListSaysHowManyItLeavesOut(t *testing.T) {
	names := []string{"a", "b", "c", "d"}
	for most, want := range map[int]string{2: "a b and 2 more", 3: "a b c and 1 more", 4: "a b c d", 9: "a b c d"} {
		if got := List(names, most, " "); got != want {
			t.Errorf("%d of them: %q, want %q", most, got, want)
		}
	}
	if got := List(names, 1, ", "); got != "a, and 3 more" || names[1] != "b" {
		t.Errorf("%q of %q", got, names)
	}
	if got := List(nil, 3, " "); got != "" {
		t.Errorf("%q of none", got)
	}
}
