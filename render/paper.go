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

// toType matches a command, which is pasted whole: to where a text goes on after a comma, a
// colon or a semicolon. Nobody pastes half a path, either.
var toType = regexp.MustCompile(`\b(?:dcos-patch (?:-i )?\S|sudo )(?:'[^']*'|[^',:;]|[,:;][^ ])*[,:;]?|^  pack .*`)

// label matches what a line begins with: later rows stand below what follows it.
var label = regexp.MustCompile(`^(\d\d:\d\d:\d\d (HOLD )?| *\S+ {2,}| +)`)

// wrapLine breaks a line at spaces, and not inside a command, into rows of at most so many
// characters. What has no place in a row of its own stays where it is: the terminal breaks it.
func wrapLine(line string, width int) []string {
	if width < leastColumns || utf8.RuneCountInString(line) <= width {
		return []string{line}
	}
	head := label.FindString(line)
	indent := strings.Repeat(" ", min(utf8.RuneCountInString(head), width/2))
	var rows []string
	row, bare := head, true // nothing but what it begins with
	for _, part := range parts(line, len(head)) {
		long := utf8.RuneCountInString(strings.TrimRight(part, " "))
		if !bare && utf8.RuneCountInString(row)+long > width && len(indent)+long <= width {
			rows = append(rows, strings.TrimRight(row, " "))
			row = indent
		}
		row, bare = row+part, false
	}
	return append(rows, strings.TrimRight(row, " "))
}

// parts are what a line is made of behind its label: words and whole commands, each with
// the spaces after it.
func parts(line string, from int) []string {
	var all []string
	words := func(text string) {
		for len(text) > 0 {
			end := len(text)
			if at := strings.IndexByte(text, ' '); at >= 0 {
				end = at + len(text[at:]) - len(strings.TrimLeft(text[at:], " "))
			}
			all, text = append(all, text[:end]), text[end:]
		}
	}
	for _, at := range toType.FindAllStringIndex(line, -1) {
		if at[0] < from { // its label is part of it
			at[0] = from
		}
		words(line[from:at[0]])
		from = at[1] + len(line[at[1]:]) - len(strings.TrimLeft(line[at[1]:], " "))
		all = append(all, line[at[0]:from])
	}
	words(line[from:])
	return all
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
