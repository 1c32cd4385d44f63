package dcos

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"
)

// ParseMesosFlags reads the body of GET /flags: each flag's value as text.
func ParseMesosFlags(b []byte) (map[string]string, error) {
	const what = "Mesos flags"
	var raw struct {
		Flags map[string]*string `json:"flags"`
	}
	if err := decode(what, b, &raw); err != nil {
		return nil, err
	}
	if raw.Flags == nil {
		return nil, missing(what, "flags")
	}
	flags := make(map[string]string, len(raw.Flags))
	for _, name := range slices.Sorted(maps.Keys(raw.Flags)) {
		v := raw.Flags[name]
		if v == nil {
			return nil, fmt.Errorf("%s: %s is null", what, name)
		}
		flags[name] = *v
	}
	return flags, nil
}

// PingBudget is how long the leading master waits for an agent that does not
// answer before it gives the agent's tasks up: the ping timeout times the
// number of pings that may be missed. Both are the leading master's own flags
// (15secs x 20 in DC/OS, x 5 in Mesos); an absent one is an error.
func PingBudget(flags map[string]string) (time.Duration, error) {
	timeout, err := flag(flags, "agent_ping_timeout", "slave_ping_timeout")
	if err != nil {
		return 0, err
	}
	count, err := flag(flags, "max_agent_ping_timeouts", "max_slave_ping_timeouts")
	if err != nil {
		return 0, err
	}
	each, err := ParseMesosDuration(timeout)
	if err != nil {
		return 0, fmt.Errorf("flag agent_ping_timeout: %w", err)
	}
	n, err := strconv.ParseInt(count, 10, 64)
	if err != nil || n <= 0 || each <= 0 || n > math.MaxInt64/int64(each) {
		return 0, fmt.Errorf("flags agent_ping_timeout %q and max_agent_ping_timeouts %q give no budget", timeout, count)
	}
	return each * time.Duration(n), nil
}

// ReregisterBudget is how long the leading master waits after a failover for an
// agent that has not re-registered, before it gives the agent's tasks up: its own
// agent_reregister_timeout (10mins, the minimum). An absent flag is an error.
func ReregisterBudget(flags map[string]string) (time.Duration, error) {
	v, err := flag(flags, "agent_reregister_timeout", "slave_reregister_timeout")
	if err != nil {
		return 0, err
	}
	d, err := ParseMesosDuration(v)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("flag agent_reregister_timeout %q gives no budget", v)
	}
	return d, nil
}

// flag reads a flag by its name or the older one: Mesos reports a flag under
// the name by which it was set, and DC/OS still sets MESOS_MAX_SLAVE_PING_TIMEOUTS.
func flag(flags map[string]string, name, older string) (string, error) {
	v, ok := flags[name]
	w, old := flags[older]
	switch {
	case ok && old && v != w:
		return "", fmt.Errorf("flags %s %q and %s %q contradict each other", name, v, older, w)
	case ok:
		return v, nil
	case old:
		return w, nil
	}
	return "", fmt.Errorf("flag %s is missing", name)
}
