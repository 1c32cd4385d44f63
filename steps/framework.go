package steps

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/mesos"
)

// verdict is what a launch probe found out. The zero status is unknown.
type verdict struct {
	status   dcos.Status
	observed string
	hint     string
}

// framework decides what a probe's framework does about each event.
type framework struct {
	agent string // id of the agent that the task must run on
	tasks *int   // used so far

	task    string // the one that was launched; empty while an offer is waited for
	running bool   // the executor has said so
	why     string // what it waits for, in words
}

// The task: as little as Mesos lets a task have.
const (
	probeCPUs    = 0.01
	probeMem     = 32 // MB
	probeCommand = "exit 0"
)

// For how long declined offers are not made again: those of other
// agents not at all, one that was too small soon, since tasks end.
const (
	refuseOthers   = time.Hour
	refuseTooSmall = 5 * time.Second
)

func (l *framework) waiting() bool { return l.task == "" }

// hear is what comes of an event; end is set when the probe is over.
func (l *framework) hear(e dcos.SchedulerEvent) (do []Call, end *verdict) {
	switch e.Type {
	case dcos.EventOffers:
		return l.offered(e.Offers), nil
	case dcos.EventUpdate:
		return l.updated(e.Update)
	}
	return nil, nil
}

// offered takes the first offer of the agent that has room, and nothing else.
func (l *framework) offered(offers []dcos.Offer) []Call {
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
	var do []Call
	if take != nil {
		*l.tasks++
		l.task, l.running = fmt.Sprintf("probe-%d", *l.tasks), false
		do = append(do, Call{Do: LaunchTask, Offers: []dcos.Offer{*take}, Task: mesos.TaskInfo{ID: l.task, Command: probeCommand, CPUs: probeCPUs, Mem: probeMem}}, Call{Do: Suppress})
	}
	if len(others) > 0 {
		do = append(do, Call{Do: Decline, Offers: others, Wait: refuseOthers})
	}
	if len(small) > 0 {
		do = append(do, Call{Do: Decline, Offers: small, Wait: refuseTooSmall})
	}
	return do
}

// updated acknowledges every update that waits for it, and judges those of the
// task that was launched last.
func (l *framework) updated(u dcos.TaskUpdate) (do []Call, end *verdict) {
	if u.UUID != "" {
		do = append(do, Call{Do: Acknowledge, Update: u})
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
		return append(do, Call{Do: Revive}), nil
	}
	return do, &verdict{status: dcos.Failed, observed: unwell(u, l.running)}
}

// state is where the probe is, in words.
func (l *framework) state() string {
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
