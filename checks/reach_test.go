package checks

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// What keeps all gates from being asked is told once, with since when it is so
// and why.
func TestANodeThatCannotBeReachedIsOneFinding(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		c := New(f, fakeSubject())
		task := step(t, c, "a037", "registered", "mesos-version", "tasks", "check-runner", "units")
		f.set(func() { f.nodes["a037"].patch(); f.agents[0].Active = false })
		var gone time.Time
		time.AfterFunc(30*time.Second, func() {
			gone = time.Now()
			f.set(func() { f.nodes["a037"].down = errors.New("connection refused") })
		})
		findings, err := c.Await(t.Context(), task, nil)
		var late *GateError
		if !errors.As(err, &late) || late.Silent == nil {
			t.Fatalf("%v", err)
		}
		var bad []dcos.Finding
		if len(findings) != len(task.Step.Gates) {
			t.Errorf("%d findings: the record has every gate's", len(findings))
		}
		for _, f := range late.Silent.Fold(findings) {
			if !f.Status.OK() {
				bad = append(bad, f)
			}
		}
		if len(bad) != 1 || bad[0].Check != "connection" || bad[0].Node != "a037" || bad[0].Status != dcos.Unknown {
			t.Fatalf("%+v", bad)
		}
		if d := late.Silent.Since.Sub(gone); d < 0 || d > 15*time.Second {
			t.Errorf("silent since %s after it went", d)
		}
		for _, want := range []string{"cannot be reached since " + late.Silent.Since.UTC().Format("15:04:05") + " UTC", "connection refused", "5 gates could not be asked: registered, mesos-version, tasks, check-runner, units"} {
			if !strings.Contains(bad[0].Observed, want) {
				t.Errorf("%q lacks %q", bad[0].Observed, want)
			}
		}
		if text := err.Error(); !strings.HasPrefix(text, "a037: it cannot be reached since ") || strings.Count(text, "connection refused") != 1 {
			t.Errorf("%s", text)
		}
		if len(late.Late) == 0 {
			t.Error("the record has no gate that was late")
		}
	})
}

// A node that was away and came back has not been silent; nor is it while only
// its daemons are.
func TestANodeThatAnswersIsNotSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		c := New(f, fakeSubject())
		task := step(t, c, "m1", "exhibitor", "mesos-master", "registrar", "units")
		f.set(func() { f.nodes["m1"].down = errors.New("connection refused") })
		time.AfterFunc(time.Minute, func() {
			f.set(func() { f.nodes["m1"].down, f.nodes["m1"].broken["srvr"] = nil, errors.New("refused") })
		})
		_, err := c.Await(t.Context(), task, nil)
		var late *GateError
		if !errors.As(err, &late) || late.Silent != nil || strings.Contains(fmt.Sprint(err), "reached") {
			t.Errorf("%v", err)
		}
	})
}
