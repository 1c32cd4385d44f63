package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dcos-patch/dcos-patch/inventory"
)

// Fold writes names as ranges: "a[001-016,018-104] m1". A range counts from
// its first number to its last, each with at least as many digits as the
// first. Terms come in the order in which their first name does; a name given
// twice is written once.
func Fold(names []inventory.NodeName) string {
	padded := map[series]bool{} // series that have a number such as 007
	for _, n := range names {
		if s, number := seriesOf(string(n)); s.digits > 1 && number[0] == '0' {
			padded[s] = true
		}
	}
	var order []series
	numbers := map[series][]uint64{}
	for _, name := range names {
		s, number := seriesOf(string(name))
		if !padded[s] && s.digits > 0 {
			s.digits = 1
		}
		n, err := strconv.ParseUint(number, 10, 64)
		if err != nil {
			s, n = series{before: string(name)}, 0
		}
		if _, seen := numbers[s]; !seen {
			order = append(order, s)
		}
		numbers[s] = append(numbers[s], n)
	}
	terms := make([]string, 0, len(order))
	for _, s := range order {
		terms = append(terms, s.term(numbers[s]))
	}
	return strings.Join(terms, " ")
}

// series is names that differ in one number only: a001 to a104 is one of
// three digits, a1 to a104 one of at least one digit.
type series struct {
	before, after string
	digits        int // at least so many; 0 when there is no number to count
}

// seriesOf splits a name at its last number. A name with a character that
// ranges use has none.
func seriesOf(name string) (s series, number string) {
	end := strings.LastIndexFunc(name, isDigit) + 1
	start := end
	for start > 0 && isDigit(rune(name[start-1])) {
		start--
	}
	if start == end || strings.ContainsAny(name, "[], ") {
		return series{before: name}, ""
	}
	return series{before: name[:start], after: name[end:], digits: end - start}, name[start:end]
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// term writes the series' numbers in order.
func (s series) term(numbers []uint64) string {
	if s.digits == 0 {
		return s.before
	}
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	var runs []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		run := s.number(numbers[i])
		if j > i {
			run += "-" + s.number(numbers[j])
		}
		runs, i = append(runs, run), j+1
	}
	inner := strings.Join(runs, ",")
	if len(numbers) > 1 {
		inner = "[" + inner + "]"
	}
	return s.before + inner + s.after
}

func (s series) number(n uint64) string { return fmt.Sprintf("%0*d", s.digits, n) }
