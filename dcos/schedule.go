package dcos

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// ScheduledWindow is a window together with the JSON that says it. A schedule is
// posted as a whole: windows of others go back as the master wrote them, but for white
// space.
type ScheduledWindow struct {
	MaintenanceWindow
	Text string
}

// Scheduled writes a window as Mesos wants it. A machine is named by what is known of
// it, since an empty name is a name to Mesos.
func (w MaintenanceWindow) Scheduled() ScheduledWindow {
	type nanoseconds struct {
		Nanoseconds int64 `json:"nanoseconds"`
	}
	type id struct {
		Hostname string `json:"hostname,omitempty"`
		IP       string `json:"ip,omitempty"`
	}
	var out struct {
		Machines       []id `json:"machine_ids"`
		Unavailability struct {
			Start    nanoseconds  `json:"start"`
			Duration *nanoseconds `json:"duration,omitempty"`
		} `json:"unavailability"`
	}
	for _, m := range w.Machines {
		out.Machines = append(out.Machines, id(m))
	}
	out.Unavailability.Start.Nanoseconds = w.Start.UnixNano()
	if w.Duration > 0 {
		out.Unavailability.Duration = &nanoseconds{w.Duration.Nanoseconds()}
	}
	b, err := json.Marshal(out)
	if err != nil {
		panic(err) // of strings and numbers
	}
	return ScheduledWindow{w, string(b)}
}

// ParseSchedule reads the answer to the v1 call GET_MAINTENANCE_SCHEDULE, and keeps each
// window's text.
func ParseSchedule(b []byte) ([]ScheduledWindow, error) {
	const what = "GET_MAINTENANCE_SCHEDULE"
	var windows []ScheduledWindow
	var raw struct {
		Schedule *struct {
			Windows []json.RawMessage `json:"windows"`
		} `json:"schedule"`
	}
	if err := decodeCall(what, "get_maintenance_schedule", b, &raw); err != nil {
		return nil, err
	}
	if raw.Schedule == nil {
		return nil, missing(what, "schedule")
	}
	for i, text := range raw.Schedule.Windows {
		at := fmt.Sprintf("%s: windows[%d]", what, i)
		var w rawWindow
		if err := decode(at, text, &w); err != nil {
			return nil, err
		}
		window, err := w.window(at)
		if err != nil {
			return nil, err
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, text); err != nil {
			return nil, err // of JSON
		}
		windows = append(windows, ScheduledWindow{window, compact.String()})
	}
	return windows, nil
}
