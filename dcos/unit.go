package dcos

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Unit is a systemd unit as the node program's verb `units` shows it
// (docs/node-program.md).
type Unit struct {
	Name   string // Id: "dcos-mesos-master.service"
	Load   string // loaded, not-found, masked ...
	Active string // active, activating, inactive, failed ...
	Sub    string // running, auto-restart, dead, waiting ...
	Result string // success, exit-code ...; empty for units without one (targets)

	MainPID    int    // 0: no main process
	StartTicks uint64 // its start in clock ticks since boot; 0: no main process, or it ended while being looked at
	Exe        string // its executable; empty when it could not be read
	BootID     string // the node's boot

	Restarts             Count  // NRestarts; unknown before systemd 235
	ActiveEnterMonotonic uint64 // microseconds since boot; 0: never active in this boot
}

// Process identifies the main process over time and reboots: equal texts mean
// the same process. It is empty when there is none or when it is not known
// which; two empty ones prove nothing.
func (u Unit) Process() string {
	if u.BootID == "" || u.MainPID <= 0 || u.StartTicks == 0 {
		return ""
	}
	return fmt.Sprintf("%s/%d/%d", u.BootID, u.MainPID, u.StartTicks)
}

// Running reports whether the unit is active with something in it running.
func (u Unit) Running() bool { return u.Active == "active" && u.Sub == "running" }

// mostUnits bounds an answer: DC/OS has some sixty units on a node.
const mostUnits = 2000

// ParseUnits reads the output of the node program's verb `units`: blocks of
// KEY=VALUE lines, a blank line between units. Unknown keys are ignored.
func ParseUnits(b []byte) ([]Unit, error) {
	const what = "units"
	var units []Unit
	seen := map[string]bool{}
	for block := range bytes.SplitSeq(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")), []byte("\n\n")) {
		if len(bytes.TrimSpace(block)) == 0 {
			continue
		}
		keys, err := unitKeys(string(block))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
		u, err := unit(keys)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
		if len(units) == mostUnits {
			return nil, fmt.Errorf("%s: more than %d: no node has so many", what, mostUnits)
		}
		if seen[u.Name] {
			return nil, fmt.Errorf("%s: %s is listed twice", what, u.Name)
		}
		seen[u.Name] = true
		units = append(units, u)
	}
	if len(units) == 0 {
		return nil, errors.New(what + ": " + looksLike(b))
	}
	return units, nil
}

func unitKeys(block string) (map[string]string, error) {
	keys := map[string]string{}
	for line := range strings.Lines(block) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			continue
		}
		key, value, found := strings.Cut(line, "=")
		if _, twice := keys[key]; !found || key == "" || twice {
			return nil, fmt.Errorf("line %q: want KEY=VALUE, each key once", clip(line))
		}
		keys[key] = value
	}
	return keys, nil
}

func unit(keys map[string]string) (Unit, error) {
	for _, key := range []string{"Id", "LoadState", "ActiveState", "SubState", "BootID", "ActiveEnterTimestampMonotonic"} {
		if keys[key] == "" {
			return Unit{}, missing("unit "+clip(keys["Id"]), key)
		}
	}
	u := Unit{
		Name: keys["Id"], Load: keys["LoadState"], Active: keys["ActiveState"], Sub: keys["SubState"],
		Result: keys["Result"], Exe: keys["Exe"], BootID: keys["BootID"],
	}
	var bad error
	number := func(key string, bits int) uint64 { // absent or empty is 0
		if keys[key] == "" {
			return 0
		}
		n, err := strconv.ParseUint(keys[key], 10, bits)
		if err != nil {
			bad = fmt.Errorf("%s: field %s is %q, want a number", u.Name, key, clip(keys[key]))
		}
		return n
	}
	u.MainPID = int(number("MainPID", 31))
	u.StartTicks = number("StartTicks", 64)
	u.ActiveEnterMonotonic = number("ActiveEnterTimestampMonotonic", 64)
	if keys["NRestarts"] != "" {
		u.Restarts = KnownCount(int(number("NRestarts", 31)))
	}
	if bad != nil {
		return Unit{}, bad
	}
	return u, nil
}
