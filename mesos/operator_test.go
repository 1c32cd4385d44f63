package mesos_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/mesos"
)

const (
	firstAgent = "6797eeb3-de12-4409-88df-b396afa7ff2a-S0"
	thirdAgent = "6797eeb3-de12-4409-88df-b396afa7ff2a-S1"
)

func agent2() []dcos.Machine { return []dcos.Machine{{Hostname: "agent2.test", IP: "127.0.1.2"}} }

// TestCallsThatWriteAreTheRecordedOnes: the replay compares method, path, headers and body.
func TestCallsThatWriteAreTheRecordedOnes(t *testing.T) {
	window := func(start int64) []dcos.ScheduledWindow {
		return []dcos.ScheduledWindow{dcos.MaintenanceWindow{Machines: agent2(), Start: time.Unix(0, start), Duration: time.Hour}.Scheduled()}
	}
	gone := mesos.Drain{MaxGrace: time.Second, MarkGone: true}
	for _, test := range []struct {
		number string
		do     func(context.Context, *mesos.Client) error
		is     error
	}{
		{"232", func(ctx context.Context, c *mesos.Client) error { return c.UpdateSchedule(ctx, nil) }, nil},
		{"235", func(ctx context.Context, c *mesos.Client) error {
			return c.UpdateSchedule(ctx, window(1795294104224215552))
		}, nil},
		{"237", func(ctx context.Context, c *mesos.Client) error {
			return c.StartMaintenance(ctx, []dcos.Machine{{Hostname: "agent1.test", IP: "127.0.1.1"}})
		}, mesos.ErrNotDraining},
		{"238", func(ctx context.Context, c *mesos.Client) error { return c.StartMaintenance(ctx, nil) }, mesos.ErrNoMachines},
		{"239", func(ctx context.Context, c *mesos.Client) error { return c.StartMaintenance(ctx, agent2()) }, nil},
		{"241", func(ctx context.Context, c *mesos.Client) error {
			return c.StopMaintenance(ctx, []dcos.Machine{{Hostname: "agent3.test", IP: "127.0.1.3"}})
		}, mesos.ErrNotDown},
		{"242", func(ctx context.Context, c *mesos.Client) error { return c.StopMaintenance(ctx, agent2()) }, nil},
		{"198", func(ctx context.Context, c *mesos.Client) error { return c.Drain(ctx, firstAgent, mesos.Drain{}) }, mesos.ErrScheduled},
		{"247", func(ctx context.Context, c *mesos.Client) error { return c.Drain(ctx, "no-such-agent", mesos.Drain{}) }, mesos.ErrUnknownAgent},
		{"253", func(ctx context.Context, c *mesos.Client) error { return c.Drain(ctx, firstAgent, mesos.Drain{}) }, nil},
		{"276", func(ctx context.Context, c *mesos.Client) error {
			return c.Drain(ctx, firstAgent, mesos.Drain{MaxGrace: 2 * time.Second})
		}, nil},
		{"303", func(ctx context.Context, c *mesos.Client) error { return c.Drain(ctx, thirdAgent, gone) }, nil},
		{"251", func(ctx context.Context, c *mesos.Client) error { return c.Reactivate(ctx, firstAgent) }, mesos.ErrNotDeactivated},
		{"260", func(ctx context.Context, c *mesos.Client) error { return c.Reactivate(ctx, firstAgent) }, mesos.ErrDraining},
		{"271", func(ctx context.Context, c *mesos.Client) error { return c.Reactivate(ctx, firstAgent) }, nil},
		{"452", func(ctx context.Context, c *mesos.Client) error { return c.Deactivate(ctx, "nope") }, mesos.ErrUnknownAgent},
		{"307", func(ctx context.Context, c *mesos.Client) error { return c.MarkGone(ctx, thirdAgent) }, nil},
		{"309", func(ctx context.Context, c *mesos.Client) error { return c.MarkGone(ctx, "nope") }, mesos.ErrUnknownAgent},
	} {
		r := recorded(t, test.number)
		err := test.do(t.Context(), mesos.New(r, base))
		if !errors.Is(err, test.is) || len(r.seen) != 1 {
			t.Errorf("%s: %v, want %v, after %d requests", test.number, err, test.is, len(r.seen))
		}
		if unknown := new(mesos.UnknownOutcomeError); errors.As(err, &unknown) {
			t.Errorf("%s: refused, and yet %v", test.number, err)
		}
	}
}

