package inventory

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// longest is the longest duration that an inventory may state; a longer one
// is a slip of the unit.
const longest = 24 * time.Hour

// check judges a text: what is wrong with it, and a hint. An empty what means
// that all is well.
type check func(string) (what, hint string)

// text reads a text that passes the check into dst.
func text(dst *string, ok check) func(value) {
	return func(v value) {
		if s, fine := v.checked(ok); fine {
			*dst = s
		}
	}
}

func (v value) checked(ok check) (string, bool) {
	s, fine := v.text()
	if !fine {
		return "", false
	}
	if what, hint := ok(s); what != "" {
		v.refuse(what, hint)
		return "", false
	}
	return s, true
}

// integer reads a whole number from lo to hi.
func integer(dst *int, lo, hi int) func(value) {
	return func(v value) {
		s, fine := v.text()
		if !fine {
			return
		}
		n, err := strconv.Atoi(s)
		if err != nil || n < lo || n > hi {
			v.refuse(fmt.Sprintf("is %q; a whole number from %d to %d is wanted", s, lo, hi), "")
			return
		}
		*dst = n
	}
}

// duration reads a time such as 90s, 15m or 1h30m, longer than nothing.
func duration(dst *time.Duration) func(value) {
	return func(v value) {
		s, fine := v.text()
		if !fine {
			return
		}
		d, err := time.ParseDuration(s)
		switch {
		case err != nil:
			v.refuse(fmt.Sprintf("is %q; a duration is wanted", s), durationHint(s))
		case d <= 0:
			v.refuse(fmt.Sprintf("is %s; longer than nothing is wanted", s), "for the default, remove it")
		case d > longest:
			v.refuse(fmt.Sprintf("is %s, more than the %s that make sense here", s, short(longest)), "is the unit right?")
		default:
			*dst = d
		}
	}
}

func durationHint(s string) string {
	if n, err := strconv.Atoi(s); err == nil && n > 0 {
		return fmt.Sprintf("give the unit: %ds or %dm", n, n)
	}
	if days, isDays := strings.CutSuffix(s, "d"); isDays {
		if n, err := strconv.Atoi(days); err == nil && n > 0 && n < 1000 {
			return fmt.Sprintf("there are no days: write %dh", n*24)
		}
	}
	return "such as 90s, 15m or 1h30m"
}

// limit reads a count or a percentage, at least lo.
func limit(dst *Limit, lo int) func(value) {
	return func(v value) {
		s, fine := v.text()
		if !fine {
			return
		}
		l, err := ParseLimit(s)
		switch {
		case err != nil:
			v.refuse(err.Error(), "such as 3 or 5%")
		case l.N < lo:
			v.refuse(fmt.Sprintf("is %s, which would let nothing be done", l), "at least 1, or 1%, which is never rounded down to nothing")
		default:
			*dst = l
		}
	}
}

// short is a duration without its zero parts: 15m, not 15m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// timeScale reads the factor of a rehearsal.
func timeScale(dst *float64) func(value) {
	return func(v value) {
		s, fine := v.text()
		if !fine {
			return
		}
		x, err := strconv.ParseFloat(s, 64)
		if err != nil || !(x >= 0.001 && x <= 1) {
			v.refuse(fmt.Sprintf("is %q; a number from 0.001 to 1 is wanted", s), "0.1 makes every wait ten times shorter")
			return
		}
		*dst = x
	}
}
