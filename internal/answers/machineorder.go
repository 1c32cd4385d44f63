package answers

import (
	"net"
	"slices"
	"strings"
	"time"
)

// update checks a schedule in Mesos's order: window by window, then what is down.
func (m Master) update(s postedSchedule) Reply {
	var windows []Window
	var seen []MachineID
	for _, w := range s.Windows {
		switch {
		case len(w.Machines) == 0:
			return bad("List of machines in the maintenance window is empty")
		case w.Unavailability.Duration.Nanoseconds < 0:
			return bad("Unavailability 'duration' is negative")
		}
		for _, id := range w.Machines {
			if no := named(id, &seen); no.Status != 0 {
				return no
			}
		}
		windows = append(windows, Window{w.Machines, time.Unix(0, int64(w.Unavailability.Start.Nanoseconds)).UTC(), time.Duration(w.Unavailability.Duration.Nanoseconds)})
	}
	for _, down := range m.maintenance().Down {
		if !down.in(seen) {
			return bad("Machine '%s' is deactivated and cannot be removed from the schedule", lower(down))
		}
	}
	return taken(Order{Call: "UPDATE_MAINTENANCE_SCHEDULE", Windows: windows})
}

// named checks the name of a machine, and that it comes once.
func named(id MachineID, seen *[]MachineID) Reply {
	ip := net.ParseIP(id.IP)
	switch {
	case id == MachineID{}:
		return bad("Both 'hostname' and 'ip' for a machine are empty")
	case id.IP != "" && (ip == nil || ip.To4() == nil || strings.Contains(id.IP, ":")):
		return bad("Failed to parse IPv4: %s", id.IP)
	case id.in(*seen):
		return bad("Machine '%s' appears more than once in the schedule", id)
	}
	*seen = append(*seen, id)
	return Reply{}
}

// listed checks the machines of a call that takes them down or up.
func (m Master) listed(machines []MachineID) Reply {
	if len(machines) == 0 {
		return bad("List of machines is empty")
	}
	var seen []MachineID
	for _, id := range machines {
		if no := named(id, &seen); no.Status != 0 {
			return no
		}
	}
	return Reply{}
}

func (m Master) start(machines []MachineID) Reply {
	if no := m.listed(machines); no.Status != 0 {
		return no
	}
	now := m.maintenance()
	for _, id := range machines {
		switch {
		case !m.knows(id):
			return bad("Machine '%s' is not part of a maintenance schedule", id)
		case !now.Schedules(id) || now.IsDown(id):
			return bad("Machine '%s' is not in DRAINING mode and cannot be brought down", id)
		}
	}
	return taken(Order{Call: "START_MAINTENANCE", Machines: machines})
}

func (m Master) stop(machines []MachineID) Reply {
	if no := m.listed(machines); no.Status != 0 {
		return no
	}
	for _, id := range machines {
		switch {
		case !m.knows(id):
			return bad("Machine '%s' is not part of a maintenance schedule", id)
		case !m.maintenance().IsDown(id):
			return bad("Machine '%s' is not in DOWN mode and cannot be brought up", id)
		}
	}
	return taken(Order{Call: "STOP_MAINTENANCE", Machines: machines})
}

// knows reports whether the master has ever heard of a machine: from a schedule, or from
// an agent.
func (m Master) knows(id MachineID) bool {
	now := m.maintenance()
	if now.Schedules(id) || now.IsDown(id) || id.in(now.Known) {
		return true
	}
	return m.Recovered && slices.ContainsFunc(m.Agents(), func(a Agent) bool { return a.Phase != Unlisted && id.is(a.machine()) })
}
