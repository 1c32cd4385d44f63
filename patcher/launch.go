package patcher

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// verdict is what a launch probe found out. The zero status is unknown.
type verdict struct {
	status   dcos.Status
	observed string
	hint     string
}

// launch decides what a probe's framework does about each event. It has no
// clock and no network.
type launch struct {
	agent string // id of the agent that the task must run on
	tasks *int   // used so far

	task    string // the one that was launched; empty while an offer is waited for
	running bool   // the executor has said so
	why     string // what it waits for, in words
}

// order is one call of the framework.
type order struct {
	do      deed
	offers  []dcos.Offer
	seconds float64 // doDecline: for how long
	task    string
	update  dcos.TaskUpdate
}

type deed uint8

const (
	doRevive deed = iota
	doSuppress
	doDecline
	doLaunch
	doAcknowledge
)

// For how long declined offers are not made again, in seconds: those of other
// agents not at all, one that was too small soon, since tasks end.
const (
	refuseOthers   = 3600
	refuseTooSmall = 5
)

func (l *launch) waiting() bool { return l.task == "" }

// hear is what comes of an event; end is set when the probe is over.
func (l *launch) hear(e dcos.SchedulerEvent) (do []order, end *verdict) {
	switch e.Type {
	case dcos.EventOffers:
		return l.offered(e.Offers), nil
	case dcos.EventUpdate:
		return l.updated(e.Update)
	}
	return nil, nil
}

// offered takes the first offer of the agent that has room, and nothing else.
func (l *launch) offered(offers []dcos.Offer) []order {
	var take *dcos.Offer
	var small, others []dcos.Offer
	for _, o := range offers {
		_, enough := o.Carve(probeCPUs, probeMem)
		switch {
		case o.AgentID != l.agent || !l.waiting() || take != nil:
			others = append(others, o)
		case !enough:
			small = append(small, o)
		default:
			take = &o
		}
	}
	var do []order
	if take != nil {
		*l.tasks++
		l.task, l.running = fmt.Sprintf("probe-%d", *l.tasks), false
		do = append(do, order{do: doLaunch, offers: []dcos.Offer{*take}, task: l.task}, order{do: doSuppress})
	}
	if len(others) > 0 {
		do = append(do, order{do: doDecline, offers: others, seconds: refuseOthers})
	}
	if len(small) > 0 {
		do = append(do, order{do: doDecline, offers: small, seconds: refuseTooSmall})
	}
	return do
}

// updated acknowledges every update that waits for it, and judges those of the
// task that was launched last.
func (l *launch) updated(u dcos.TaskUpdate) (do []order, end *verdict) {
	if u.UUID != "" {
		do = append(do, order{do: doAcknowledge, update: u})
	}
	if u.TaskID != l.task || l.waiting() {
		return do, nil
	}
	switch {
	case slices.Contains([]string{"TASK_STAGING", "TASK_STARTING", "TASK_RUNNING"}, u.State):
		l.running = l.running || u.State == "TASK_RUNNING"
		return do, nil
	case u.State == "TASK_FINISHED" && u.AgentID == l.agent && u.Source == "SOURCE_EXECUTOR":
		return do, &verdict{status: dcos.Passed, observed: "a task was started on it and ended well (TASK_FINISHED)"}
	case u.Reason == "REASON_INVALID_OFFERS" && !l.running: // the offer was taken back meanwhile: nothing was started
		l.task = ""
		return append(do, order{do: doRevive}), nil
	}
	return do, &verdict{status: dcos.Failed, observed: unwell(u, l.running)}
}

// state is where the probe is, in words.
func (l *launch) state() string {
	switch {
	case l.running:
		return "the task runs, and nothing was heard of its end"
	case !l.waiting():
		return "the task was launched, and nothing was heard of it"
	case l.why != "":
		return l.why
	}
	return "no offer of it came"
}

// unwell says how a task did not end well, in Mesos's own words.
func unwell(u dcos.TaskUpdate, ran bool) string {
	where := "the task did not start"
	if ran {
		where = "the task ran, and did not end well"
	}
	text := strings.Join(strings.Fields(strings.Join([]string{u.State, u.Source, u.Reason}, " ")), " ")
	if u.Message != "" {
		text += ": " + strings.Join(strings.Fields(u.Message), " ")
	}
	return where + ": " + text
}
