package maintenance

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Rules of a schedule, to ask a RefusedError for with errors.Is. Those marked Mesos are
// checked by the leading master, too; the others it takes without a word.
var (
	ErrNoMachines = errors.New("a window has no machine")                   // Mesos
	ErrNoName     = errors.New("a machine needs both hostname and ip")      // Mesos wants one of them, and matches both
	ErrIP         = errors.New("an ip is not an IPv4 address")              // Mesos
	ErrDuplicate  = errors.New("a machine is in two windows of the change") // Mesos
	ErrScheduled  = errors.New("a machine is in a window of somebody else") // Mesos
	ErrAnnounced  = errors.New("an agent announces another hostname or ip") // the window would have no effect
	ErrOver       = errors.New("a window has ended")                        //
	ErrDuration   = errors.New("a window needs a duration")                 // Mesos refuses negative ones only
	ErrUnit       = errors.New("a time is likely in the wrong unit")        //
	ErrDown       = errors.New("a machine is DOWN")                         // Mesos, of what is cancelled
)

// Limits of what can be meant. Mesos takes nanoseconds, and what was meant as seconds is
// over at once.
const (
	ShortestWindow = time.Minute
	LongestWindow  = 366 * 24 * time.Hour
	FurthestStart  = 366 * 24 * time.Hour
)

// Facts is what the leading master says besides its schedule.
type Facts struct {
	Now    time.Time
	Agents dcos.Agents
	Down   []dcos.Machine
}

// Problem is what is wrong with one window of a change, or with one machine of it.
type Problem struct {
	Rule    error // nil: a warning
	Window  dcos.MaintenanceWindow
	Machine dcos.Machine // zero: it is the window's
	Field   string       // of the schedule: machine_ids, hostname, ip, start or duration
	Text    string
}

// String names window or machine and field, and says what is wrong.
func (p Problem) String() string {
	at := "window " + p.Window.String()
	if p.Machine != (dcos.Machine{}) {
		at = "machine " + Name(p.Machine)
	}
	return at + ": " + p.Field + ": " + p.Text
}

// RefusedError says everything for which a change is not posted.
type RefusedError struct{ Problems []Problem }

func (e *RefusedError) Error() string {
	var all []string
	for _, p := range e.Problems {
		all = append(all, p.String())
	}
	return strings.Join(all, "; ")
}

// Is asks for a rule.
func (e *RefusedError) Is(target error) bool {
	for _, p := range e.Problems {
		if p.Rule == target {
			return true
		}
	}
	return false
}

// Name is "a1.example.com (10.0.0.1)".
func Name(m dcos.Machine) string {
	switch {
	case m.Hostname == "" || strings.EqualFold(m.Hostname, m.IP):
		return m.IP
	case m.IP == "":
		return m.Hostname
	}
	return m.Hostname + " (" + m.IP + ")"
}

// Check applies the rules to a change before it is merged into a schedule. The error is a
// *RefusedError with all problems; warnings do not keep a change from being posted.
func (s Schedule) Check(c Change, f Facts) (warnings []Problem, err error) {
	k := &checking{foreign: s.foreign(c), change: c, facts: f}
	for _, w := range c.Add {
		k.window(w)
	}
	for _, w := range c.Cancel {
		k.cancelled(s, w)
	}
	if len(k.problems) > 0 {
		return k.warnings, &RefusedError{k.problems}
	}
	return k.warnings, nil
}

// checking collects what is wrong with a change.
type checking struct {
	foreign            Schedule // what the change leaves alone
	change             Change
	facts              Facts
	seen               []dcos.Machine
	problems, warnings []Problem
}

func (k *checking) add(p Problem, rule error, text string, with ...any) {
	p.Rule, p.Text = rule, fmt.Sprintf(text, with...)
	if rule == nil {
		k.warnings = append(k.warnings, p)
		return
	}
	k.problems = append(k.problems, p)
}

func (k *checking) window(w dcos.MaintenanceWindow) {
	if len(w.Machines) == 0 {
		k.add(Problem{Window: w, Field: "machine_ids"}, ErrNoMachines, "names no machine")
	}
	k.duration(w)
	k.start(w)
	for _, m := range w.Machines {
		k.machine(Problem{Window: w, Machine: m})
	}
}

func (k *checking) duration(w dcos.MaintenanceWindow) {
	p := Problem{Window: w, Field: "duration"}
	switch {
	case w.Duration == 0:
		k.add(p, ErrDuration, "is missing: without one the window has no end")
	case w.Duration < 0:
		k.add(p, ErrDuration, "is %s, want more than 0", w.Duration)
	case w.Duration < ShortestWindow:
		k.add(p, ErrUnit, "is %s, want at least %s: Mesos counts nanoseconds", w.Duration, ShortestWindow)
	case w.Duration > LongestWindow:
		k.add(p, ErrUnit, "is %s, want at most %s", w.Duration, LongestWindow)
	}
}

