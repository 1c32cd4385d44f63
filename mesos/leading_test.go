package mesos_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/mesos"
)

// masters is a cluster of three, of which some say that they lead, and each may
// redirect calls.
type masters struct {
	elected  string // their numbers, each followed by a space
	redirect map[string]string
	asked    []string
}

func (m *masters) leading() *mesos.Leading {
	var all []*mesos.Client
	for _, n := range []string{"1", "2", "3"} {
		all = append(all, mesos.New(doer(func(req *http.Request) (*http.Response, error) {
			say := func(status int, body string) (*http.Response, error) {
				return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
			}
			if req.URL.Path == dcos.MetricsSnapshot {
				value := 0
				if strings.Contains(m.elected, n+" ") {
					value = 1
				}
				return say(200, fmt.Sprintf(`{"master/elected":%d}`, value))
			}
			m.asked = append(m.asked, n)
			if to := m.redirect[n]; to != "" {
				resp, err := say(307, "")
				resp.Header.Set("Location", "//10.0.0."+to+":5050/master/api/v1")
				return resp, err
			}
			return say(200, `{"type":"GET_OPERATIONS","get_operations":{}}`)
		}), "http://10.0.0."+n+":5050"))
	}
	return mesos.NewLeading(all...)
}

func operations(ctx context.Context, c *mesos.Client) ([]dcos.Operation, error) {
	return c.Operations(ctx)
}

func TestReadsFollowALeaderAndWritesDoNot(t *testing.T) {
	for name, test := range map[string]struct {
		masters
		reads, writes string // who is asked
		read, write   error
	}{
		"one leads":                     {masters{elected: "2 "}, "2", "2", nil, nil},
		"another was elected since":     {masters{elected: "2 ", redirect: map[string]string{"2": "3"}}, "2 3", "2", nil, new(mesos.NotLeaderError)},
		"and one more":                  {masters{elected: "2 ", redirect: map[string]string{"2": "3", "3": "1"}}, "2 3 1", "2", nil, new(mesos.NotLeaderError)},
		"a leader that was restarted":   {masters{elected: "2 ", redirect: map[string]string{"2": "2"}}, "2", "2", new(mesos.NotLeaderError), new(mesos.NotLeaderError)}, // REC 431
		"a circle":                      {masters{elected: "2 ", redirect: map[string]string{"2": "3", "3": "2"}}, "2 3", "2", new(mesos.NotLeaderError), new(mesos.NotLeaderError)},
		"a master that nobody knows of": {masters{elected: "2 ", redirect: map[string]string{"2": "9"}}, "2", "2", new(mesos.NotLeaderError), new(mesos.NotLeaderError)},
		"none leads":                    {masters{}, "", "", mesos.ErrNoLeader, mesos.ErrNoLeader},
		"two lead":                      {masters{elected: "1 2 "}, "", "", mesos.ErrNoLeader, mesos.ErrNoLeader},
	} {
		check := func(what string, err, want error, asked string) {
			standby := new(mesos.NotLeaderError)
			ok := errors.Is(err, want)
			if _, redirected := want.(*mesos.NotLeaderError); redirected {
				ok = errors.As(err, &standby)
			}
			if got := strings.Join(test.asked, " "); !ok || got != asked {
				t.Errorf("%s: %s: %v, want %v; asked %q, want %q", name, what, err, want, got, asked)
			}
			test.asked = nil
		}
		_, err := mesos.Read(t.Context(), test.leading(), operations)
		check("read", err, test.read, test.reads)
		err = test.leading().Write(t.Context(), func(ctx context.Context, c *mesos.Client) error { return c.Deactivate(ctx, "S0") })
		check("write", err, test.write, test.writes)
	}
}

func TestAMasterThatHangsDoesNotHideTheLeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leads := mesos.New(answering(200, `{"master/elected":1}`), "http://10.0.0.1:5050")
		hangs := mesos.New(doer(func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		}), "http://10.0.0.2:5050")
		if c, err := mesos.NewLeading(hangs, leads).Find(t.Context()); err != nil || c != leads {
			t.Errorf("%v, %v", c, err)
		}
	})
}

func TestEveryMasterSaysWhyNoneLeads(t *testing.T) {
	silent := mesos.New(answering(200, `{}`), "http://10.0.0.1:5050")
	dead := mesos.New(doer(func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }), "http://10.0.0.2:5050")
	_, err := mesos.NewLeading(silent, dead).Find(t.Context())
	if !errors.Is(err, mesos.ErrNoLeader) || !strings.Contains(err.Error(), "10.0.0.1:5050 does not say yet") || !strings.Contains(err.Error(), "10.0.0.2:5050 GET /metrics/snapshot") {
		t.Error(err)
	}
}
