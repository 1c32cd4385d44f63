package dcos

import "errors"

// Unit is a systemd unit as the node program's verb `units` shows it.
type Unit struct {
	Name, Load, Active, Sub string
	Result                  string // empty for units without one (targets)
	MainPID                 int    // 0: no main process
	StartTicks              uint64 // start of the main process in clock ticks since boot; 0: no main process
	Exe                     string // executable of the main process; empty when not readable
	BootID                  string
	Restarts                Count  // unknown before systemd 235
	ActiveEnterMonotonic    uint64 // microseconds since boot; 0: never active in this boot
}

// Process identifies the main process over time and reboots, or is empty.
func (u Unit) Process() string { return "" }

// ParseUnits reads the output of the node program's verb `units`.
func ParseUnits(b []byte) ([]Unit, error) { return nil, errors.New("not written yet") }