// TestEveryRecordedRefusalHasOneMeaning: no answer against a call is just a status, and
// the table says of each call what was said against it.
func TestEveryRecordedRefusalHasOneMeaning(t *testing.T) {
	general := []error{mesos.ErrUnauthorized, mesos.ErrNotRecovered, mesos.ErrNoLeader, mesos.ErrMalformed, mesos.ErrUnknownCall}
	seen := map[error]int{}
	for _, r := range allRecorded(t) {
		path, _, _ := strings.Cut(r.Request.Path, "?")
		if !slices.Contains([]string{"/api/v1", "/maintenance/schedule", "/maintenance/status", "/machine/down", "/machine/up"}, path) || r.Response.Status < 400 {
			continue
		}
		var text string
		if err := json.Unmarshal(r.Response.Body, &text); err != nil {
			t.Fatal(err)
		}
		refused := &mesos.StatusError{Code: r.Response.Status, Body: text}
		expected := general
		for _, c := range mesos.Calls() {
			if expected = append(expected, c.Refused...); r.asked() == c.Name {
				expected = append(slices.Clone(general), c.Refused...)
				break
			}
		}
		var means []error
		for _, one := range expected {
			if errors.Is(refused, one) && !slices.Contains(means, one) {
				means = append(means, one)
			}
		}
		if len(means) != 1 {
			t.Errorf("%s (%s): %v means %v", r.name, r.asked(), refused, means)
			continue
		}
		seen[means[0]]++
	}
	for _, c := range mesos.Calls() {
		for _, one := range append(slices.Clone(general), c.Refused...) {
			if seen[one] == 0 {
				t.Errorf("%s: that %v was never recorded", c.Name, one)
			}
		}
		if c.Because == "" || c.Writes == (c.Refused == nil) || !c.Writes && !c.Repeatable || mesos.CallNamed(c.Name).Name != c.Name {
			t.Errorf("%+v", c)
		}
	}
	if mesos.CallNamed("DRAIN_AGENT").In("1.8.1") || !mesos.CallNamed("DRAIN_AGENT").In("1.9.0") || mesos.CallNamed("no such call").Name != "" {
		t.Error("drains came with Mesos 1.9")
	}
}

func allRecorded(t *testing.T) (all []*replay) {
	t.Helper()
	files, err := filepath.Glob("../dcos/testdata/recordings/*.json")
	if err != nil || len(files) < 300 {
		t.Fatalf("%d recordings, %v", len(files), err)
	}
	for _, f := range files {
		r := &replay{t: t, name: filepath.Base(f)}
		b, err := os.ReadFile(f)
		if err == nil {
			err = json.Unmarshal(b, r)
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// Without an answer nobody knows whether the master has carried a call out (REC 419).
func TestALostAnswerToACallThatWritesLeavesItsOutcomeOpen(t *testing.T) {
	for name, answer := range map[string]doer{
		"the connection breaks": func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF },
		"it is taken for later": func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 202, Body: http.NoBody}, nil
		},
		"a proxy has no server": func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 503, Body: io.NopCloser(strings.NewReader("Service Unavailable"))}, nil
		},
		"a proxy gives up": func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 504, Body: io.NopCloser(strings.NewReader("Gateway Timeout"))}, nil
		},
	} {
		c := mesos.New(answer, base)
		for call, err := range map[string]error{"DRAIN_AGENT": c.Drain(t.Context(), "S0", mesos.Drain{}), "DEACTIVATE_AGENT": c.Deactivate(t.Context(), "S0")} {
			var unknown *mesos.UnknownOutcomeError
			if !errors.As(err, &unknown) || unknown.Call.Name != call || unknown.Call.Repeatable != (call == "DEACTIVATE_AGENT") {
				t.Errorf("%s: %s: %v", name, call, err)
			}
		}
	}
	unready := mesos.New(answering(503, "Master has not finished recovery"), base)
	if err := unready.Deactivate(t.Context(), "S0"); !errors.Is(err, mesos.ErrNotRecovered) || errors.As(err, new(*mesos.UnknownOutcomeError)) {
		t.Errorf("a leader that has not recovered: %v", err)
	}
}

func TestACallThatWritesOutlastsTheRegistrysTimeout(t *testing.T) {
	c := mesos.New(doer(func(req *http.Request) (*http.Response, error) {
		if end, limited := req.Context().Deadline(); !limited || time.Until(end) < 80*time.Second {
			t.Errorf("the call ends at %v", end)
		}
		return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
	}), base)
	if err := c.UpdateSchedule(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

func TestTheScheduleOfOthersIsPostedAsItWasRead(t *testing.T) {
	windows, err := mesos.New(recorded(t, "236"), base).Schedule(t.Context())
	if err != nil || len(windows) != 1 {
		t.Fatalf("%v, %v", windows, err)
	}
	if err := mesos.New(recorded(t, "235"), base).UpdateSchedule(t.Context(), windows); err != nil { // the replay compares
		t.Error(err)
	}
}

// TestWindowsOfOthersAreReadWhole: a schedule is posted as a whole, so that what is not
// kept of a window, because no version of today writes it, would be taken from its owner.
func TestWindowsOfOthersAreReadWhole(t *testing.T) {
	const window = `{"machine_ids":[{"hostname":"agent2.test","ip":"127.0.1.2"}],"reason":"by <another> tool","unavailability":{"start":{"nanoseconds":1795294104224215552},"zone":{"b":1,"a":[true,null]}}}`
	c := mesos.New(answering(http.StatusOK, `{"type":"GET_MAINTENANCE_SCHEDULE","get_maintenance_schedule":{"schedule":{"windows":[`+window+`]}}}`), "http://10.20.0.11:5050")
	got, err := c.Schedule(t.Context())
	if err != nil || len(got) != 1 {
		t.Fatalf("%v, %v", got, err)
	}
	var read, said any
	if err := errors.Join(json.Unmarshal([]byte(got[0].Text), &read), json.Unmarshal([]byte(window), &said)); err != nil || !cmp.Equal(read, said) {
		t.Errorf("%v\ngot  %s\nwant %s", err, got[0].Text, window)
	}
}
