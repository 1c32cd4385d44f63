package checks

import "github.com/dcos-patch/dcos-patch/dcos"

// judgeMesosUnit demands the Mesos unit active with a new process. DC/OS
// restarts it forever, so that a moment of "active" says little: the process
// is the row's identity, and another one begins the row again.
func judgeMesosUnit(u dcos.Unit, a expectation) Answer {
	q := question{"mesos-master", a.node.Name, "active with one new main process"}
	if u.Active != "active" {
		f := q.failed("%s is %s (%s)%s", u.Name, orUnknown(u.Active), orUnknown(u.Sub), restarts(u))
		return Answer{Finding: f, Red: []string{u.Name}}
	}
	now := processOf(u)
	if s, why := a.restarted(now); why != "" {
		return Answer{Finding: q.say(s, "%s", why)}
	}
	return Answer{Finding: q.passed("%s active, pid %d", u.Name, now.PID), Identity: now.id()}
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

// restarts says how often systemd has restarted a unit, where it counts.
func restarts(u dcos.Unit) string {
	if !u.Restarts.Known || u.Restarts.N == 0 {
		return ""
	}
	return ", restarted " + u.Restarts.String() + " times"
}
