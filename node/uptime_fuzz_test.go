package node_test

import (
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/node"
)

// An error comes with zero, and what is understood is a time that has passed.
func FuzzParseUptime(f *testing.F) {
	f.Add([]byte("uptime 86400.25 11111111-2222-3333-4444-000000000001\n"))
	f.Add([]byte("uptime -1 b\n"))
	f.Add([]byte("uptime 1e300 b\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		up, err := node.ParseUptime(b)
		switch {
		case err != nil && up != (node.Uptime{}):
			t.Fatalf("an error (%v) came with %+v", err, up)
		case err == nil && (up.BootID == "" || up.For < 0 || up.At(time.Minute).Uptime < 60):
			t.Fatalf("%q: %+v", b, up)
		}
	})
}
