package node_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// What is taken off an answer is what stood there, and the rest is unchanged.
func FuzzParseWrapped(f *testing.F) {
	f.Add([]byte("{}\nexit 0\n"))
	f.Add([]byte("exit 124"))
	f.Add([]byte("status 200\n[]\n"))
	f.Add([]byte("status 404"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if raw, code, err := node.ParseChecks(b); err == nil {
			if !bytes.HasPrefix(b, raw) || code < 0 {
				t.Fatalf("%q: %q and %d", b, raw, code)
			}
			again, same, err := node.ParseChecks(fmt.Appendf(bytes.Clone(raw), "exit %d\n", code))
			if err != nil || !bytes.Equal(again, raw) || same != code {
				t.Fatalf("%q: %q and %d, then %q and %d, %v", b, raw, code, again, same, err)
			}
		}
		if code, body, err := node.ParseExhibitor(b); err == nil {
			if !bytes.HasSuffix(b, body) || code < 0 {
				t.Fatalf("%q: %q and %d", b, body, code)
			}
			same, again, err := node.ParseExhibitor(append(fmt.Appendf(nil, "status %d\n", code), body...))
			if err != nil || !bytes.Equal(again, body) || same != code {
				t.Fatalf("%q: %q and %d, then %q and %d, %v", b, body, code, again, same, err)
			}
		}
	})
}

// Only a line that is a refusal is taken for one, and only beside its exit code.
func FuzzRefusal(f *testing.F) {
	f.Add(70, []byte("refused: epoch: epoch 1 is over, the node has seen 2\n"))
	f.Add(70, []byte("Welcome!\r\nrefused: lock: 3 r1 ops@here pid 1\r\n"))
	f.Add(1, []byte("refused: busy: x\n"))
	f.Add(70, []byte("refused: nonsense: x"))
	f.Fuzz(func(t *testing.T, code int, stderr []byte) {
		exit := &sshexec.ExitError{Node: "m1", Code: code, Stderr: stderr}
		err := node.Refusal(exit)
		var refused *node.RefusedError
		if !errors.As(err, &refused) {
			if err != error(exit) {
				t.Fatalf("%v became %v", exit, err)
			}
			return
		}
		line := "refused: " + refused.Word
		if code != 70 || refused.Node != "m1" || !strings.Contains(string(stderr), line) || !strings.Contains(string(stderr), refused.Text) {
			t.Fatalf("%d %q became %v", code, stderr, err)
		}
	})
}
