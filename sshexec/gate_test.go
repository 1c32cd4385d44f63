package sshexec

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// However the bytes are cut into pieces, what comes after the mark is let
// through whole, and every prompt before it is counted once.
func TestAGateOpensAtItsMarkHoweverTheBytesArrive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prompts := rapid.IntRange(0, 3).Draw(t, "prompts")
		before := rapid.StringMatching(`[a-d\n]{0,20}`).Draw(t, "before")
		after := rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "after")
		marked := rapid.Bool().Draw(t, "marked")
		stream := []byte(strings.Repeat(before+sudoPrompt, prompts))
		if marked {
			stream = append(append(stream, sudoBegun...), after...)
		}
		var out bytes.Buffer
		g := newGate(&out, sudoBegun, sudoPrompt)
		for len(stream) > 0 {
			n := rapid.IntRange(1, len(stream)).Draw(t, "piece")
			if _, err := g.Write(stream[:n]); err != nil {
				t.Fatal(err)
			}
			stream = stream[n:]
		}
		words, open := g.before()
		if open != marked || marked && !bytes.Equal(out.Bytes(), after) || !marked && out.Len() > 0 {
			t.Fatalf("open %v, let through %q", open, out.Bytes())
		}
		if words != strings.Repeat(before, prompts) && !marked {
			t.Fatalf("before it %q", words)
		}
		if !marked && prompts > 0 {
			if n := <-g.asked; n != prompts {
				t.Fatalf("%d prompts, want %d", n, prompts)
			}
		}
	})
}

func TestAGateKeepsLittleOfALoginShellThatPrintsWithoutEnd(t *testing.T) {
	g := newGate(&bytes.Buffer{}, "mark", "")
	for range 100 {
		_, _ = g.Write(make([]byte, 32<<10))
	}
	if words, open := g.before(); open || len(words) > gateMost {
		t.Errorf("%d bytes, open %v", len(words), open)
	}
}
