package checks

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Law: a baseline that was read, and kept again, is read the same.
func FuzzParseBaseline(f *testing.F) {
	for _, text := range []string{
		``, `null`, `{}`, `[]`, `{"node":"a1","role":"private"}`, `{"node":"m1","role":"master","taken_at":"2026-11-21T22:00:00Z","uptime_secs":1e3,"units":{"a.service":"active/running"},"agents":{"S1":"10.0.0.1"}}`,
		`{"role":"private","agent":{"id":"S1","registered":"2026-11-21T22:00:00Z"},"tasks":["t"],"processes":{"a.service":{}},"cockroach":{"address":"10.0.0.1"}}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := parseBaseline(text)
		if err != nil {
			if b != nil {
				t.Fatalf("%+v beside %v", b, err)
			}
			return
		}
		if b == nil || b.Role == dcos.RoleUnknown {
			return // none that Baseline takes
		}
		kept, err := json.Marshal(b)
		if err != nil {
			return // a time that JSON cannot write
		}
		again, err := parseBaseline(kept)
		if err != nil {
			t.Fatalf("%q was kept as %q: %v", text, kept, err)
		}
		twice, err := json.Marshal(again)
		if err != nil || string(twice) != string(kept) {
			t.Fatalf("%q: (-once +twice) %v\n%s", text, err, cmp.Diff(string(kept), string(twice)))
		}
	})
}