func (k *checking) start(w dcos.MaintenanceWindow) {
	p := Problem{Window: w, Field: "start"}
	switch end := w.Start.Add(max(w.Duration, 0)); {
	case w.Start.Before(k.facts.Now.Add(-LongestWindow)):
		k.add(p, ErrUnit, "is %s, long ago: Mesos counts nanoseconds", stamp(w.Start))
	case w.Start.After(k.facts.Now.Add(FurthestStart)):
		k.add(p, ErrUnit, "is %s, more than a year away", stamp(w.Start))
	case w.Duration > 0 && !end.After(k.facts.Now):
		k.add(p, ErrOver, "the window ended at %s, and it is %s", stamp(end), stamp(k.facts.Now))
	}
}

func (k *checking) machine(p Problem) {
	m := p.Machine
	if !k.named(p) {
		return
	}
	p.Field = "machine_ids"
	if has(k.seen, m) {
		k.add(p, ErrDuplicate, "is named twice; Mesos takes each machine once in the whole schedule")
	}
	k.seen = append(k.seen, m)
	if has(k.facts.Down, m) {
		k.add(p, ErrDown, "is DOWN at the leading master: it is brought up before it is scheduled again")
	}
	for _, w := range k.foreign {
		for _, o := range w.Machines {
			if same(o, m) || o.Is(m.IP) {
				k.add(p, ErrScheduled, "is in a window of somebody else already, %s", w.MaintenanceWindow)
			}
		}
	}
	k.announced(p)
}

// named checks the parts of a machine's name.
func (k *checking) named(p Problem) bool {
	ip, err := netip.ParseAddr(p.Machine.IP)
	switch {
	case p.Machine.Hostname == "" && p.Machine.IP == "":
		p.Field = "machine_ids"
		k.add(p, ErrNoName, "a machine has neither hostname nor ip")
	case p.Machine.IP == "":
		p.Field = "ip"
		k.add(p, ErrNoName, "is missing%s: Mesos matches an agent by hostname and ip together", k.elsewhere(p.Machine))
	case err != nil || !ip.Is4():
		p.Field = "ip"
		k.add(p, ErrIP, "is %q, want an IPv4 address", p.Machine.IP)
	case p.Machine.Hostname == "":
		p.Field = "hostname"
		k.add(p, ErrNoName, "is missing%s: Mesos matches an agent by hostname and ip together", k.elsewhere(p.Machine))
	default:
		return true
	}
	return false
}

// elsewhere is what an agent announces that has one part of a name.
func (k *checking) elsewhere(m dcos.Machine) string {
	for _, a := range k.facts.Agents.Registered {
		if strings.EqualFold(a.Hostname, m.Hostname) || a.IP == m.IP {
			return fmt.Sprintf(", and an agent announces %s (%s)", a.Hostname, a.IP)
		}
	}
	return ""
}

// announced compares a machine with what agents announce.
func (k *checking) announced(p Problem) {
	m := p.Machine
	var other []Problem
	for _, a := range k.facts.Agents.Registered {
		hostname, ip := strings.EqualFold(a.Hostname, m.Hostname), a.IP == m.IP
		at := p
		switch {
		case hostname && ip:
			return
		case hostname:
			at.Field, at.Text = "ip", fmt.Sprintf("is %s, but the agent with this hostname announces %s", m.IP, a.IP)
			other = append(other, at)
		case ip:
			at.Field, at.Text = "hostname", fmt.Sprintf("is %s, but the agent with this ip announces %s", m.Hostname, a.Hostname)
			other = append(other, at)
		}
	}
	for _, o := range other {
		k.add(o, ErrAnnounced, "%s: Mesos would match no agent", o.Text)
	}
	if len(other) > 0 {
		return
	}
	for _, a := range k.facts.Agents.Recovered {
		if strings.EqualFold(a.Hostname, m.Hostname) {
			p.Field = "ip"
			k.add(p, nil, "cannot be compared: the agent has not re-registered since the last failover")
			return
		}
	}
	k.add(p, nil, "no agent has registered from it: it is scheduled all the same, and an agent that comes must announce exactly this")
}

// cancelled checks a window that is to go.
func (k *checking) cancelled(s Schedule, w dcos.MaintenanceWindow) {
	for _, there := range s {
		for _, m := range there.Machines {
			p := Problem{Window: w, Machine: m, Field: "machine_ids"}
			switch ours := isPartOf(there.MaintenanceWindow, w); {
			case ours && has(k.facts.Down, m):
				k.add(p, ErrDown, "is DOWN at the leading master: its window stays until it is brought up")
			case !ours && has(w.Machines, m) && !added(k.change, m):
				k.add(p, nil, "is now in a window of somebody else, %s, which stays", there.MaintenanceWindow)
			}
		}
	}
}

func added(c Change, m dcos.Machine) bool {
	for _, w := range c.Add {
		if has(w.Machines, m) {
			return true
		}
	}
	return false
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }
