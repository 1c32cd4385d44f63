package dcos

import (
	"fmt"
	"strings"
	"time"
)

// Machine is how a maintenance schedule names a machine. Mesos accepts either
// part alone, and then matches no agent; a person may mean one all the same.
type Machine struct {
	Hostname string `json:"hostname"`
	IP       string `json:"ip"`
}

// Is reports whether the machine is the node with an address, or may be meant
// to be: in DC/OS an agent's hostname is its address.
func (m Machine) Is(ip string) bool {
	return ip != "" && (m.IP == ip || strings.EqualFold(m.Hostname, ip))
}

// MaintenanceStatus is what the leading master says of machines under
// maintenance. A scheduled machine is draining from the moment that it is
// scheduled, whenever its window begins.
type MaintenanceStatus struct {
	Draining []Machine
	Down     []Machine
}

// MaintenanceWindow is when machines are meant to be away.
type MaintenanceWindow struct {
	Machines []Machine
	Start    time.Time
	Duration time.Duration // 0: no end is planned
}

// String is "from 2026-12-01 22:00 UTC for 1h0m0s".
func (w MaintenanceWindow) String() string {
	from := "from " + w.Start.UTC().Format("2006-01-02 15:04 MST")
	if w.Duration == 0 {
		return from + ", no end planned"
	}
	return fmt.Sprintf("%s for %s", from, w.Duration)
}

// ParseMaintenanceStatus reads the answer to the v1 call GET_MAINTENANCE_STATUS.
// Only a leading master that has recovered answers it: the v0 endpoint says
// "nothing scheduled" before.
func ParseMaintenanceStatus(b []byte) (MaintenanceStatus, error) {
	const what = "GET_MAINTENANCE_STATUS"
	var s MaintenanceStatus
	var raw struct {
		Status *struct {
			Draining []struct {
				ID Machine `json:"id"`
			} `json:"draining_machines"`
			Down []Machine `json:"down_machines"`
		} `json:"status"`
	}
	if err := decodeCall(what, "get_maintenance_status", b, &raw); err != nil {
		return s, err
	}
	if raw.Status == nil {
		return s, missing(what, "status")
	}
	for i, m := range raw.Status.Draining {
		if err := m.ID.named(fmt.Sprintf("%s: draining_machines[%d].id", what, i)); err != nil {
			return MaintenanceStatus{}, err
		}
		s.Draining = append(s.Draining, m.ID)
	}
	for i, m := range raw.Status.Down {
		if err := m.named(fmt.Sprintf("%s: down_machines[%d]", what, i)); err != nil {
			return MaintenanceStatus{}, err
		}
	}
	s.Down = raw.Status.Down
	return s, nil
}

func (m Machine) named(at string) error {
	if m.Hostname == "" && m.IP == "" {
		return fmt.Errorf("%s names no machine", at)
	}
	return nil
}

// rawWindow is a window as the v1 API writes it.
type rawWindow struct {
	Machines       []Machine `json:"machine_ids"`
	Unavailability *struct {
		Start    *v1Time `json:"start"`
		Duration *v1Time `json:"duration"`
	} `json:"unavailability"`
}

// ParseMaintenanceSchedule reads the answer to the v1 call
// GET_MAINTENANCE_SCHEDULE.
func ParseMaintenanceSchedule(b []byte) ([]MaintenanceWindow, error) {
	schedule, err := ParseSchedule(b)
	if err != nil {
		return nil, err
	}
	var windows []MaintenanceWindow
	for _, s := range schedule {
		windows = append(windows, s.MaintenanceWindow)
	}
	return windows, nil
}

func (r rawWindow) window(at string) (MaintenanceWindow, error) {
	w := MaintenanceWindow{Machines: r.Machines}
	for i, m := range r.Machines {
		if err := m.named(fmt.Sprintf("%s.machine_ids[%d]", at, i)); err != nil {
			return w, err
		}
	}
	if r.Unavailability == nil {
		return w, missing(at, "unavailability")
	}
	if w.Start = r.Unavailability.Start.utc(); w.Start.IsZero() {
		return w, missing(at, "unavailability.start")
	}
	if d := r.Unavailability.Duration; d != nil && d.Nanoseconds != nil {
		w.Duration = time.Duration(*d.Nanoseconds)
	}
	if w.Duration < 0 {
		return w, fmt.Errorf("%s: a duration of %s", at, w.Duration)
	}
	return w, nil
}
