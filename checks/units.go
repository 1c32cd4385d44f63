package checks

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// blockList are the units that must be up whatever the baseline says. A node
// without its Mesos unit is no node; the others are asked for where the node
// has them, or had them.
func blockList(r dcos.Role) []string {
	if r == dcos.Master {
		return []string{r.MesosUnit(), exhibitorUnit, netUnit}
	}
	// Without telegraf's socket no task starts (COPS-6512); without its own
	// the agent cannot be reached by executors.
	socket := strings.TrimSuffix(r.MesosUnit(), ".service") + ".socket"
	return []string{r.MesosUnit(), socket, netUnit, "dcos-telegraf.socket"}
}

// unitStates is how each unit was: "active/running".
func unitStates(units []dcos.Unit) map[string]string {
	states := make(map[string]string, len(units))
	for _, u := range units {
		states[u.Name] = u.Active + "/" + u.Sub
	}
	return states
}

// redUnits lists units that are red, with the reason. before is how units
// were at the baseline, nil without one: a service that ran then and rests now
// is red, one that rested then (a oneshot) is not.
func redUnits(units []dcos.Unit, role dcos.Role, before map[string]string) map[string]string {
	names := make(map[string]bool, len(units))
	for _, u := range units {
		names[u.Name] = true
	}
	red := make(map[string]string)
	for _, u := range units {
		stem, service := strings.CutSuffix(u.Name, ".service")
		woken := service && (names[stem+".timer"] || names[stem+".socket"])
		if why := redUnit(u, woken, mustRun(u.Name, role, before)); why != "" {
			red[u.Name] = why + restarts(u)
		}
	}
	return red
}

// mustRun reports whether a unit that rests is a fault.
func mustRun(name string, role dcos.Role, before map[string]string) bool {
	if slices.Contains(blockList(role), name) || !strings.HasSuffix(name, ".service") {
		return true
	}
	return before[name] == "active/running"
}

// redUnit says why one unit is red; empty when it is not. woken is a service
// that a timer or socket starts when it is needed.
func redUnit(u dcos.Unit, woken, must bool) string {
	state := fmt.Sprintf("%s (%s)", orUnknown(u.Active), orUnknown(u.Sub))
	switch u.Active {
	case "active", "reloading":
		return ""
	case "inactive":
		if u.Load != "loaded" && u.Load != "" {
			return u.Load
		}
		if !must || woken && !isBlocked(u.Name) {
			return badResult(u.Result)
		}
		return state
	case "activating":
		if woken && u.Sub != "auto-restart" {
			return "" // a timer's service at work
		}
		return state
	}
	return state // failed, deactivating, or a state that is not known here
}

// badResult is a result that is not success, of a unit that does not run.
func badResult(result string) string {
	if result == "" || result == "success" {
		return ""
	}
	return "result " + result
}

// isBlocked reports whether any role blocks on the unit.
func isBlocked(name string) bool {
	for _, r := range []dcos.Role{dcos.Master, dcos.PrivateAgent, dcos.PublicAgent} {
		if slices.Contains(blockList(r), name) {
			return true
		}
	}
	return false
}

// judgeUnits demands that no unit is red that was not so before, sockets and
// timers too, and that the units of the block list are up in any case.
func judgeUnits(units []dcos.Unit, a expectation) Answer {
	q := question{"units", a.node.Name, "no unit failed or inactive that was not so before"}
	if why := a.noBaseline(); why != "" {
		return Answer{Finding: q.unknown("%s", why)}
	}
	var states, redBefore map[string]string
	if a.base != nil {
		states, redBefore = a.base.Units, a.base.RedUnits
	}
	red := redUnits(units, a.node.Role, states)
	maps.Copy(red, absentUnits(units, a.node, states))
	var fresh, old, warned, names []string
	for _, name := range slices.Sorted(maps.Keys(red)) {
		_, was := redBefore[name]
		said := fmt.Sprintf("%s %s", name, red[name])
		switch {
		case slices.Contains(blockList(a.node.Role), name):
			fresh, names = append(fresh, said), append(names, name)
		case was:
			old = append(old, said)
		case slices.Contains(a.expected, name):
			warned = append(warned, said+", expected until the masters are done")
		default:
			fresh, names = append(fresh, said), append(names, name)
		}
	}
	return Answer{Finding: redFinding(q, fresh, old, warned), Identity: processIn(units, netUnit).id(), Red: names}
}

// netUnit restarts forever where its data do not fit the version (COPS-5602):
// active at each look, and another process.
const netUnit = "dcos-net.service"

// processIn is the main process of one of the units.
func processIn(units []dcos.Unit, name string) Process {
	for _, u := range units {
		if u.Name == name {
			return processOf(u)
		}
	}
	return Process{}
}

// absentUnits are units of the block list that are not there: the Mesos unit
// always, the others when the baseline had them.
func absentUnits(units []dcos.Unit, n plan.Node, before map[string]string) map[string]string {
	absent := make(map[string]string)
	for _, name := range blockList(n.Role) {
		there := slices.ContainsFunc(units, func(u dcos.Unit) bool { return u.Name == name })
		_, was := before[name]
		if !there && (was || name == n.Role.MesosUnit()) {
			absent[name] = "is not there"
		}
	}
	return absent
}
