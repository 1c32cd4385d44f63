package mesos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// The most that is read of one answer. Lists grow with the cluster; beyond
// these sizes something else than Mesos is answering.
const (
	largeBody = 64 << 20 // agents, tasks; thinned while they are read
	smallBody = 1 << 20  // everything else
	errorBody = 1 << 10  // what is kept of an error's text
)

// The most that is kept of a list, so that a daemon that lies cannot fill our
// memory: several times what real clusters have. An agent takes about 400
// bytes, and so does a task.
const (
	agentsRoom, agentsRoomPerNode = 256 << 10, 4 << 10
	tasksRoom, tasksRoomPerNode   = 1 << 20, 64 << 10

	defaultNodes = 1000
)

// Doer sends one request: *http.Client is one. It must not follow redirects
// (http.Client: CheckRedirect returns http.ErrUseLastResponse); an answer that
// came from another address than the one asked is refused. It must be safe for
// concurrent use if the Client is used so, end when the request's context
// does, and may add authentication.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// Client asks one Mesos daemon, a master or an agent. It never retries and
// never follows a redirect. Safe for concurrent use.
//
// Errors: *StatusError (with ErrNotRecovered and ErrNoLeader by errors.Is),
// *NotLeaderError, ErrUnhealthy, a decoder's error that names the field, or
// the Doer's.
type Client struct {
	doer  Doer
	base  string
	nodes int // of the cluster
}

// New asks the daemon at base ("http://10.20.0.11:5050") through doer.
func New(doer Doer, base string) *Client {
	return &Client{doer: doer, base: strings.TrimRight(base, "/"), nodes: defaultNodes}
}

// Expecting is the client for a cluster of so many nodes, of which each is
// granted a share of what is kept of lists. Without it 1000 are expected.
func (c *Client) Expecting(nodes int) *Client {
	of := *c
	of.nodes = nodes
	return &of
}

// Agents lists the agents (GET_AGENTS). Only a leading master that has
// recovered answers: a 200 is evidence that the leader works.
func (c *Client) Agents(ctx context.Context) (dcos.Agents, error) {
	q := call("GET_AGENTS", largeBody)
	q.keep, q.room = agentsShape(), agentsRoom+agentsRoomPerNode*c.nodes
	return ask(ctx, c, q, dcos.ParseGetAgents)
}

// Tasks lists the tasks of a leading master or of an agent (GET_TASKS).
func (c *Client) Tasks(ctx context.Context) (dcos.Tasks, error) {
	q := call("GET_TASKS", largeBody)
	q.keep, q.room = tasksShape(), tasksRoom+tasksRoomPerNode*c.nodes
	return ask(ctx, c, q, dcos.ParseGetTasks)
}

// MaintenanceStatus is which machines are under maintenance
// (GET_MAINTENANCE_STATUS). Only a leading master that has recovered answers.
func (c *Client) MaintenanceStatus(ctx context.Context) (dcos.MaintenanceStatus, error) {
	q := call("GET_MAINTENANCE_STATUS", largeBody)
	q.keep, q.room = statusShape(), agentsRoom+agentsRoomPerNode*c.nodes
	return ask(ctx, c, q, dcos.ParseMaintenanceStatus)
}

// MaintenanceSchedule is when scheduled machines are meant to be away
// (GET_MAINTENANCE_SCHEDULE). Only a leading master that has recovered answers.
func (c *Client) MaintenanceSchedule(ctx context.Context) ([]dcos.MaintenanceWindow, error) {
	q := call("GET_MAINTENANCE_SCHEDULE", largeBody)
	q.keep, q.room = scheduleShape(), agentsRoom+agentsRoomPerNode*c.nodes
	return ask(ctx, c, q, dcos.ParseMaintenanceSchedule)
}

// Self is what an agent says about itself (GET_AGENT); a master refuses it.
func (c *Client) Self(ctx context.Context) (dcos.AgentSelf, error) {
	return ask(ctx, c, call("GET_AGENT", smallBody), dcos.ParseGetAgent)
}

