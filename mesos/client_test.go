package mesos_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/mesos"
)

const base = "http://127.0.0.1:5050"

// questions are all that a client can ask.
var questions = map[string]func(context.Context, *mesos.Client) error{
	"agents":     func(ctx context.Context, c *mesos.Client) error { _, err := c.Agents(ctx); return err },
	"tasks":      func(ctx context.Context, c *mesos.Client) error { _, err := c.Tasks(ctx); return err },
	"frameworks": func(ctx context.Context, c *mesos.Client) error { _, err := c.Frameworks(ctx); return err },
	"room":       func(ctx context.Context, c *mesos.Client) error { _, err := c.Room(ctx, "S1", "*"); return err },
	"self":       func(ctx context.Context, c *mesos.Client) error { _, err := c.Self(ctx); return err },
	"health":     func(ctx context.Context, c *mesos.Client) error { return c.Health(ctx) },
	"metrics":    func(ctx context.Context, c *mesos.Client) error { _, err := c.Metrics(ctx); return err },
	"version":    func(ctx context.Context, c *mesos.Client) error { _, err := c.Version(ctx); return err },
	"flags":      func(ctx context.Context, c *mesos.Client) error { _, err := c.Flags(ctx); return err },
	"status":     func(ctx context.Context, c *mesos.Client) error { _, err := c.MaintenanceStatus(ctx); return err },
	"operations": func(ctx context.Context, c *mesos.Client) error { _, err := c.Operations(ctx); return err },
	"quotas":     func(ctx context.Context, c *mesos.Client) error { _, err := c.Quotas(ctx); return err },
	"inverse":    func(ctx context.Context, c *mesos.Client) error { _, err := c.InverseAnswers(ctx); return err },
	"windows":    func(ctx context.Context, c *mesos.Client) error { _, err := c.Schedule(ctx); return err },
	"schedule":   func(ctx context.Context, c *mesos.Client) error { _, err := c.MaintenanceSchedule(ctx); return err },
}

func TestTheClientAsksWhatARealClusterAnswered(t *testing.T) {
	for _, c := range []struct {
		name, question, number string
		is                     error // nil: answered
	}{
		{"a leader lists its agents", "agents", "092", nil},
		{"an elected master that has not recovered", "agents", "028", mesos.ErrNotRecovered},
		{"a lone restarted master", "agents", "357", mesos.ErrNotRecovered},
		{"a leader lists its tasks", "tasks", "139", nil},
		{"a leader says what is drained", "status", "193", nil},
		{"a leader says what is down", "status", "240", nil},
		{"a leader says what is scheduled", "schedule", "194", nil},
		{"an unrecovered master's maintenance status", "status", "030", mesos.ErrNotRecovered},
		{"an unrecovered master's maintenance schedule", "schedule", "358", mesos.ErrNotRecovered},
		{"a leader's operations", "operations", "101", nil},
		{"an agent's operations", "operations", "143", nil},
		{"what frameworks answer about maintenance", "inverse", "193", nil},
		{"an agent lists its tasks", "tasks", "142", nil},
		{"a leader lists its frameworks", "frameworks", "103", nil},
		{"an agent says what it is", "self", "124", nil},
		{"a leader is healthy", "health", "086", nil},
		{"an agent is healthy", "health", "121", nil},
		{"an unrecovered master's health", "health", "027", mesos.ErrNotRecovered},
		{"a standby without ZooKeeper", "health", "424", mesos.ErrNoLeader},
		{"without credentials", "agents-401", "377", mesos.ErrUnauthorized},
		{"a leader's metrics", "metrics", "034", nil},
		{"a standby's metrics are its own", "metrics", "035", nil},
		{"metrics without credentials", "metrics", "367", mesos.ErrUnauthorized},
		{"metrics without the permission", "metrics", "384", mesos.ErrUnauthorized},
		{"a standby's version is its own", "version", "063", nil},
		{"a standby's flags are its own", "flags", "065", nil},
		{"an agent's flags", "flags", "117", nil},
	} {
		ask := questions[c.question]
		if c.question == "agents-401" {
			ask = questions["health"]
		}
		err := ask(t.Context(), mesos.New(recorded(t, c.number), base))
		if !errors.Is(err, c.is) {
			t.Errorf("%s (%s): %v, want %v", c.name, c.number, err, c.is)
		}
		if err != nil && !strings.HasPrefix(err.Error(), base) {
			t.Errorf("%s: the error does not begin with who was asked: %v", c.name, err)
		}
	}
}

