package answers

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// MachineID names a machine as operators do. One that lacks a part is another machine.
type MachineID struct {
	Hostname string `json:"hostname,omitempty"`
	IP       string `json:"ip,omitempty"`
}

func (m MachineID) is(o MachineID) bool {
	return strings.EqualFold(m.Hostname, o.Hostname) && m.IP == o.IP
}

func (m MachineID) in(list []MachineID) bool { return slices.ContainsFunc(list, m.is) }

// String is how Mesos writes it in its errors.
func (m MachineID) String() string {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // of strings
	}
	return string(b)
}

// Window is when machines are meant to be away.
type Window struct {
	Machines []MachineID
	Start    time.Time
	For      time.Duration // 0: without end
}

// Maintenance is what masters agree on about machines. It is a value: what changes it
// gives another.
type Maintenance struct {
	Windows []Window
	Down    []MachineID
	Known   []MachineID // that this leader has had in a schedule before

	Answers []InverseAnswer // of frameworks, to this leader
}

// InverseAnswer is what a framework has answered about a machine.
type InverseAnswer struct {
	Machine   MachineID
	Framework string
	Status    string
	At        time.Time
}

// scheduled are all machines of the windows.
func (m Maintenance) scheduled() (all []MachineID) {
	for _, w := range m.Windows {
		all = append(all, w.Machines...)
	}
	return all
}

// Schedules reports whether a window has the machine.
func (m Maintenance) Schedules(id MachineID) bool { return id.in(m.scheduled()) }

// Updated has other windows. What is down stays so.
func (m Maintenance) Updated(windows []Window) Maintenance {
	m.Known = append(slices.Clone(m.Known), m.scheduled()...)
	m.Windows = windows
	return m
}

// TakenDown has more machines that are down.
func (m Maintenance) TakenDown(machines []MachineID) Maintenance {
	m.Down = append(slices.Clone(m.Down), machines...)
	return m
}

// BroughtUp has machines neither down nor scheduled any more.
func (m Maintenance) BroughtUp(machines []MachineID) Maintenance {
	up := func(id MachineID) bool { return id.in(machines) }
	m.Known = append(slices.Clone(m.Known), machines...)
	m.Down = slices.DeleteFunc(slices.Clone(m.Down), up)
	var windows []Window
	for _, w := range m.Windows {
		if w.Machines = slices.DeleteFunc(slices.Clone(w.Machines), up); len(w.Machines) > 0 {
			windows = append(windows, w)
		}
	}
	m.Windows = windows
	return m
}

// IsDown reports whether a machine may have no agent.
func (m Maintenance) IsDown(id MachineID) bool { return id.in(m.Down) }

func (m Maintenance) schedule() Object {
	windows := []Object{}
	for _, w := range m.Windows {
		away := Object{"start": nanoseconds(w.Start)}
		if w.For > 0 {
			away["duration"] = Object{"nanoseconds": w.For.Nanoseconds()}
		}
		windows = append(windows, Object{"machine_ids": w.Machines, "unavailability": away})
	}
	return with(Object{}, "windows", windows)
}

func (m Maintenance) status() Object {
	draining := []Object{}
	for _, id := range m.scheduled() {
		if m.IsDown(id) {
			continue
		}
		machine, statuses := Object{"id": lower(id)}, []Object{}
		for _, a := range m.Answers {
			if a.Machine.is(id) {
				statuses = append(statuses, Object{"framework_id": Value{a.Framework}, "status": a.Status, "timestamp": nanoseconds(a.At)})
			}
		}
		draining = append(draining, with(machine, "statuses", statuses))
	}
	down := []MachineID{}
	for _, id := range m.Down {
		down = append(down, lower(id))
	}
	return with(with(Object{}, "draining_machines", draining), "down_machines", down)
}

// lower is a machine as an agent announces it.
func lower(m MachineID) MachineID { return MachineID{strings.ToLower(m.Hostname), m.IP} }

// with adds a list to an object, unless it is empty, as Mesos does of a message.
func with[T any](o Object, key string, list []T) Object {
	if len(list) > 0 {
		o[key] = list
	}
	return o
}
