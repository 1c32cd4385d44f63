package steps

import (
	"fmt"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/plan"
)

// hold asks that no other agent be taken while one has been away for most of
// what Mesos allows. It speaks when that begins, once more when the time is up,
// and when the agent is back: not at every look.
type hold struct {
	hint  string // what a person can try, as the last gate that had an idea said
	asked bool
	spent bool
}

func (h *hold) see(away checks.Away, note func(plan.Note)) {
	switch {
	case !away.Hold():
		if h.asked {
			note(plan.Note{Detail: "is back at the leader"})
		}
		*h = hold{hint: h.hint}
	case away.Spent() && !h.spent:
		h.asked, h.spent = true, true
		note(plan.Note{Hold: true, Detail: fmt.Sprintf("%s: Mesos marks it unreachable now%s", away, h.try())})
	case !h.asked:
		h.asked = true
		note(plan.Note{Hold: true, Detail: fmt.Sprintf("%s; Mesos marks it unreachable %s%s", away, gaveUpAt(away), h.try())})
	}
}

// gaveUpAt is when Mesos will have waited long enough.
func gaveUpAt(away checks.Away) string {
	if away.Budget <= 0 {
		return "when that is over"
	}
	return "at " + away.Since.Add(away.Budget).Local().Format(plan.ClockText)
}

func (h *hold) try() string {
	if h.hint == "" {
		return ""
	}
	return "; try: " + h.hint
}