func TestAnAnswerIsWhatTheDecodersSay(t *testing.T) {
	agents, err := mesos.New(recorded(t, "254"), base+"/").Agents(t.Context())
	if err != nil || len(agents.Registered) != 3 || agents.Registered[1].Drain != "DRAINING" {
		t.Errorf("%+v, %v", agents, err)
	}
	m, err := mesos.New(recorded(t, "034"), base).Metrics(t.Context())
	if v, ok := m.Get("master/elected"); err != nil || !ok || v != 1 {
		t.Errorf("elected is %v, %v, %v", v, ok, err)
	}
}

func TestARedirectIsReportedAndNeverFollowed(t *testing.T) {
	for name, wrap := range map[string]func(*replay) mesos.Doer{
		"a plain Doer": func(r *replay) mesos.Doer { return r },
		"an http.Client that would follow, for a call": func(r *replay) mesos.Doer { return &http.Client{Transport: r} },
	} {
		r := recorded(t, "091")
		_, err := mesos.New(wrap(r), "http://127.0.0.2:5050").Agents(t.Context())
		var standby *mesos.NotLeaderError
		if !errors.As(err, &standby) || standby.Location != "//127.0.0.1:5050/api/v1" && standby.Location != "//127.0.0.1:5050/master/api/v1" {
			t.Errorf("%s: %v", name, err)
		}
		if len(r.seen) != 1 {
			t.Errorf("%s: %d requests were sent", name, len(r.seen))
		}
	}
}

func TestAnAnswerFromElsewhereIsRefused(t *testing.T) {
	from := func(path, answer string) mesos.Doer {
		return doer(func(req *http.Request) (*http.Response, error) {
			other := req.Clone(req.Context())
			other.URL.Host = "10.0.0.9:5050"
			return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(answer)), Request: other}, nil
		})
	}
	_, err := mesos.New(from("/version", `{"version":"1.9.1"}`), base).Version(t.Context())
	if err == nil || !strings.Contains(err.Error(), "10.0.0.9") {
		t.Errorf("an answer of 10.0.0.9 for 127.0.0.1: %v", err)
	}
}

func TestTheMetricsRequestHasATimeoutThatMesosReads(t *testing.T) {
	r := recorded(t, "036")
	if _, err := mesos.New(r, base).Metrics(t.Context()); err != nil {
		t.Fatal(err)
	}
	if q := r.seen[0].URL.RawQuery; q != "timeout=5secs" { // 5 and 5s are 400: recordings 039, 040
		t.Errorf("query is %q", q)
	}
}

func TestOtherStatusesKeepTheirText(t *testing.T) {
	for number, want := range map[string]int{"039": 400, "040": 400, "384": 403} {
		_, err := mesos.New(recorded(t, number), base).Metrics(t.Context())
		var status *mesos.StatusError
		if !errors.As(err, &status) || status.Code != want || status.Body == "" || errors.Is(err, mesos.ErrNotRecovered) {
			t.Errorf("%s: %v", number, err)
		}
	}
	long := doer(func(req *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 500, Body: io.NopCloser(strings.NewReader(strings.Repeat("x", 1<<20)))}, nil
	})
	_, err := mesos.New(long, base).Version(t.Context())
	var status *mesos.StatusError
	if !errors.As(err, &status) || len(status.Body) != 1<<10 {
		t.Errorf("a long text: %.80v", err)
	}
	if errors.Is(&mesos.StatusError{Code: 503, Body: "Service Unavailable"}, mesos.ErrNotRecovered) {
		t.Error("any 503 is taken for a recovery")
	}
}

