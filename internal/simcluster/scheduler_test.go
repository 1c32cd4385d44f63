package simcluster

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/answers"
	"github.com/dcos-patch/dcos-patch/internal/fault"
)

func value(s string) answers.Value { return answers.Value{Value: s} }

// frameworkStream is a framework of the test at the leading master.
type frameworkStream struct {
	t       *testing.T
	l       *login
	id, no  string // of the framework and of its stream
	in      *bufio.Reader
	close   func()
	offered []any // offers that came while something else was waited for
}

func (l *login) scheduler(call any, stream string) *http.Response {
	l.t.Helper()
	b, err := json.Marshal(call)
	if err != nil {
		l.t.Fatal(err)
	}
	req, err := http.NewRequest("POST", "http://"+l.c.Address(l.node)+":5050"+answers.SchedulerPath, bytes.NewReader(b))
	if err != nil {
		l.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if stream != "" {
		req.Header.Set(answers.StreamHeader, stream)
	}
	client := &http.Client{Transport: &http.Transport{DialContext: l.ssh.DialContext, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		l.t.Fatal(err)
	}
	return resp
}

func subscription() map[string]any {
	return map[string]any{"type": "SUBSCRIBE", "subscribe": map[string]any{"framework_info": map[string]any{"name": "f", "user": "root",
		"roles": []string{"*"}, "failover_timeout": 0, "capabilities": []map[string]any{{"type": "MULTI_ROLE"}}}}}
}

func (l *login) subscribe() *frameworkStream {
	l.t.Helper()
	resp := l.scheduler(subscription(), "")
	f := &frameworkStream{t: l.t, l: l, no: resp.Header.Get(answers.StreamHeader), in: bufio.NewReader(resp.Body), close: func() { resp.Body.Close() }}
	first := f.next("SUBSCRIBED")
	f.id = first["framework_id"].(map[string]any)["value"].(string)
	return f
}

// next waits for an event of a type, and gives what it holds.
func (f *frameworkStream) next(kind string) map[string]any {
	f.t.Helper()
	for {
		var n int
		if _, err := fmt.Fscanf(f.in, "%d\n", &n); err != nil {
			f.t.Fatalf("waiting for %s: %v", kind, err)
		}
		b := make([]byte, n)
		if _, err := io.ReadFull(f.in, b); err != nil {
			f.t.Fatal(err)
		}
		var e map[string]any
		if err := json.Unmarshal(b, &e); err != nil {
			f.t.Fatal(err)
		}
		of, _ := e[strings.ToLower(e["type"].(string))].(map[string]any)
		switch e["type"] {
		case kind:
			return of
		case "OFFERS":
			f.offered = append(f.offered, of["offers"].([]any)...)
		}
	}
}

// call sends a call, which must be answered with this status, and text.
func (f *frameworkStream) call(kind string, with map[string]any, status int, says string) {
	f.t.Helper()
	call := map[string]any{"type": kind, "framework_id": value(f.id), strings.ToLower(kind): with}
	f.l.wantsScheduler(call, f.no, status, says)
}

func (l *login) wantsScheduler(call any, stream string, status int, says string) {
	l.t.Helper()
	resp := l.scheduler(call, stream)
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != status || !strings.Contains(string(b)+resp.Header.Get("Location"), says) {
		l.t.Errorf("%v: %d %s, want %d %q", call, resp.StatusCode, b, status, says)
	}
}

// status is the next update's.
func (f *frameworkStream) status(state, reason string) map[string]any {
	f.t.Helper()
	s := f.next("UPDATE")["status"].(map[string]any)
	if s["state"] != state || reason != "" && s["reason"] != reason {
		f.t.Errorf("update %v, want %s %s", s, state, reason)
	}
	return s
}

func (f *frameworkStream) acknowledge(s map[string]any) {
	f.t.Helper()
	f.call("ACKNOWLEDGE", map[string]any{"agent_id": s["agent_id"], "task_id": s["task_id"], "uuid": s["uuid"]}, http.StatusAccepted, "")
}

// launch accepts an offer for a task that runs a command, with the resources
// that the offer has.
func (f *frameworkStream) launch(offer map[string]any, id, command string, change func(resource map[string]any)) {
	f.t.Helper()
	var resources []any
	for _, r := range offer["resources"].([]any) {
		r := r.(map[string]any)
		r["scalar"] = map[string]any{"value": 0.01}
		change(r)
		resources = append(resources, r)
	}
	task := map[string]any{"name": id, "task_id": value(id), "agent_id": offer["agent_id"], "resources": resources, "command": map[string]any{"shell": true, "value": command}}
	f.call("ACCEPT", map[string]any{"offer_ids": []any{offer["id"]}, "operations": []any{
		map[string]any{"type": "LAUNCH", "launch": map[string]any{"task_infos": []any{task}}}}}, http.StatusAccepted, "")
}

func (f *frameworkStream) offer() map[string]any {
	f.t.Helper()
	if len(f.offered) == 0 {
		f.offered = f.next("OFFERS")["offers"].([]any)
	}
	o := f.offered[0].(map[string]any)
	f.offered = f.offered[1:]
	return o
}

func asOffered(map[string]any) {}

func TestTheSchedulerAPIRefusesWhatMesosRefuses(t *testing.T) {
	bubble(t, Options{Private: 1}, func(t *testing.T, c *Cluster) {
		lead := must(t, c, c.mesos.leader.name)
		for _, m := range c.masters() {
			if m != c.mesos.leader {
				must(t, c, m.name).wantsScheduler(subscription(), "", http.StatusTemporaryRedirect, "//"+c.mesos.leader.ip+":5050/master/api/v1/scheduler")
			}
		}
		lead.wantsScheduler(subscription(), "x", http.StatusBadRequest, "should not include the 'Mesos-Stream-Id' header")
		lead.wantsScheduler(map[string]any{}, "", http.StatusBadRequest, "Expecting 'type' to be present")
		lead.wantsScheduler(map[string]any{"type": "NO_SUCH_CALL"}, "", http.StatusBadRequest, "Failed to validate scheduler::Call: Expecting 'type' to be present")
		lead.wantsScheduler(map[string]any{"type": "TEARDOWN", "framework_id": value("nobody")}, "x", http.StatusBadRequest, "Framework cannot be found")
		f := lead.subscribe()
		defer f.close()
		tear := map[string]any{"type": "TEARDOWN", "framework_id": value(f.id)}
		lead.wantsScheduler(tear, "", http.StatusBadRequest, "All non-subscribe calls should include")
		lead.wantsScheduler(tear, "x", http.StatusBadRequest, "didn't match the stream ID")
		if got := c.Frameworks(); len(got) != 1 {
			t.Errorf("%v", got)
		}
		lead.wantsScheduler(tear, f.no, http.StatusAccepted, "")
		if _, err := io.ReadAll(f.in); err == nil || len(c.Frameworks()) > 0 {
			t.Errorf("torn down, and the stream ends with %v, frameworks %v", err, c.Frameworks())
		}
	})
}

func TestUpdatesOfATaskWaitForTheirAcknowledgement(t *testing.T) {
	bubble(t, Options{Private: 1}, func(t *testing.T, c *Cluster) {
		f := must(t, c, c.mesos.leader.name).subscribe()
		defer f.close()
		f.launch(f.offer(), "t1", "exit 0", asOffered)
		first := f.status("TASK_STARTING", "")
		time.Sleep(time.Minute)
		f.next("HEARTBEAT") // and no update
		f.acknowledge(first)
		f.acknowledge(f.status("TASK_RUNNING", ""))
		f.acknowledge(f.status("TASK_FINISHED", ""))
		f.launch(f.offer(), "t2", "exit 3", asOffered)
		f.acknowledge(f.status("TASK_STARTING", ""))
		f.acknowledge(f.status("TASK_RUNNING", ""))
		f.status("TASK_FAILED", "REASON_COMMAND_EXECUTOR_FAILED")
	})
}

func TestATaskMustFitTheOfferThatItAccepts(t *testing.T) {
	bubble(t, Options{Private: 1}, func(t *testing.T, c *Cluster) {
		f := must(t, c, c.mesos.leader.name).subscribe()
		defer f.close()
		o := f.offer()
		f.launch(o, "t1", "exit 0", func(r map[string]any) { delete(r, "allocation_info") })
		f.status("TASK_ERROR", "REASON_TASK_INVALID")
		f.launch(o, "t2", "exit 0", asOffered) // the offer was used up
		if s := f.status("TASK_LOST", "REASON_INVALID_OFFERS"); s["uuid"] != nil {
			t.Errorf("what the master says must be acknowledged: %v", s)
		}
		f.launch(f.offer(), "t3", "exit 0", func(r map[string]any) { r["role"] = "slave_public" })
		f.status("TASK_ERROR", "REASON_TASK_INVALID")
	})
}

func TestAFrameworkEndsWithItsStreamAndItsTasksToo(t *testing.T) {
	bubble(t, Options{Private: 1, Faults: Faults{{What: fault.LaunchHangs, Where: "a1"}}}, func(t *testing.T, c *Cluster) {
		c.byName["a1"].launched = 1 // as if it had been patched
		f := must(t, c, c.mesos.leader.name).subscribe()
		f.launch(f.offer(), "t1", "exit 0", asOffered)
		time.Sleep(time.Minute)
		if got := c.Frameworks(); len(got) != 1 {
			t.Fatalf("%v", got)
		}
		f.close()
		time.Sleep(10 * time.Second)
		if got := c.Frameworks(); len(got) > 0 {
			t.Errorf("its stream is over, and there is %v", got)
		}
		for _, task := range c.byName["a1"].agent.tasks {
			if task.ID == "t1" && task.State != answers.TaskKilled {
				t.Errorf("its task is %s", task.State)
			}
		}
	})
}
