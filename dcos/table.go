package dcos

import (
	"encoding/csv"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// table is what the cockroach command prints, whatever the --format.
type table struct {
	column map[string]int
	rows   [][]string
}

func (t table) row(i int) tableRow { return tableRow{t.column, t.rows[i]} }

var (
	tableCount  = regexp.MustCompile(`^(?:# )?\(?([0-9]{1,9}) rows?\)?$`) // "3 rows", "# 3 rows", "(3 rows)"
	tableBorder = regexp.MustCompile(`^[-+| ]+$`)
)

// readTable finds the header (the first line with a column called id), splits
// the lines after it as the header's own separator says, and compares their
// number with the count, where the version prints one.
func readTable(text string) (table, error) {
	var t table
	var separator byte
	count := -1
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if m := tableCount.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			count, _ = strconv.Atoi(m[1]) // at most nine digits
			continue
		}
		if skipLine(line, separator) {
			continue
		}
		if t.column == nil {
			separator = separatorOf(line)
		}
		cells, err := splitLine(line, separator)
		if err != nil {
			return table{}, err
		}
		if t.column == nil {
			if t.column, err = columns(cells); err != nil {
				return table{}, fmt.Errorf("%w: %s", err, looksLike([]byte(text)))
			}
			continue
		}
		if len(cells) != len(t.column) {
			return table{}, fmt.Errorf("row %d has %d columns, the header %d", len(t.rows)+1, len(cells), len(t.column))
		}
		t.rows = append(t.rows, cells)
	}
	switch {
	case t.column == nil:
		return table{}, errors.New("no header: " + looksLike([]byte(text)))
	case count >= 0 && count != len(t.rows):
		return table{}, fmt.Errorf("counts %d rows and has %d", count, len(t.rows))
	}
	return t, nil
}

// skipLine reports whether a line is neither header nor row. A line of tabs is
// a row of empty cells.
func skipLine(line string, separator byte) bool {
	switch {
	case strings.Trim(line, " ") == "", strings.HasPrefix(line, "#"):
		return true
	case separator == 0 || separator == '|':
		return tableBorder.MatchString(line)
	}
	return false
}

func separatorOf(header string) byte {
	for _, separator := range []byte{'\t', '|', ','} {
		if strings.IndexByte(header, separator) >= 0 {
			return separator
		}
	}
	return '\t'
}

func splitLine(line string, separator byte) ([]string, error) {
	var cells []string
	switch separator {
	case ',':
		r := csv.NewReader(strings.NewReader(line))
		var err error
		if cells, err = r.Read(); err != nil {
			return nil, fmt.Errorf("line %q is not CSV", clip(line))
		}
	case '|':
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "|") { // up to 2.0 the table has an outer border
			line = strings.TrimSuffix(line[1:], "|")
		}
		cells = strings.Split(line, "|")
	default:
		cells = strings.Split(line, "\t")
	}
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells, nil
}

func columns(header []string) (map[string]int, error) {
	column := make(map[string]int, len(header))
	for i, name := range header {
		if _, twice := column[name]; twice {
			return nil, fmt.Errorf("no header, or column %q twice", clip(name))
		}
		column[name] = i
	}
	if _, ok := column["id"]; !ok {
		return nil, errors.New("no header with a column id")
	}
	return column, nil
}
