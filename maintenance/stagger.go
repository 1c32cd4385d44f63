package maintenance

import (
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Planned is a machine, and for how long it will be away.
type Planned struct {
	Machine  dcos.Machine
	Estimate time.Duration
}

// Stagger spreads machines in their order over windows that follow each other, so that no
// more than width of them are away at a time. A window lasts as long as the longest estimate
// in it. For groups that follow each other, give the end of the last window as the next start.
func Stagger(start time.Time, width int, machines []Planned) ([]dcos.MaintenanceWindow, error) {
	if width < 1 {
		return nil, fmt.Errorf("a width of %d, want at least 1", width)
	}
	var windows []dcos.MaintenanceWindow
	for i, m := range machines {
		if m.Estimate < ShortestWindow || m.Estimate > LongestWindow {
			return nil, fmt.Errorf("machine %s: an estimate of %s, want %s to %s", Name(m.Machine), m.Estimate, ShortestWindow, LongestWindow)
		}
		if i%width == 0 {
			if len(windows) > 0 {
				start = start.Add(windows[len(windows)-1].Duration)
			}
			windows = append(windows, dcos.MaintenanceWindow{Start: start})
		}
		last := &windows[len(windows)-1]
		last.Machines = append(last.Machines, m.Machine)
		last.Duration = max(last.Duration, m.Estimate)
	}
	return windows, nil
}
