package checks

import (
	"fmt"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// replacements tell which tasks that were started since a baseline stand in for those
// of it that do not run any more: they run, are of the same framework and have the
// same name. Each stands in for one.
type replacements struct {
	seen map[string]dcos.AgentTask // every task, by id
	by   map[string]string         // task of the baseline → the one that stands in for it
}

func newReplacements(all dcos.Tasks, base *Baseline) replacements {
	r := replacements{seen: statesByID(all), by: map[string]string{}}
	type kind struct{ framework, name string }
	fresh := map[kind][]string{}
	for _, t := range all.Launched {
		if t.State == "TASK_RUNNING" && t.Name != "" && t.Ran.After(base.TakenAt) {
			k := kind{t.FrameworkID, t.Name}
			fresh[k] = append(fresh[k], t.ID)
		}
	}
	for _, id := range base.Tasks {
		t, there := r.seen[id]
		k := kind{t.FrameworkID, t.Name}
		if there && t.State != "TASK_RUNNING" && len(fresh[k]) > 0 {
			r.by[id], fresh[k] = fresh[k][0], fresh[k][1:]
		}
	}
	return r
}

// of says by what a lost task was replaced, to stand behind it.
func (r replacements) of(id string) string {
	if other := r.by[id]; other != "" {
		return " [replaced by " + other + "]"
	}
	if _, there := r.seen[id]; !there {
		return " [not known whether replaced]"
	}
	return " [not replaced so far]"
}

// sum counts those of the tasks that were replaced.
func (r replacements) sum(ids []string) string {
	n := 0
	for _, id := range ids {
		if r.by[id] != "" {
			n++
		}
	}
	return fmt.Sprintf("their frameworks have replaced %d of %d so far", n, len(ids))
}
