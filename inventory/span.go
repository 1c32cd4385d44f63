package inventory

import (
	"fmt"
	"strconv"
	"strings"
)

// mostNodes is how many nodes an inventory may have.
const mostNodes = 20000

// span is a text with at most one range of numbers in it: "a[001-035]".
type span struct {
	before, after string
	lo, hi, pad   int
	ranged        bool
}

// parseSpan reads a text with a range in it. What is wrong comes as text and
// hint; what is empty when nothing is.
func parseSpan(s string) (sp span, what, hint string) {
	before, rest, opens := strings.Cut(s, "[")
	inner, after, closes := strings.Cut(rest, "]")
	if !opens && !strings.Contains(s, "]") {
		return span{before: s}, "", ""
	}
	const form = "one range of numbers, such as a[001-035]"
	switch {
	case !opens || !closes || strings.Contains(before, "]"):
		return span{}, fmt.Sprintf("%q has a bracket without its partner", s), form
	case strings.ContainsAny(after, "[]") || strings.Contains(inner, "["):
		return span{}, fmt.Sprintf("%q has more than one range", s), "write one line for each value of the other range"
	case strings.Contains(inner, ":"):
		return span{}, fmt.Sprintf("%q has a range that is none", s), "an IPv6 address goes without brackets"
	}
	lo, hi, dash := strings.Cut(inner, "-")
	a, okA := number(lo)
	b, okB := number(hi)
	switch {
	case !dash || !okA || !okB:
		return span{}, fmt.Sprintf("[%s] is no range", inner), form
	case a > b:
		return span{}, fmt.Sprintf("[%s] is in descending order", inner), fmt.Sprintf("write [%s-%s]", hi, lo)
	case len(lo) > len(hi):
		return span{}, fmt.Sprintf("[%s] is padded in front only", inner), fmt.Sprintf("write [%s-%0*d]", lo, len(lo), b)
	case len(hi) > len(lo) && hi[0] == '0':
		return span{}, fmt.Sprintf("[%s] is padded at the end only", inner), fmt.Sprintf("write [%0*d-%s]", len(hi), a, hi)
	case b-a+1 > mostNodes:
		return span{}, fmt.Sprintf("[%s] makes %d values; at most %d are allowed", inner, b-a+1, mostNodes), ""
	}
	sp = span{before: before, after: after, lo: a, hi: b, ranged: true}
	if lo[0] == '0' && lo != "0" || len(lo) == len(hi) {
		sp.pad = len(lo)
	}
	return sp, "", ""
}

func number(s string) (int, bool) {
	if s == "" || len(s) > 9 || !onlyOf(s, digits) {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// size is how many texts the span stands for.
func (s span) size() int { return s.hi - s.lo + 1 }

// at is the i-th text, from 0.
func (s span) at(i int) string {
	if !s.ranged {
		return s.before
	}
	return fmt.Sprintf("%s%0*d%s", s.before, s.pad, s.lo+i, s.after)
}
