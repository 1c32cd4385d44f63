package render

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// lines is text for a person, line by line. What nodes said may stand in any line,
// and begins none of its own: what follows a line feed in it goes on in the same line.
type lines struct{ strings.Builder }

func (l *lines) say(format string, args ...any) {
	l.WriteString(Joined(fmt.Sprintf(format, args...)) + "\n")
}

// ClockText is how a moment is written for whoever sits at this machine.
const ClockText = "15:04:05"

// Clock is a moment of this day.
func Clock(t time.Time) string { return t.Local().Format(ClockText) }

// Say writes a line in a form that a terminal survives.
func Say(w io.Writer, format string, args ...any) {
	fmt.Fprintln(w, Joined(fmt.Sprintf(format, args...)))
}
