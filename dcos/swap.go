package dcos

import (
	"fmt"
	"slices"
	"strings"
)

// UnitDir holds the unit files of DC/OS, and TargetWants the names of the units
// that dcos.target starts.
const (
	UnitDir     = "/etc/systemd/system"
	TargetWants = UnitDir + "/dcos.target.wants"
)

// The stages of pkgpanda's swap, as install_progress has them.
const (
	SwapArchive = "archive"  // the old set is stopped and moved aside
	SwapMoveNew = "move_new" // the new set is moved into place
)

// SwapNames are what the swap moves, in pkgpanda's order. TargetWants is one of
// them; the others are below /opt/mesosphere.
func SwapNames() []string {
	return []string{"bin", "etc", "include", "lib", "dcos.target.wants", "environment", "environment.export", "active", "active.buildinfo.full.json"}
}

// SwapPath is where a name of the swap is.
func SwapPath(name string) string {
	if name == "dcos.target.wants" {
		return TargetWants
	}
	return "/opt/mesosphere/" + name
}

// CutSwap is what a node says of a swap that was cut: how far it had come.
type CutSwap struct {
	Stage   string   // SwapArchive or SwapMoveNew; empty: install_progress cannot be read
	Missing []string // the names of the swap that are not in place
	Units   int      // units of dcos.target.wants whose unit file is in place
	Setup   string   // ActiveState of dcos-setup.service, "not-found" where there is none; empty: unknown
}

// FinishesAtBoot reports whether dcos-setup.service, which runs pkgpanda once at
// boot, can finish the swap, and why not. Measured with the pkgpanda of DC/OS 2.1
// (position by position: internal/swap): it can only while nothing has been
// moved and a unit file is left.
func (c CutSwap) FinishesAtBoot() (bool, string) {
	switch {
	case c.Stage != SwapArchive && c.Stage != SwapMoveNew:
		return false, "install_progress cannot be read"
	case slices.Contains(c.Missing, "bin"), slices.Contains(c.Missing, "environment"):
		return false, "dcos-setup.service cannot run without " + strings.Join(c.missing("bin", "environment"), " and ")
	case c.Stage == SwapMoveNew:
		return false, "pkgpanda asks for files that it has already moved"
	case len(c.Missing) > 0 || c.Units == 0:
		return false, "pkgpanda finds no unit that it could stop"
	case c.Setup == "failed" || c.Setup == "not-found":
		return false, "dcos-setup.service is " + c.Setup
	}
	return true, ""
}

func (c CutSwap) missing(names ...string) []string {
	var out []string
	for _, n := range names {
		if slices.Contains(c.Missing, n) {
			out = append(out, SwapPath(n))
		}
	}
	return out
}

// String tells how far the swap had come.
func (c CutSwap) String() string {
	s := "cut in stage " + c.Stage
	if c.Stage == "" {
		s = "cut in a stage that cannot be read"
	}
	if len(c.Missing) == 0 {
		return s + ", nothing missing"
	}
	return fmt.Sprintf("%s, missing: %s", s, strings.Join(c.Missing, " "))
}
