package render

import (
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Screen writes text for a terminal: lines no longer than it is wide, and colour for the
// words that a person looks for. It is the last writer: what nodes said has been made
// printable before.
type Screen struct {
	W       io.Writer
	Columns func() int // 0: not known
	Colour  bool
}

func (p Screen) Write(b []byte) (int, error) {
	width := p.Columns()
	var out strings.Builder
	for line := range strings.Lines(string(b)) {
		text, ended := strings.CutSuffix(line, "\n")
		for i, row := range wrapLine(text, width) {
			if i > 0 {
				out.WriteByte('\n')
			} else if p.Colour {
				row = paint(row)
			}
			out.WriteString(row)
		}
		if ended {
			out.WriteByte('\n')
		}
	}
	if _, err := io.WriteString(p.W, out.String()); err != nil {
		return 0, err
	}
	return len(b), nil
}

// leastColumns is the narrowest terminal for which lines are broken.
const leastColumns = 40

// toType matches a line with a command: it is pasted whole, or not at all.
var toType = regexp.MustCompile(`\bdcos-patch (-i )?\S|\bsudo |^  pack `)

// label matches what a line begins with: later rows stand below what follows it.
var label = regexp.MustCompile(`^(\d\d:\d\d:\d\d (HOLD )?| *\S+ {2,}| +)`)

// wrapLine breaks a line at spaces into rows of at most so many characters.
func wrapLine(line string, width int) []string {
	if width < leastColumns || utf8.RuneCountInString(line) <= width || toType.MatchString(line) {
		return []string{line}
	}
	indent := strings.Repeat(" ", min(utf8.RuneCountInString(label.FindString(line)), width/2))
	var rows []string
	rest := []rune(line)
	for len(rest) > width {
		at := width
		for at > len(indent) && rest[at] != ' ' {
			at--
		}
		if at <= len(indent) { // one word, longer than the row: the terminal breaks it
			break
		}
		rows = append(rows, strings.TrimRight(string(rest[:at]), " "))
		rest = []rune(indent + strings.TrimLeft(string(rest[at:]), " "))
	}
	return append(rows, strings.TrimRight(string(rest), " "))
}

// coloured are the words that are shown in colour, with their SGR code.
var coloured = []struct {
	match *regexp.Regexp
	sgr   string
}{
	{regexp.MustCompile(`^((?:\d\d:\d\d:\d\d )?)(STOPPED|REFUSED|IN DOUBT|TAKEN OVER|INTERRUPTED| ?BLOCK)\b`), "31"},
	{regexp.MustCompile(`^(\d\d:\d\d:\d\d \S+ \S+ )(FAILED|IN DOUBT)\b`), "31"},
	{regexp.MustCompile(`^((?:\d\d:\d\d:\d\d )?)(HOLD|PAUSED|STOPPING|WARN|warning|warned| ?WARN)\b`), "33"},
	{regexp.MustCompile(`^((?:\d\d:\d\d:\d\d )?)(DONE|STAGED)\b`), "32"},
	{regexp.MustCompile(`^(\d\d:\d\d:\d\d \S+ )(verified)\b`), "32"},
	{regexp.MustCompile(`^(  SAFE TO LEAVE: )(yes)\b`), "32"},
	{regexp.MustCompile(`^(  SAFE TO LEAVE: )(no|not known)\b`), "31"},
}

// paint colours the first such word at its place.
func paint(row string) string {
	for _, w := range coloured {
		if w.match.MatchString(row) {
			return w.match.ReplaceAllString(row, "${1}\x1b["+w.sgr+"m${2}\x1b[0m")
		}
	}
	return row
}
