package mesos_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcos-patch/dcos-patch/mesos"
)

// leader is a leading master that a framework subscribes to: it says what the
// test says, and keeps what it is told.
type leader struct {
	t      *testing.T
	status int // of SUBSCRIBE; 0: 200
	body   string
	stream *io.PipeWriter
	calls  []map[string]any
	form   string
}

const streamID = "8a2f1b6c"

// Do answers; leader is a mesos.Doer.
func (l *leader) Do(r *http.Request) (*http.Response, error) {
	b, err := io.ReadAll(r.Body)
	if err != nil || r.Method != http.MethodPost {
		l.t.Errorf("%s, %v", r.Method, err)
	}
	resp := &http.Response{StatusCode: http.StatusAccepted, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("")), Request: r}
	if r.URL.Path == "/teardown" {
		l.form, resp.StatusCode = string(b), http.StatusOK
		return resp, nil
	}
	var call map[string]any
	if err := json.Unmarshal(b, &call); err != nil || r.URL.Path != "/api/v1/scheduler" || r.Header.Get("Content-Type") != "application/json" {
		l.t.Errorf("%s to %s as %q: %v", b, r.URL, r.Header.Get("Content-Type"), err)
	}
	l.calls = append(l.calls, call)
	if call["type"] != "SUBSCRIBE" {
		if r.Header.Get("Mesos-Stream-Id") != streamID {
			l.t.Errorf("%v of stream %q", call["type"], r.Header.Get("Mesos-Stream-Id"))
		}
		return resp, nil
	}
	if resp.StatusCode = http.StatusOK; l.status != 0 {
		resp.StatusCode, resp.Body = l.status, io.NopCloser(strings.NewReader(l.body))
		return resp, nil
	}
	out, in := io.Pipe()
	context.AfterFunc(r.Context(), func() { out.CloseWithError(r.Context().Err()) }) // as http.Transport does
	l.stream, resp.Body = in, out
	resp.Header.Set("Mesos-Stream-Id", streamID)
	go l.say(l.body)
	return resp, nil
}

// say sends events, one a line.
func (l *leader) say(events string) {
	for line := range strings.Lines(events) {
		line = strings.TrimSpace(line)
		if _, err := fmt.Fprintf(l.stream, "%d\n%s", len(line), line); err != nil {
			return
		}
	}
}

const subscribed = `{"type":"SUBSCRIBED","subscribed":{"framework_id":{"value":"F-1"},"heartbeat_interval_seconds":15.0}}
{"type":"HEARTBEAT"}`

const offer = `{"type":"OFFERS","offers":{"offers":[{"id":{"value":"O1"},"framework_id":{"value":"F-1"},"agent_id":{"value":"S1"},"hostname":"10.0.0.9","allocation_info":{"role":"slave_public"},"resources":[
{"name":"ports","type":"RANGES","ranges":{"range":[{"begin":1,"end":2}]},"allocation_info":{"role":"slave_public"},"role":"slave_public"},
{"name":"cpus","type":"SCALAR","scalar":{"value":3.8},"allocation_info":{"role":"slave_public"},"role":"slave_public"},
{"name":"mem","type":"SCALAR","scalar":{"value":4032.0},"allocation_info":{"role":"slave_public"},"role":"slave_public"}]}]}}`

func framework() mesos.FrameworkInfo {
	return mesos.FrameworkInfo{Name: "dcos-patch probe r a1 2", User: "root", Role: "slave_public"}
}

// values is JSON to compare with.
func values(t *testing.T, text string) (v map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAFrameworkSubscribesLaunchesOneTaskAndIsTornDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &leader{t: t, body: subscribed + "\n" + strings.ReplaceAll(offer, "\n", "")}
		s, err := mesos.New(l, base).Subscribe(t.Context(), framework())
		if err != nil || s.ID != "F-1" {
			t.Fatal(s, err)
		}
		defer s.Close()
		var offers int
		for offers == 0 {
			e, err := s.Next()
			if err != nil {
				t.Fatal(err)
			}
			if offers = len(e.Offers); offers == 0 {
				continue
			}
			task := mesos.TaskInfo{ID: "probe-1", Name: "p", Command: "exit 0", CPUs: 0.01, Mem: 32}
			if err := errors.Join(s.Launch(t.Context(), e.Offers[0], task), s.Suppress(t.Context()), s.Decline(t.Context(), e.Offers, 5)); err != nil {
				t.Fatal(err)
			}
		}
		go l.say(`{"type":"UPDATE","update":{"status":{"task_id":{"value":"probe-1"},"agent_id":{"value":"S1"},"state":"TASK_RUNNING","source":"SOURCE_EXECUTOR","uuid":"RGGFp+W8Q0qFis8d/YwVAw=="}}}`)
		e, err := s.Next()
		if err != nil || e.Update.State != "TASK_RUNNING" {
			t.Fatal(e, err)
		}
		if err := errors.Join(s.Acknowledge(t.Context(), e.Update), s.Revive(t.Context()), s.Teardown(t.Context())); err != nil {
			t.Fatal(err)
		}
		want := []string{
			`{"type":"SUBSCRIBE","subscribe":{"framework_info":{"name":"dcos-patch probe r a1 2","user":"root","roles":["slave_public"],"failover_timeout":0,"checkpoint":false,"capabilities":[{"type":"MULTI_ROLE"}]}}}`,
			`{"type":"ACCEPT","framework_id":{"value":"F-1"},"accept":{"offer_ids":[{"value":"O1"}],"filters":{"refuse_seconds":3600},"operations":[{"type":"LAUNCH","launch":{"task_infos":[
				{"name":"p","task_id":{"value":"probe-1"},"agent_id":{"value":"S1"},"command":{"shell":true,"value":"exit 0"},"resources":[
				{"name":"cpus","type":"SCALAR","scalar":{"value":0.01},"allocation_info":{"role":"slave_public"},"role":"slave_public"},
				{"name":"mem","type":"SCALAR","scalar":{"value":32},"allocation_info":{"role":"slave_public"},"role":"slave_public"}]}]}}]}}`,
			`{"type":"SUPPRESS","framework_id":{"value":"F-1"}}`,
			`{"type":"DECLINE","framework_id":{"value":"F-1"},"decline":{"offer_ids":[{"value":"O1"}],"filters":{"refuse_seconds":5}}}`,
			`{"type":"ACKNOWLEDGE","framework_id":{"value":"F-1"},"acknowledge":{"agent_id":{"value":"S1"},"task_id":{"value":"probe-1"},"uuid":"RGGFp+W8Q0qFis8d/YwVAw=="}}`,
			`{"type":"REVIVE","framework_id":{"value":"F-1"}}`,
			`{"type":"TEARDOWN","framework_id":{"value":"F-1"}}`,
		}
		for i, text := range want {
			if d := cmp.Diff(values(t, text), l.calls[i]); d != "" {
				t.Errorf("call %d (-want +got):\n%s", i+1, d)
			}
		}
		if len(l.calls) != len(want) {
			t.Errorf("%d calls, want %d", len(l.calls), len(want))
		}
	})
}

