package simcluster

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// Law: faults that were read, written again, are read the same; and whatever a
// file says, a cluster takes it or says why not.
func FuzzParseFaults(f *testing.F) {
	for _, text := range []string{
		"- {what: script-fails-fetch, where: a2, nth: 1}\n- {what: sshd-down, where: m1, when: launch, for: 2m}\n- {what: script-404}\n",
		"", "[]", "{}", "- what: nonsense\n", "- {what: clock-skew, where: m1, for: -90s}\n", "- {else: 1}\n", "- {for: 1h, nth: -1, when: never}\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		faults, err := ParseFaults(text)
		if err != nil {
			if faults != nil {
				t.Fatalf("%v beside %v", faults, err)
			}
			return
		}
		written, err := yaml.Marshal(faults)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseFaults(written)
		if diff := cmp.Diff(faults, again); err != nil || len(faults)+len(again) > 0 && diff != "" {
			t.Fatalf("%q became %q: %v\n%s", text, written, err, diff)
		}
		_ = faults.check(nil)
	})
}
