package checks

import (
	"fmt"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Process is the main process of a unit, as the node's own /proc tells it.
// Boot id, process id and start ticks together identify it; no clock does.
type Process struct {
	Unit       string `json:"unit"`
	BootID     string `json:"boot_id,omitempty"`
	PID        int    `json:"pid,omitempty"`         // 0: the unit had no main process
	StartTicks uint64 `json:"start_ticks,omitempty"` // field 22 of /proc/PID/stat
	Exe        string `json:"exe,omitempty"`         // empty when not readable
}

func processOf(u dcos.Unit) Process {
	return Process{Unit: u.Name, BootID: u.BootID, PID: u.MainPID, StartTicks: u.StartTicks, Exe: u.Exe}
}

// known reports whether the process can be told from every other one.
func (p Process) known() bool { return p.BootID != "" && p.PID > 0 && p.StartTicks > 0 }

// same reports whether two sightings are of one process.
func (p Process) same(q Process) bool {
	return p.BootID == q.BootID && p.PID == q.PID && p.StartTicks == q.StartTicks
}

// id names the process in samples; empty when it is not known.
func (p Process) id() string {
	if !p.known() {
		return ""
	}
	return fmt.Sprintf("%s/%d/%d", p.BootID, p.PID, p.StartTicks)
}

// packageDir is where active packages' files really are.
const packageDir = "/opt/mesosphere/packages/"

// pkg is the id of the package that the executable belongs to; empty when that
// cannot be told (a daemon run by the system's java, an unreadable link).
func (p Process) pkg() string {
	rest, ours := strings.CutPrefix(p.Exe, packageDir)
	if !ours {
		return ""
	}
	id, _, _ := strings.Cut(rest, "/")
	return id
}
