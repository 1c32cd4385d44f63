package render

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable is one line as a terminal may show it. Much of what is written here
// was said by a node, and a node may lie: an escape sequence could move the
// cursor over a line that says FAILED, a line feed could forge one that says
// DONE, and a mark of writing direction could turn a name around. What is
// neither printable nor an ASCII space is therefore written as Go writes it in
// a string (\x1b, \n, \u202e), which nobody obeys. Other text stays as it is.
func Printable(line string) string { return printable(line, false) }

// Joined is what may be several lines, such as errors that were joined, in one: behind one
// another, as a terminal may show them.
func Joined(text string) string {
	return Printable(strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "; "))
}

// Terminal is a writer that makes what is written to it printable, but for line
// feeds: the last net, for writers whose texts are made in many places. One
// Write must not end inside a character. It is as safe for concurrent use as W.
type Terminal struct{ W io.Writer }

// Write writes the text and returns len(p), or W's error.
func (t Terminal) Write(p []byte) (int, error) {
	if _, err := io.WriteString(t.W, printable(string(p), true)); err != nil {
		return 0, err
	}
	return len(p), nil
}

func printable(text string, keepLines bool) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && n == 1: // not UTF-8
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case unicode.IsPrint(r), r == '\n' && keepLines:
			b.WriteString(text[i : i+n])
		default:
			quoted := fmt.Sprintf("%+q", r) // '\u202e'
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		i += n
	}
	return b.String()
}