func TestASubscriptionThatIsNotGrantedSaysWhy(t *testing.T) {
	var unwanted *mesos.ErrorEvent
	for _, c := range []struct {
		name   string
		leader leader
		is     error
		as     any
		says   string
	}{
		{"without credentials", leader{status: 401}, mesos.ErrUnauthorized, nil, "HTTP 401"},
		{"without the permission", leader{status: 403, body: "Not allowed"}, mesos.ErrUnauthorized, nil, "Not allowed"},
		{"an unrecovered master", leader{status: 503, body: "Master has not finished recovery"}, mesos.ErrNotRecovered, nil, ""},
		{"a role that is not ours", leader{body: `{"type":"ERROR","error":{"message":"Not authorized to use roles 'x'"}}`}, nil, &unwanted, "Not authorized to use roles"},
		{"an offer before all else", leader{body: strings.ReplaceAll(offer, "\n", "")}, nil, nil, `the first event is "OFFERS"`},
		{"something that is no event", leader{body: `{"a":1}`}, nil, nil, "field type is missing"},
		{"an answer of nobody", leader{status: 202}, nil, nil, "HTTP 202"},
	} {
		synctest.Test(t, func(t *testing.T) {
			c.leader.t = t
			_, err := mesos.New(&c.leader, base).Subscribe(t.Context(), framework())
			if err == nil || c.is != nil && !errors.Is(err, c.is) || c.as != nil && !errors.As(err, c.as) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v", c.name, err)
			}
		})
	}
}

func TestAStreamThatEndsOrFallsSilentIsOver(t *testing.T) {
	for name, then := range map[string]func(*leader){
		"the master hangs up":                 func(l *leader) { l.stream.Close() },
		"the connection breaks":               func(l *leader) { l.stream.CloseWithError(errors.New("reset")) },
		"it breaks in the middle of an event": func(l *leader) { io.WriteString(l.stream, "30\n{\"type\":"); l.stream.Close() },
		"something else speaks":               func(l *leader) { io.WriteString(l.stream, "HTTP/1.1 502\n") },
		"nothing is heard any more":           func(*leader) {},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := &leader{t: t, body: subscribed}
			s, err := mesos.New(l, base).Subscribe(t.Context(), framework())
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if _, err := s.Next(); err != nil { // the heartbeat
				t.Fatal(err)
			}
			go then(l)
			begin := time.Now()
			_, err = s.Next()
			if !errors.Is(err, mesos.ErrStream) {
				t.Errorf("%s: %v, want %v", name, err, mesos.ErrStream)
			}
			if took := time.Since(begin); took > 45*time.Second {
				t.Errorf("%s: noticed after %s, want within three heartbeats", name, took)
			}
			go l.stream.Close()
		})
	}
}

func TestAStreamEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		s, err := mesos.New(&leader{t: t, body: subscribed}, base).Subscribe(ctx, framework())
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		for err == nil {
			_, err = s.Next()
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
	})
}

func TestAnOperatorRemovesAFrameworkByItsID(t *testing.T) {
	l := &leader{t: t}
	if err := mesos.New(l, base).Remove(t.Context(), "F-1&x=y"); err != nil || l.form != "frameworkId=F-1%26x%3Dy" {
		t.Errorf("%v, form %q", err, l.form)
	}
}

func TestARealClustersFrameworksAndRoomAreRead(t *testing.T) {
	frameworks, err := mesos.New(recorded(t, "141"), base).Frameworks(t.Context())
	if err != nil || len(frameworks) != 2 || frameworks[0].Name != "aware" || !strings.HasSuffix(frameworks[0].ID, "-0001") || !frameworks[0].Active {
		t.Errorf("%+v, %v", frameworks, err)
	}
	const agent = "6797eeb3-de12-4409-88df-b396afa7ff2a-S2"
	room, err := mesos.New(recorded(t, "138"), base).Room(t.Context(), agent, "*")
	if err != nil || room.String() != "0.20 of 4.00 cpus and 64 of 4096 MB in use, 3.80 cpus and 4032 MB offered to others" || !room.Holds(3.8, 4032) || room.Holds(3.9, 32) {
		t.Errorf("%s, %v", room, err)
	}
	if _, err := mesos.New(recorded(t, "138"), base).Room(t.Context(), "nobody", "*"); err == nil {
		t.Error("an agent that is not listed has room")
	}
}
