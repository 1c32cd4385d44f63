package patcher

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// failover takes no baseline until a while has passed.
type failover struct {
	checks.Cluster
	until time.Time
	err   error
	tries int
}

func (l *failover) Baseline(_ context.Context, n inventory.NodeName) (json.RawMessage, error) {
	if l.tries++; time.Now().Before(l.until) {
		return nil, fmt.Errorf("%s: taking the baseline: %w", n, l.err)
	}
	return json.RawMessage(`{"node":"a1"}`), nil
}

func TestABaselineWaitsForAFailoverAsAGateDoes(t *testing.T) {
	lost := &checks.LackingError{Reason: "asking the leader: 0 masters lead"}
	for _, c := range []struct {
		name  string
		lasts time.Duration
		err   error
		taken bool
		least time.Duration
		most  time.Duration
		waits int
	}{
		{"a failover", 30 * time.Second, lost, true, 30 * time.Second, 40 * time.Second, 1},
		{"a leader that waits for its agents", 10 * time.Minute, lost, true, 10 * time.Minute, 11 * time.Minute, 1},
		{"a failover without end", time.Hour, lost, false, 12 * time.Minute, 13 * time.Minute, 1},
		{"a node that answers again soon", time.Minute, errors.New("no route"), true, time.Minute, 2 * time.Minute, 1},
		{"a node that does not answer", time.Hour, errors.New("no route"), false, 3 * time.Minute, 4 * time.Minute, 1},
		{"a changed host key", time.Hour, sshexec.ErrHostKey, false, 0, time.Second, 0},
		{"refused keys", time.Hour, sshexec.ErrAuth, false, 0, time.Second, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			begin := time.Now()
			p := &Patcher{Gates: &failover{until: begin.Add(c.lasts), err: c.err}, Poll: 2 * time.Second}
			waits := 0
			task := plan.Task{Plan: &plan.Plan{}, Step: plan.Step{ID: "general/a1/baseline", Node: "a1", Action: plan.ActionBaseline, Timeout: plan.Duration(12 * time.Minute)}}
			_, err := p.awaitBaseline(t.Context(), task, "a1", func(string) { waits++ })
			if took := time.Since(begin); (err == nil) != c.taken || took < c.least || took > c.most || waits != c.waits {
				t.Errorf("%s: %v after %s, told %d times; want it taken %t after %s, told %d times", c.name, err, took, waits, c.taken, c.least, c.waits)
			}
			if err != nil && !errors.Is(err, c.err) {
				t.Errorf("%s: %v", c.name, err)
			}
		})
	}
}

func TestABaselineThatIsInterruptedEndsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, stop)
		begin := time.Now()
		p := &Patcher{Gates: &failover{until: begin.Add(time.Hour), err: &checks.LackingError{Reason: "0 masters lead"}}, Poll: 2 * time.Second}
		_, err := p.awaitBaseline(ctx, plan.Task{Step: plan.Step{Timeout: plan.Duration(12 * time.Minute)}}, "a1", func(string) {})
		if took := time.Since(begin); err == nil || took > 61*time.Second {
			t.Errorf("%v after %s", err, took)
		}
	})
}
