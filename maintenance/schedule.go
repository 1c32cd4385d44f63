package maintenance

import (
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Schedule is the maintenance schedule as one answer of the leading master has it. It is a
// value: what changes it gives another.
type Schedule []dcos.ScheduledWindow

// Change is what is wanted of a schedule. What is cancelled is named as it was added.
type Change struct {
	Cancel []dcos.MaintenanceWindow
	Add    []dcos.MaintenanceWindow
}

// Merge makes a change, and leaves the text and the order of all other windows alone. A
// change that has been made already changes nothing.
func (s Schedule) Merge(c Change) Schedule { return s.Cancel(c.Cancel...).Add(c.Add...) }

// Add appends the windows that are not there.
func (s Schedule) Add(windows ...dcos.MaintenanceWindow) Schedule {
	all := slices.Clone(s)
	for _, w := range windows {
		if !all.Has(w) {
			all = append(all, w.Scheduled())
		}
	}
	return all
}

// Cancel removes windows, and what is left of a window after some of its machines were
// brought up.
func (s Schedule) Cancel(windows ...dcos.MaintenanceWindow) Schedule {
	var kept Schedule
	for _, w := range s {
		if !slices.ContainsFunc(windows, func(ours dcos.MaintenanceWindow) bool { return isPartOf(w.MaintenanceWindow, ours) }) {
			kept = append(kept, w)
		}
	}
	return kept
}

// Has reports whether a window is there with all of its machines and no other.
func (s Schedule) Has(w dcos.MaintenanceWindow) bool {
	return slices.ContainsFunc(s, func(o dcos.ScheduledWindow) bool {
		return equal(o.MaintenanceWindow, w)
	})
}

// Made reports whether a schedule has all that a change adds, and nothing that it cancels.
func (s Schedule) Made(c Change) bool {
	for _, w := range c.Add {
		if !s.Has(w) {
			return false
		}
	}
	return len(s.Cancel(c.without()...)) == len(s)
}

// without is what a change cancels and does not add again.
func (c Change) without() (gone []dcos.MaintenanceWindow) {
	for _, w := range c.Cancel {
		if !slices.ContainsFunc(c.Add, func(added dcos.MaintenanceWindow) bool { return isPartOf(added, w) }) {
			gone = append(gone, w)
		}
	}
	return gone
}

// Lost are the windows, foreign to a change, that a later schedule does not have any more.
func (s Schedule) Lost(c Change, later Schedule) Schedule {
	var lost Schedule
	for _, w := range s.foreign(c) {
		same := func(o dcos.ScheduledWindow) bool { return o.Text == w.Text }
		if !slices.ContainsFunc(later, same) {
			lost = append(lost, w)
		}
	}
	return lost
}

// foreign are the windows that a change leaves alone.
func (s Schedule) foreign(c Change) (left Schedule) {
	for _, w := range s.Cancel(c.Cancel...) {
		if !slices.ContainsFunc(c.Add, func(ours dcos.MaintenanceWindow) bool { return equal(w.MaintenanceWindow, ours) }) {
			left = append(left, w)
		}
	}
	return left
}

// isPartOf reports whether w is a window, or what is left of it.
func isPartOf(w, of dcos.MaintenanceWindow) bool {
	if len(w.Machines) == 0 || !w.Start.Equal(of.Start) || w.Duration != of.Duration {
		return false
	}
	for _, m := range w.Machines {
		if !has(of.Machines, m) {
			return false
		}
	}
	return true
}

func equal(a, b dcos.MaintenanceWindow) bool { return isPartOf(a, b) && isPartOf(b, a) }

func has(machines []dcos.Machine, m dcos.Machine) bool {
	return slices.ContainsFunc(machines, func(o dcos.Machine) bool { return same(o, m) })
}

// same is how Mesos compares machines: one that lacks a part is another machine.
func same(a, b dcos.Machine) bool { return strings.EqualFold(a.Hostname, b.Hostname) && a.IP == b.IP }
