package checks

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// checkKinds are the suites of dcos-check-runner that a running node has.
func checkKinds() []string { return []string{"node-poststart", "cluster"} }

// redChecks lists the checks that are red, by "suite/name", with what they
// printed, and those that only warn. A check that could not be run is red: the
// runner's exit code does not say so (FACTS §0.6).
func redChecks(reports map[string]dcos.CheckReport) (red map[string]string, warned []string) {
	red = make(map[string]string)
	for kind, r := range reports {
		worst := 0
		for name, c := range r.Checks {
			worst = max(worst, c.Severity())
			switch c.Severity() {
			case dcos.CheckCritical:
				red[kind+"/"+name] = fmt.Sprintf("status %d: %s", c.Status, said(c))
			case dcos.CheckUnknown:
				red[kind+"/"+name] = fmt.Sprintf("status %d, unknown: %s", c.Status, said(c))
			case dcos.CheckWarning:
				warned = append(warned, kind+"/"+name)
			}
		}
		for _, n := range r.NotRun {
			red[kind+"/not run: "+brief(n)] = r.Error
		}
		if r.Error != "" && len(r.NotRun) == 0 {
			red[kind+"/error"] = brief(r.Error)
		}
		if r.Error == "" && r.Status >= dcos.CheckCritical && r.Status > worst {
			red[kind+"/status"] = fmt.Sprintf("status %d that no check explains", r.Status)
		}
	}
	slices.Sort(warned)
	return red, warned
}

// judgeCheckRunner demands that no check is red that was not red before.
func judgeCheckRunner(reports map[string]dcos.CheckReport, a expectation) Answer {
	q := question{"check-runner", a.node.Name, "no check red that was not red before"}
	if why := a.noBaseline(); why != "" {
		return Answer{Finding: q.unknown("%s", why)}
	}
	for _, kind := range checkKinds() {
		if _, asked := reports[kind]; !asked {
			return Answer{Finding: q.unknown("the checks of %s were not run", kind)}
		}
	}
	red, warned := redChecks(reports)
	var fresh, old []string
	for _, name := range slices.Sorted(maps.Keys(red)) {
		switch {
		case a.wasRed(name):
			old = append(old, name)
		case slices.Contains(a.expected, name):
			warned = append(warned, name+" (expected until the masters are done)")
		default:
			fresh = append(fresh, fmt.Sprintf("%s (%s)", name, red[name]))
		}
	}
	return Answer{Finding: redFinding(q, fresh, old, warned)}
}

func (a expectation) wasRed(check string) bool {
	if a.base == nil {
		return false
	}
	_, was := a.base.RedChecks[check]
	return was
}

// redFinding sums up what is red now: new is a failure, old and warned are
// shown and pass.
func redFinding(q question, fresh, old, warned []string) dcos.Finding {
	if len(fresh) > 0 {
		return q.failed("red: %s", strings.Join(fresh, "; "))
	}
	f := q.passed("nothing red")
	if len(old)+len(warned) == 0 {
		return f
	}
	var parts []string
	if len(old) > 0 {
		parts = append(parts, "red before too: "+some(old))
	}
	if len(warned) > 0 {
		parts = append(parts, "to look at: "+some(warned))
	}
	f.Status, f.Observed = dcos.Warned, strings.Join(parts, "; ")
	return f
}

// said is what a check printed.
func said(c dcos.CheckResult) string { return cmp.Or(brief(c.Output), "no output") }
