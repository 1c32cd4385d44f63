package render

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// wideCell is the widest cell that others are lined up with: one very long
// cell pushes its own row, not the table.
const wideCell = 64

// table is rows of cells whose columns line up; the last cell of a row is not
// padded.
type table struct {
	rows  [][]string
	right map[int]bool // columns whose text stands to the right
}

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) write(w io.Writer) error {
	var widths []int
	for _, r := range t.rows {
		for i, c := range r {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			if n := utf8.RuneCountInString(c); n <= wideCell {
				widths[i] = max(widths[i], n)
			}
		}
	}
	for _, r := range t.rows {
		var line strings.Builder
		for i, c := range r {
			pad := strings.Repeat(" ", max(widths[i]-utf8.RuneCountInString(c), 0))
			if t.right[i] {
				line.WriteString(pad + c + "  ")
			} else {
				line.WriteString(c + pad + "  ")
			}
		}
		if _, err := fmt.Fprintln(w, Printable(strings.TrimRight(line.String(), " "))); err != nil {
			return err
		}
	}
	return nil
}
