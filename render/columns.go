package render

import (
	"io"
	"strings"
	"unicode/utf8"
)

// Columns writes rows of cells that line up. The columns that are named stand
// to the right. What nodes have said may be in any cell.
func Columns(w io.Writer, rows [][]string, right ...int) error {
	t := table{rows: rows, right: map[int]bool{}}
	for _, c := range right {
		t.right[c] = true
	}
	return t.write(w)
}

// Wrap breaks a text into lines of at most so many characters, at spaces where
// there are any. The lines are printable; an empty text is one empty line.
func Wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(Printable(text)) {
		for utf8.RuneCountInString(word) > width { // longer than any line
			head := string([]rune(word)[:width])
			if line != "" {
				lines, line = append(lines, line), ""
			}
			lines, word = append(lines, head), word[len(head):]
		}
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width:
			lines, line = append(lines, line), word
		case word != "":
			line += " " + word
		}
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}
