package node_test

import (
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/node"
)

// Law: what is read is one line, and part of the answer unless the script
// printed nothing.
func FuzzParseNextIP(f *testing.F) {
	for _, text := range []string{"", "ip 10.0.0.1\n", "ip \n", "ip a b\n", "10.0.0.1\n", "ip a\nip b\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ip, err := node.ParseNextIP([]byte(text))
		switch {
		case err != nil && ip != "":
			t.Fatalf("%q: %q beside %v", text, ip, err)
		case strings.Contains(ip, "\n") || ip != "nothing" && !strings.Contains(text, ip):
			t.Fatalf("%q: %q", text, ip)
		case err == nil && ip == "" && text != "":
			t.Fatalf("%q is taken for no answer", text)
		}
	})
}