// Health is nil when the daemon answers GET_HEALTH with healthy. Of a master
// it is the cheapest question that only a recovered leader answers.
func (c *Client) Health(ctx context.Context) error {
	healthy, err := ask(ctx, c, call("GET_HEALTH", smallBody), dcos.ParseGetHealth)
	if err == nil && !healthy {
		err = fmt.Errorf("%s %w", c.base, ErrUnhealthy)
	}
	return err
}

// Metrics reads /metrics/snapshot, giving the daemon 5 s to compute each
// metric; what is not ready by then is absent. A daemon answers two a second,
// everyone's together, and queues the rest: use a Reader.
func (c *Client) Metrics(ctx context.Context) (dcos.Metrics, error) {
	return ask(ctx, c, get(dcos.MetricsSnapshot+"?timeout=5secs", smallBody), dcos.ParseMetrics)
}

// Version reads /version of the running daemon; a standby answers for itself.
func (c *Client) Version(ctx context.Context) (dcos.MesosVersion, error) {
	return ask(ctx, c, get("/version", smallBody), dcos.ParseMesosVersion)
}

// Flags reads /flags; a standby answers for itself.
func (c *Client) Flags(ctx context.Context) (map[string]string, error) {
	return ask(ctx, c, get("/flags", smallBody), dcos.ParseMesosFlags)
}

// question is one request and the size of the answer that is accepted.
type question struct {
	name  string // in errors
	path  string
	body  string // JSON; empty for a GET
	limit int64
	keep  shape // of a list, what is kept while it is read; nil: all
	room  int   // bytes, with keep
}

func get(path string, limit int64) question {
	return question{name: "GET " + path, path: path, limit: limit}
}

// call is a v1 call without arguments.
func call(kind string, limit int64) question {
	return question{name: "v1 call " + kind, path: "/api/v1", body: fmt.Sprintf(`{"type":%q}`, kind), limit: limit}
}

// ask sends a question and decodes the answer.
func ask[T any](ctx context.Context, c *Client, q question, parse func([]byte) (T, error)) (T, error) {
	var none T
	body, err := c.send(ctx, q)
	var other *notJSON
	if errors.As(err, &other) { // the decoder knows how to say what it is instead
		if _, perr := parse(other.head); perr != nil {
			err = perr
		}
	}
	if err != nil {
		return none, fmt.Errorf("%s %s: %w", c.base, q.name, err)
	}
	v, err := parse(body)
	if err != nil {
		return none, fmt.Errorf("%s: %w", c.base, err)
	}
	return v, nil
}

// send gives the body of a 200.
func (c *Client) send(ctx context.Context, q question) (b []byte, err error) {
	resp, err := c.open(ctx, letter{path: q.path, kind: jsonKind, body: q.body, wants: http.StatusOK})
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	tooLong := fmt.Errorf("the answer is longer than %d MiB", q.limit>>20)
	if resp.ContentLength > q.limit {
		return nil, tooLong
	}
	body := &bounded{r: resp.Body, left: q.limit, over: tooLong}
	if q.keep != nil {
		b, err = thin(body, q.keep, q.room)
	} else {
		b, err = io.ReadAll(body)
	}
	if err != nil && !errors.Is(err, tooLong) {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	return b, err
}

// followed is the error of an answer that came from another address.
func followed(req *http.Request, resp *http.Response) error {
	if asked := resp.Request; asked != nil && asked.URL.String() != req.URL.String() {
		return fmt.Errorf("the answer is of %s: a redirect was followed", asked.URL)
	}
	return nil
}

// bounded gives an error in place of what exceeds its limit.
type bounded struct {
	r    io.Reader
	left int64
	over error
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p[:min(int64(len(p)), b.left+1)])
	if b.left -= int64(n); b.left < 0 {
		return 0, b.over
	}
	return n, err
}

// refusal is the error that another status than 200 means.
func refusal(resp *http.Response) error {
	if at := resp.Header.Get("Location"); resp.StatusCode == http.StatusTemporaryRedirect && at != "" {
		return &NotLeaderError{Location: at}
	}
	b, _ := io.ReadAll(io.LimitReader(resp.Body, errorBody)) // what came of it; the code says enough
	return &StatusError{Code: resp.StatusCode, Body: strings.TrimSpace(string(b))}
}
