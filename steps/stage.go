package steps

import (
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/internal/shorten"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// stage puts what the patch needs on the node and fetches the packages, while
// the node serves. It may be repeated.
type stage struct{ machine }

func (s *stage) start(Answer) Move {
	s.begin()
	return s.inTurn(append(install(), Fetch, Survey), Call{}, func(v Verb, a Answer) Move {
		switch {
		case a.Err == nil:
			return s.fetched(a)
		case v == Fetch:
			return s.unlaunched("fetching packages", a.Err)
		case v == Survey:
			return s.unlaunched("looking at the fetched packages", a.Err)
		}
		return s.unlaunched("putting the script on the node", a.Err)
	})
}

func (s *stage) fetched(a Answer) Move {
	missing := slices.DeleteFunc(slices.Clone(s.task.Plan.Script.Packages), func(id string) bool { return slices.Contains(a.Survey.Fetched, id) })
	switch {
	case len(missing) > 0:
		return end(failed(plan.BeforeSwap, "packages are not on the node although the fetch succeeded: %s", shorten.List(missing, 3, " ")))
	case plan.ConfigPackage(s.task.Plan.Script.Packages) == "":
		return s.staged()
	}
	return s.call(Call{Do: RunIPDetect}, s.sameAddress)
}

// sameAddress judges what the ip-detect said that the patch will bring: with another
// answer the node would come back as another one.
func (s *stage) sameAddress(a Answer) Move {
	pkg, known := plan.ConfigPackage(s.task.Plan.Script.Packages), s.task.Node().IP
	switch {
	case a.Err != nil:
		return s.unlaunched("running the target's ip-detect", a.Err)
	case a.IP != "" && a.IP != known:
		return end(failed(plan.BeforeSwap, "the target's ip-detect (%s) prints %q, and the node is known by %s: patched, Mesos would take it for another node; correct genconf/ip-detect and generate the script again", pkg, a.IP, known))
	}
	return s.staged()
}

func (s *stage) staged() Move {
	return end(plan.Report{Outcome: plan.Done, Detail: fmt.Sprintf("holds all %d packages", len(s.task.Plan.Script.Packages))})
}

// unlaunched reports a step that ended before anything was launched.
func (s *stage) unlaunched(doing string, err error) Move {
	if s.over() {
		return s.inDoubt(err)
	}
	return end(failed(plan.BeforeSwap, "%s: %s; nothing was started", doing, sshexec.Reason(err)))
}
