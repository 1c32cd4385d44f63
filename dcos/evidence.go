package dcos

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Evidence is one fact about a unit of the node: its state, its last result, or a line
// of its log. Exactly one of the three is given.
type Evidence struct {
	Unit   string   `yaml:"unit"`             // MesosUnitOfRole: that of the node's role
	Active []string `yaml:"active,omitempty"` // systemd's ActiveState is one of these
	Result string   `yaml:"result,omitempty"` // systemd's Result is this
	Line   string   `yaml:"line,omitempty"`   // a recent line of its log has this in it
}

// MesosUnitOfRole stands for the Mesos unit of a node, whatever its role.
const MesosUnitOfRole = "mesos"

// Seen is what was read of one node. A fact that is missing was not read.
type Seen struct {
	Units map[string]Unit
	Logs  map[string]string // by unit
}

// Verdict is what was read of an issue's evidence.
type Verdict uint8

// The verdicts on an issue.
const (
	Unproved  Verdict = iota // it has no evidence, or it could not be read
	Disproved                // what was read says otherwise
	Proved                   // all of it was read, and fits
)

func (e Evidence) check() error {
	given := 0
	for _, there := range []bool{len(e.Active) > 0, e.Result != "", e.Line != ""} {
		if there {
			given++
		}
	}
	if e.Unit == "" || given != 1 {
		return errors.New("evidence is a unit and one of active, result and line")
	}
	return nil
}

// UnitFor is the unit that the evidence is about on a node of a role.
func (e Evidence) UnitFor(role Role) string {
	if e.Unit == MesosUnitOfRole {
		return role.MesosUnit()
	}
	return e.Unit
}

// judge compares one piece of evidence with what was read, and says what that was.
func (e Evidence) judge(seen Seen, role Role) (Verdict, string) {
	name := e.UnitFor(role)
	if e.Line != "" {
		log, read := seen.Logs[name]
		if !read {
			return Unproved, ""
		}
		line := recentLine(log, e.Line)
		if line == "" {
			return Disproved, ""
		}
		return Proved, fmt.Sprintf("%s has logged %q", name, clip(line))
	}
	u, read := seen.Units[name]
	switch {
	case !read:
		return Unproved, ""
	case e.Result != "" && u.Result == e.Result:
		return Proved, fmt.Sprintf("%s ended with result %s", name, e.Result)
	case slices.Contains(e.Active, u.Active):
		return Proved, fmt.Sprintf("%s is %s (%s)", name, u.Active, clip(u.Sub))
	}
	return Disproved, ""
}

// Judge compares an issue's evidence with what was read of a node; proof says what
// proves it.
func (k KnownIssue) Judge(seen Seen, role Role) (v Verdict, proof string) {
	var proofs []string
	v = Proved
	if len(k.Evidence) == 0 {
		return Unproved, ""
	}
	for _, e := range k.Evidence {
		switch one, said := e.judge(seen, role); one {
		case Disproved:
			return Disproved, ""
		case Unproved:
			v = Unproved
		default:
			proofs = append(proofs, said)
		}
	}
	if v != Proved {
		return v, ""
	}
	return v, strings.Join(proofs, "; ")
}

// recently is how long before a log's last line another one still tells how the unit is.
const recently = 5 * time.Minute

// recentLine is the last line of a log (journalctl -o short-iso) that has a text in it and
// is not long before the log's end. Both times are the node's own; a line without one
// proves nothing.
func recentLine(log, text string) string {
	lines := strings.Split(strings.TrimRight(log, "\n"), "\n")
	end, ok := stampOf(lines[len(lines)-1])
	if !ok {
		return ""
	}
	for _, line := range slices.Backward(lines) {
		if at, ok := stampOf(line); ok && end.Sub(at) <= recently && strings.Contains(line, text) {
			return line
		}
	}
	return ""
}

func stampOf(line string) (time.Time, bool) {
	stamp, _, _ := strings.Cut(line, " ")
	at, err := time.Parse("2006-01-02T15:04:05-0700", stamp)
	return at, err == nil
}
