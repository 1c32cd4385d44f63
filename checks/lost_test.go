package checks

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// TestANewAgentIDEndsTheWaitAtOnce: the old agent never comes back, so that no
// patience helps, not even that of a person who said to wait.
func TestANewAgentIDEndsTheWaitAtOnce(t *testing.T) {
	for name, patiently := range map[string]bool{"a run": false, "check --wait": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake()
				c := New(f, fakeSubject())
				if patiently {
					c = c.UntilTimeout()
				}
				task := step(t, c, "a037", "registered", "mesos-version")
				f.set(func() {
					f.nodes["a037"].patch()
					f.agents = []dcos.Agent{{ID: "y-S41", IP: "10.0.1.37", Version: "1.10.1", Active: true, RegisteredAt: time.Now()}}
				})
				begin := time.Now()
				_, err := c.Await(t.Context(), task, nil)
				var late *GateError
				if took := time.Since(begin); !errors.As(err, &late) || took > 30*time.Second {
					t.Fatalf("after %s: %v; want it given up at once", took, err)
				}
				for _, want := range []string{"y-S41", "x-S41", "web.1"} {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("%v: nothing of %s", err, want)
					}
				}
				if fs := late.Blocking(); len(fs) != 1 || !fs[0].Lost {
					t.Errorf("blocking %+v, want it told apart as lost", fs)
				}
			})
		})
	}
}

// TestALostTaskEndsTheWaitWhenItCanNeverRunAgain.
func TestALostTaskEndsTheWaitWhenItCanNeverRunAgain(t *testing.T) {
	for _, c := range []struct {
		state, reason string
		atOnce        bool
	}{
		{"TASK_FAILED", "REASON_EXECUTOR_TERMINATED", true},
		{"TASK_GONE", "", true},
		{"TASK_UNREACHABLE", "", false},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake()
			cl := New(f, fakeSubject())
			task := step(t, cl, "a037", "tasks")
			f.set(func() {
				f.nodes["a037"].patch()
				f.tasks = []dcos.AgentTask{{ID: "web.1", AgentID: "x-S41", State: c.state, Reason: c.reason}}
			})
			begin := time.Now()
			_, err := cl.Await(t.Context(), task, nil)
			var late *GateError
			if took := time.Since(begin); !errors.As(err, &late) || (took < time.Minute) != c.atOnce {
				t.Fatalf("%s: after %s: %v", c.state, took, err)
			}
			if fs := late.Blocking(); len(fs) != 1 || !fs[0].Lost {
				t.Errorf("%s: blocking %+v, want it told apart as lost", c.state, fs)
			}
		})
	}
}
