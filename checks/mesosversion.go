package checks

import (
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// judgeMesosVersion demands that the running daemon is the target's: by the
// version it says, or by the package that it runs from where the plan does not
// know the version. (mesos-master --version would read the new file, not the
// running daemon.)
func judgeMesosVersion(u dcos.Unit, v dcos.MesosVersion, a expectation) Answer {
	q := question{"mesos-version", a.node.Name, "the target's Mesos"}
	if a.mesos != "" {
		q.want = fmt.Sprintf("Mesos %s", a.mesos)
	}
	now := processOf(u)
	if s, why := a.restarted(now); why != "" {
		return Answer{Finding: q.say(s, "%s", why)}
	}
	id := now.pkg()
	switch {
	case a.mesos != "" && v.Version != a.mesos:
		return Answer{Finding: q.failed("the running daemon is Mesos %s", orUnknown(v.Version))}
	case a.mesos == "" && id == "":
		return Answer{Finding: q.unknown("neither the target's Mesos version nor the package of the running daemon (%s) is known", orUnknown(now.Exe))}
	case a.mesos == "" && !slices.Contains(a.target, id):
		return Answer{Finding: q.failed("Mesos %s runs from package %s, which the target does not have", orUnknown(v.Version), id)}
	}
	return Answer{Finding: q.passed("Mesos %s", orUnknown(v.Version)), Identity: now.id()}
}
