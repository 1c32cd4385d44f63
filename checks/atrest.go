package checks

import (
	"fmt"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// atRest: no patch runs on any master, none was begun whose end is not known,
// and no swap of packages was cut short, by any run. Between two masters
// of a run nothing is under way on any of them, and while agents are patched
// neither: a controller that lost the run, or a second one, shows here. The
// lane at work needs no exception, since the cluster is not asked to spare a
// master while another's script runs.
func (v view) atRest() (f dcos.Finding, dueTo []inventory.NodeName) {
	q := question{"at-rest", "", "no patch running on any master, by any run, and no swap cut short"}
	status, busy := dcos.Passed, []string(nil)
	for _, m := range v.looks {
		s, why := m.busy()
		if why == "" {
			continue
		}
		if s == dcos.Failed || status == dcos.Passed {
			status = s
		}
		busy = append(busy, by(m.node.Name, why))
		dueTo = append(dueTo, m.node.Name)
	}
	if len(busy) > 0 {
		return q.say(status, "%s", strings.Join(busy, "; ")), dueTo
	}
	return q.passed("nothing is under way on %d masters", len(v.looks)), nil
}

// busy is what is under way on a master; empty when nothing is.
func (m masterLook) busy() (dcos.Status, string) {
	if m.surveyErr != nil {
		return dcos.Unknown, words(m.surveyErr)
	}
	if unit := m.survey.RunningUnit(); unit != "" { // in whose middle a swap is no news
		return dcos.Failed, "a patch runs on it: " + unit
	}
	for _, r := range m.survey.Receipts {
		if r.Open() {
			return dcos.Failed, fmt.Sprintf("attempt %d of script %.12s was begun on it, and its end is not known", r.Attempt, r.SHA256)
		}
	}
	if m.survey.MidSwap {
		return dcos.Failed, "its swap of packages was cut short: " + dcos.InstallProgress + " exists"
	}
	return dcos.Passed, ""
}
