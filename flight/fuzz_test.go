package flight

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	beginning = `{"began":{"format":1,"run":"1121-2200-k3fd","step":"general/a037/return","node":"a037","attempt":1,"at":"2026-11-21T22:00:00Z","timeout":"10m0s","gates":[{"gate":"registered","need":3,"span":"20s","every":"5s","within":"10m0s"}]}}` + "\n"
	first     = `{"gate":"registered","asked":"1ms","answered":"13ms","finding":{"check":"registered","node":"a037","status":"failed","observed":"away","want":"active"},"identity":"boot 42","marks":{"a":"1"}}` + "\n"
	same      = `{"gate":"registered","asked":"5s","answered":"5.012s","evidence":"5.003s"}` + "\n"
	moved     = `{"gate":"registered","asked":"10s","answered":"10.012s","marks":{"a":"2"}}` + "\n"
	ending    = `{"ended":{"after":"10m0s","held":false,"late":["registered"]}}` + "\n"
)

// FuzzDecode's law: whatever the bytes, they are refused, or read as takes
// that, written again, are read as the same; and whatever is kept of them, the
// number of samples and of those left out stays the same.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(beginning + first + same + moved + ending))
	f.Add([]byte(beginning + first + `{"left_out":7}` + "\n" + first + same[:20]))
	f.Add([]byte(beginning + ending + beginning + first))
	f.Add([]byte(beginning + same))
	f.Add([]byte(strings.Replace(beginning, `"format":1`, `"format":2`, 1)))
	f.Fuzz(func(t *testing.T, in []byte) {
		takes, err := Decode("fuzz", in)
		if err != nil {
			if takes != nil {
				t.Fatalf("takes beside error %v", err)
			}
			return
		}
		lines, err := split("fuzz", in)
		if err != nil {
			t.Fatal(err)
		}
		everything := func(lines []line) []bool {
			all := make([]bool, len(lines))
			for i := range all {
				all[i] = true
			}
			return all
		}
		for name, keep := range map[string]keeper{"all": everything, "ends": keepEnds(100), "first and last": keepFirstAndLast} {
			out, err := rewritten(lines, keep)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			again, err := Decode("again", out)
			if err != nil {
				t.Fatalf("%s: %v\n%s", name, err, out)
			}
			if diff := cmp.Diff(takes, again); name == "all" && diff != "" {
				t.Fatalf("written again: %s", diff)
			}
			if have, want := count(again), count(takes); have != want || len(again) != len(takes) {
				t.Fatalf("%s: %d samples with those left out, in %d takes; want %d in %d", name, have, len(again), want, len(takes))
			}
		}
	})
}

// count is how many samples there were.
func count(takes []Take) int {
	n := 0
	for _, t := range takes {
		n += len(t.Samples) + t.WithoutSamples()
	}
	return n
}

// FuzzName's law: a name is one element of a path, harmless in a shell, not
// hidden and not too long; and tells any two steps apart.
func FuzzName(f *testing.F) {
	f.Add("general/a037/return", "general+a037+return")
	f.Add("../../etc/passwd", ".")
	f.Add(strings.Repeat("a", 300), strings.Repeat("a", 301))
	f.Fuzz(func(t *testing.T, a, b string) {
		name := Name(a)
		if filepath.Base(name) != name || len(name) > 210 || name[0] == '.' && a != "" || strings.ContainsFunc(name, func(r rune) bool {
			return !plain(byte(r)) && !strings.ContainsRune("+%~", r) || r > 0x7e
		}) {
			t.Errorf("%q", name)
		}
		if (a == b) != (name == Name(b)) {
			t.Errorf("%q and %q are both %q", a, b, name)
		}
	})
}

func TestWhatCannotBeReadIsSaidWithItsLine(t *testing.T) {
	for name, in := range map[string]string{
		"no beginning":              first,
		"a later format":            strings.Replace(beginning, `"format":1`, `"format":2`, 1),
		"a field nobody knows":      beginning + `{"gate":"x","weight":1}` + "\n",
		"two things in a line":      beginning + `{"left_out":1,"gate":"x"}` + "\n",
		"nothing in a line":         beginning + "{}\n",
		"as the one before, gone":   beginning + first + `{"left_out":1}` + "\n" + same,
		"a sample after the end":    beginning + ending + first,
		"a damaged line, not last":  beginning + first[:30] + "\n" + first,
		"a length of time that is…": beginning + strings.Replace(first, "13ms", "soon", 1),
	} {
		_, err := Decode("s.jsonl", []byte(in))
		if err == nil || !strings.Contains(err.Error(), "s.jsonl:") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if b := []byte(beginning + first + same[:40]); bytes.HasSuffix(b, []byte("\n")) {
		t.Error("this one is torn")
	} else if takes, err := Decode("s.jsonl", b); err != nil || len(takes[0].Samples) != 1 {
		t.Errorf("torn: %+v, %v", takes, err)
	}
}