func TestUnhealthyIsAnError(t *testing.T) {
	sick := doer(func(req *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(`{"type":"GET_HEALTH","get_health":{"healthy":false}}`))}, nil
	})
	if err := mesos.New(sick, base).Health(t.Context()); !errors.Is(err, mesos.ErrUnhealthy) {
		t.Errorf("%v", err)
	}
}

func TestAnAnswerThatIsTooLongIsRefusedAndNotReadOn(t *testing.T) {
	for _, c := range []struct {
		question string
		length   int64 // as announced; -1 when not
		most     int64 // bytes that may be read
	}{
		{"version", -1, 1<<20 + 1},
		{"metrics", -1, 1<<20 + 1},
		{"health", -1, 1<<20 + 1},
		{"version", 1<<20 + 1, 0},
		{"agents", 64<<20 + 1, 0},
		{"tasks", 64<<20 + 1, 0},
	} {
		var endless blanks
		err := questions[c.question](t.Context(), mesos.New(doer(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, ContentLength: c.length, Body: io.NopCloser(&endless)}, nil
		}), base))
		if err == nil || !strings.Contains(err.Error(), "longer than") || endless.read > c.most {
			t.Errorf("%s, announced %d: %v after %d bytes", c.question, c.length, err, endless.read)
		}
	}
}

func TestTheListsOfALargeClusterAreRead(t *testing.T) {
	for question, answer := range map[string]string{
		"agents": `{"type":"GET_AGENTS","get_agents":{"agents":[%s]}}`,
		"tasks":  `{"type":"GET_TASKS","get_tasks":{"tasks":[%s]}}`,
	} {
		one := map[string]string{
			"agents": `{"active":true,"version":"1.8.0","pid":"slave(1)@10.0.0.1:5051","registered_time":{"nanoseconds":1},
				"agent_info":{"hostname":"10.0.0.1","id":{"value":"S%d"},"resources":[%s]}},`,
			"tasks": `{"task_id":{"value":"t%d"},"framework_id":{"value":"F"},"agent_id":{"value":"S"},"state":"TASK_RUNNING","resources":[%s]},`,
		}[question]
		var list strings.Builder
		for i := range 1000 {
			fmt.Fprintf(&list, one, i, strings.TrimSuffix(strings.Repeat(`{"name":"cpus","type":"SCALAR","scalar":{"value":0.5}},`, 100), ","))
		}
		long := fmt.Sprintf(answer, strings.TrimSuffix(list.String(), ","))
		if err := questions[question](t.Context(), mesos.New(doer(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, ContentLength: int64(len(long)), Body: io.NopCloser(strings.NewReader(long))}, nil
		}), base)); err != nil {
			t.Errorf("%s of 5 MiB: %v", question, err)
		}
	}
}

func TestAnAnswerThatBreaksOffOrIsSomethingElseIsAnError(t *testing.T) {
	for question, ask := range questions {
		for name, body := range map[string]io.Reader{
			"breaks off": io.MultiReader(strings.NewReader(`{"type":`), broken{}),
			"a web page": strings.NewReader("<html><title>Bad Gateway</title></html>"),
			"nothing":    strings.NewReader(""),
		} {
			err := ask(t.Context(), mesos.New(doer(func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 200, Body: io.NopCloser(body)}, nil
			}), base))
			if err == nil || (name == "breaks off") != errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%s, %s: %v", question, name, err)
			}
		}
	}
}

func TestADoersErrorIsKept(t *testing.T) {
	for question, ask := range questions {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := ask(ctx, mesos.New(doer(func(req *http.Request) (*http.Response, error) { return nil, req.Context().Err() }), base))
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", question, err)
		}
	}
}

type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(req *http.Request) (*http.Response, error) { return d(req) }

// blanks never ends.
type blanks struct{ read int64 }

func (b *blanks) Read(p []byte) (int, error) {
	b.read += int64(len(p)) // what p holds does not matter: it is refused for its length
	return len(p), nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
