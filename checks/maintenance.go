package checks

import (
	"context"
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// maintenance is what the leader says of machines under maintenance, or why it
// says nothing.
type maintenance struct {
	status  dcos.MaintenanceStatus
	windows []dcos.MaintenanceWindow
	err     error
}

// maintenance asks the leader. Where none works, that is said by others.
func (c *Cluster) maintenance(ctx context.Context, l leadership) (m maintenance) {
	r, ok := l.leader()
	if _, why := l.broken(minority(len(l.readings))); why != "" || !ok {
		return maintenance{}
	}
	leader := c.peers[r.node.Name].mesos
	if m.status, m.err = overHTTP(ctx, leader.MaintenanceStatus); m.err == nil {
		m.windows, m.err = overHTTP(ctx, leader.MaintenanceSchedule)
	}
	return m
}

// unread is a finding where the leader does not say what is under maintenance.
func (m maintenance) unread() []dcos.Finding {
	if m.err == nil {
		return nil
	}
	q := question{"maintenance", "", "the leader's maintenance status and schedule"}
	return []dcos.Finding{q.unknown("%s", words(m.err))}
}

// of says whether the machine with an address is down, and whether it is
// scheduled, with its window.
func (m maintenance) of(ip string) (down, scheduled bool, window string) {
	is := func(one dcos.Machine) bool { return one.Is(ip) }
	for _, w := range m.windows {
		if slices.ContainsFunc(w.Machines, is) {
			scheduled, window = true, w.String()
			break
		}
	}
	down = slices.ContainsFunc(m.status.Down, is)
	scheduled = scheduled || slices.ContainsFunc(m.status.Draining, is)
	if scheduled && window == "" {
		window = "at a time that the schedule does not say"
	}
	return down, scheduled, window
}

// upkeep is the state of an agent under maintenance, in words.
func (m maintenance) upkeep(ip, leader string) (down bool, text string) {
	down, scheduled, window := m.of(ip)
	switch {
	case down:
		return true, fmt.Sprintf("its machine is DOWN for maintenance at leader %s", leader)
	case scheduled:
		return false, fmt.Sprintf("its machine is scheduled for maintenance at leader %s, %s", leader, window)
	}
	return false, ""
}
