package maintenance

import (
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// State is all that a leading master says of maintenance.
type State struct {
	Schedule   Schedule
	Down       []dcos.Machine
	Agents     dcos.Agents
	Answers    []dcos.InverseAnswer
	Frameworks []dcos.Framework
}

// Listed is a window as people look at it.
type Listed struct {
	dcos.MaintenanceWindow
	Entries []Entry
}

// Entry is one machine of a window.
type Entry struct {
	Machine    dcos.Machine
	Node       string // of the inventory; empty: none
	Down       bool   // else it is draining, whenever its window begins
	Registered bool   // an agent announces exactly this machine; false: the window has no effect so far
	Answers    []Answer
}

// Answer is what a framework answered last about a machine.
type Answer struct {
	dcos.InverseAnswer
	Framework string // its name; its id where no name is known
}

// List puts together what is said of each machine, in the order of the schedule; node names
// the node of the inventory that a machine is.
func (s State) List(node func(dcos.Machine) string) []Listed {
	var all []Listed
	for _, w := range s.Schedule {
		l := Listed{MaintenanceWindow: w.MaintenanceWindow}
		for _, m := range w.Machines {
			l.Entries = append(l.Entries, Entry{m, node(m), has(s.Down, m), s.registered(m), s.answers(m)})
		}
		all = append(all, l)
	}
	return all
}

func (s State) registered(m dcos.Machine) bool {
	return slices.ContainsFunc(s.Agents.Registered, func(a dcos.Agent) bool { return same(m, dcos.Machine{Hostname: a.Hostname, IP: a.IP}) })
}

func (s State) answers(m dcos.Machine) (of []Answer) {
	for _, a := range s.Answers {
		if !same(a.Machine, m) {
			continue
		}
		name := a.FrameworkID
		for _, f := range s.Frameworks {
			if f.ID == a.FrameworkID {
				name = f.Name
			}
		}
		of = append(of, Answer{a, name})
	}
	slices.SortFunc(of, func(a, b Answer) int { return strings.Compare(a.Framework+a.FrameworkID, b.Framework+b.FrameworkID) })
	return of
}
