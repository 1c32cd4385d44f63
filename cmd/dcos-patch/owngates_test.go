package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// prometheus is a server that measures urp as a function says, and gives the
// agents' group a gate on it, which is red 5 minutes within its patience.
func (l *lab) prometheus(urp func() int) {
	l.Helper()
	listener, err := l.web.Listen("prom.example.com:80")
	if err != nil {
		l.Fatal(err)
	}
	l.Cleanup(func() { listener.Close() })
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query().Get("query"); q != "sum(kafka_urp)" {
			http.Error(w, "another query: "+q, http.StatusBadRequest)
			return
		}
		fmt.Fprintf(w, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[%d,"%d"]}]}}`, time.Now().Unix(), urp())
	}))
	l.edit(func(inv string) string {
		const gate = "    gates: [{name: kafka-urp, prometheus: \"sum(kafka_urp)\", want: \"== 0\"}]\n"
		return strings.Replace(inv, "    policy: {canary: none, width: ", gate+"    policy: {canary: none, width: ", 1) + "prometheus: {url: \"http://prom.example.com\"}\n"
	})
}

// within reports whether a span after the swap of a node is under way.
func (l *lab) within(node string, from, to time.Duration) bool {
	for _, h := range l.c.History() {
		if h.Node == node && h.What == "activated" {
			d := time.Since(h.At)
			return d >= from && d < to
		}
	}
	return false
}

func patchedMasters() simcluster.Options {
	return simcluster.Options{Private: 3, Width: 1, Seed: 1, Faults: patched("m1", "m2", "m3")}
}

func TestAnOperatorsGateThatRecoversIsWaitedForAndTheRunGoesOn(t *testing.T) {
	t.Parallel()
	inBubble(t, patchedMasters(), func(l *lab) {
		begin := time.Now()
		l.prometheus(func() int {
			switch {
			case time.Since(begin) < 3*time.Minute, l.within("a2", 30*time.Second, 4*time.Minute):
				return 7
			}
			return 0
		})
		e := l.run("apply", "--yes")
		l.want(e, exitDone)
		l.done(6)
		l.launched(1, l.c.Names(dcos.PrivateAgent)...)
		if first := l.when("a1", "launch").Sub(begin); first < 3*time.Minute {
			l.Errorf("a1 was taken after %s, when the gate was red", first)
		}
		var held, red bool
		for _, ev := range l.events() {
			held = held || ev.Kind == journal.Held && strings.Contains(ev.Detail, "kafka-urp: 7")
			red = red || ev.Kind == journal.StepNoted && ev.Step == "general/a2/serve" && ev.Note.Finding != nil && ev.Note.Finding.Check == "kafka-urp" && !ev.Note.Finding.Status.OK()
		}
		if !held || !red {
			l.Errorf("held for the gate: %v, red after a2: %v\n%s", held, red, e.out)
		}
		if gap := l.when("a3", "launch").Sub(l.when("a2", "activated")); gap < 5*time.Minute {
			l.Errorf("a3 was taken %s after a2, whose gate must be green for a minute after 4", gap)
		}
	})
}

func TestAnOperatorsGateThatStaysRedStopsTheLineAndTheRunIsResumedWhenItIsGreen(t *testing.T) {
	t.Parallel()
	inBubble(t, patchedMasters(), func(l *lab) {
		mended := false
		l.prometheus(func() int {
			if !mended && l.within("a2", 0, time.Hour) {
				return 7
			}
			return 0
		})
		e := l.run("apply", "--yes")
		l.want(e, exitStopped)
		if s := l.state(); s.Stop == nil || s.Stop.Step != plan.StepID("general/a2/serve") {
			l.Errorf("stopped at %+v", s.Stop)
		}
		for _, says := range []string{`gate    "kafka-urp" on a2`, "sum(kafka_urp) == 0", "7", l.typed("check a2 --wait"), "SAFE TO LEAVE: yes"} {
			if !strings.Contains(e.out, says) {
				l.Errorf("says nothing of %q:\n%s", says, e.out)
			}
		}
		l.launched(0, "a3")
		look := l.run("check", "a2")
		if look.code != exitStopped || !strings.Contains(look.out, "kafka-urp") {
			l.Errorf("check: %s", look)
		}
		mended = true
		l.want(l.run("check", "a2", "--wait"), exitDone)
		l.want(l.run("resume"), exitDone)
		l.done(6)
		l.launched(1, "a1", "a2", "a3")
	})
}

func TestAGateOfTheWholeClusterThatIsRedRefusesAPlanAndAGroupsOnlyWarns(t *testing.T) {
	t.Parallel()
	inBubble(t, patchedMasters(), func(l *lab) {
		l.prometheus(func() int { return 7 })
		e := l.run("plan")
		l.want(e, exitDone)
		if !strings.Contains(e.err, "gate kafka-urp is red: 7; general begins only when it is green") || !strings.Contains(e.out, "gate kafka-urp") {
			l.Errorf("no warning, or not in the plan:\n%s", e)
		}
		l.edit(func(inv string) string { return inv + "gates: [{name: site, http: \"http://down.example.com/\"}]\n" })
		e = l.run("plan")
		l.want(e, exitRefused)
		if !strings.Contains(e.out+e.err, "site") {
			l.Errorf("says nothing of the gate:\n%s", e)
		}
	})
}
