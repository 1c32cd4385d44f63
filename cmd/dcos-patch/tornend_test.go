package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// A loss of power while a record was being written may leave its length and its
// end, and zeros in between.
func TestARunWhoseLastRecordIsTornGoesOnAndSaysSo(t *testing.T) {
	t.Parallel()
	inBubble(t, fourLeft(), func(l *lab) {
		l.dieAt("verified", 1, "apply", "--yes")
		tail := append(bytes.Repeat([]byte{0}, 4096), []byte("}}\n")...)
		l.rewrite(l.journal(), func(b []byte) []byte { return append(b, tail...) })
		e := l.run("resume")
		l.want(e, exitDone)
		if !strings.Contains(e.err, "its 4099 bytes are put aside in "+l.journal()+".torn") {
			l.Errorf("%s", e)
		}
		if kept, err := os.ReadFile(l.journal() + ".torn"); err != nil || !bytes.Equal(kept, tail) {
			l.Errorf("%d bytes are kept, %v", len(kept), err)
		}
		l.done(7)
		l.launched(1, "a1", "a2", "a3", "a4")
	})
}
