package dcos_test

import (
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Law: a version that was read is what was written, has a minor, is as new as
// itself, and is older than another exactly when that one is newer.
func FuzzParseVersion(f *testing.F) {
	for _, pair := range [][2]string{{"2.1.0", "2.1.1"}, {"1.13.9", "1.13.10"}, {"2.2.0-beta1", "2.2.0"}, {"2.1", "2.1.0"}, {"v2.1.0", "latest"}, {"1.11.12", "01.2.3"}} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, one, other string) {
		v, err := dcos.ParseVersion(one)
		if err != nil {
			if v != "" {
				t.Fatalf("%q beside %v", v, err)
			}
			return
		}
		if string(v) != one || v.Minor() == "" || v.Compare(v) != 0 {
			t.Fatalf("%q became %q of %q", one, v, v.Minor())
		}
		if w := dcos.Version(other); v.Compare(w) != -w.Compare(v) {
			t.Fatalf("%q and %q: %d and %d", v, w, v.Compare(w), w.Compare(v))
		}
	})
}
