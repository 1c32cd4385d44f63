package main

import (
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/dcos-patch/dcos-patch/internal/answers"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

func TestTheScheduleIsShownWithWhatFrameworksAnswer(t *testing.T) {
	t.Parallel()
	s := outputSchema(t)
	inBubble(t, simcluster.Options{Private: 3, Seed: 1}, func(l *lab) {
		if e := l.run("schedule", "show"); e.code != exitDone || e.out != "no maintenance is scheduled\n" {
			l.Error(e)
		}
		a1, a2 := l.c.Address("a1"), l.c.Address("a2")
		start := time.Date(2000, 1, 3, 22, 0, 0, 0, time.UTC)
		order := func(o answers.Order) {
			if err := l.c.Order(o); err != nil {
				l.Fatal(err)
			}
		}
		order(answers.Order{Call: "UPDATE_MAINTENANCE_SCHEDULE", Windows: []answers.Window{
			{Machines: []answers.MachineID{{Hostname: a1, IP: a1}, {Hostname: a2}}, Start: start, For: time.Hour},
			{Machines: []answers.MachineID{{Hostname: "b9\x1b[2J", IP: "10.9.9.9"}}, Start: start},
		}})
		for _, status := range []string{"ACCEPT", "DECLINE"} {
			l.c.Answer(answers.InverseAnswer{Machine: answers.MachineID{Hostname: a1, IP: a1}, Framework: "F-" + status, Status: status, At: start})
		}
		e := l.run("schedule", "show")
		l.want(e, exitDone)
		for _, want := range []string{
			"from 2000-01-03 22:00 UTC for 1h0m0s\n  a1  " + a1 + "  draining  F-ACCEPT accepts, F-DECLINE declines\n",
			"  a2  " + a2 + "  draining  no agent announces this hostname and ip: the window has no effect\n",
			"from 2000-01-03 22:00 UTC, no end planned\n  b9",
		} {
			if !strings.Contains(e.out, want) {
				l.Errorf("nothing of %q in\n%s", want, e.out)
			}
		}
		if strings.Contains(e.out, "\x1b") {
			l.Errorf("a hostname drives the terminal: %q", e.out)
		}
		e = l.run("schedule", "show", "-o", "json")
		l.want(e, exitDone)
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(e.out))
		if err == nil {
			err = s.Validate(v)
		}
		if err != nil || !strings.Contains(e.out, `"kind":"schedule"`) || !strings.Contains(e.out, `"status":"DECLINE"`) {
			l.Errorf("%v\n%s", err, e.out)
		}
		l.touchedNothing()
	})
}

// Before a leader has read its registry, v0 answers with an empty schedule.
func TestALeaderThatHasNotRecoveredShowsNoSchedule(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 1, Seed: 1, Faults: simcluster.Faults{{What: fault.LeaderUnread}}}, func(l *lab) {
		for _, why := range []string{"no leading master is known: ", "Master has not finished recovery"} {
			e := l.run("schedule", "show")
			if l.want(e, exitRefused); e.out != "" || !strings.Contains(e.err, "reading the maintenance schedule: ") || !strings.Contains(e.err, why) {
				l.Errorf("want %s: %s", why, e)
			}
			time.Sleep(15 * time.Second) // until another is elected
		}
		l.touchedNothing()
	})
}
