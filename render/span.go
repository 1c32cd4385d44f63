package render

import (
	"fmt"
	"time"
)

// Span writes a length of time as people say it: 45s, 1m30s, 36m, 4h07m.
// Below ten seconds it keeps a tenth, from ten minutes on it drops seconds.
func Span(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + Span(-d)
	case d < 10*time.Second:
		return d.Round(100 * time.Millisecond).String()
	case d < 10*time.Minute:
		d = d.Round(time.Second)
		m, s := d/time.Minute, d%time.Minute/time.Second
		switch {
		case m == 0:
			return fmt.Sprintf("%ds", s)
		case s == 0:
			return fmt.Sprintf("%dm", m)
		}
		return fmt.Sprintf("%dm%02ds", m, s)
	}
	d = d.Round(time.Minute)
	h, m := d/time.Hour, d%time.Hour/time.Minute
	if h == 0 {
		return fmt.Sprintf("%dm", m)
	}
	return fmt.Sprintf("%dh%02dm", h, m)
}
