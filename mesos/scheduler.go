package mesos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

const (
	schedulerPath = "/api/v1/scheduler"
	streamHeader  = "Mesos-Stream-Id"
)

// ErrStream means that the stream of a framework has ended, or nothing was
// heard on it for too long: the framework is not connected any more, and what
// became of its tasks is not known.
var ErrStream = errors.New("the framework's stream is over")

// ErrorEvent is the master's ERROR: it does not want the framework.
type ErrorEvent struct{ Message string }

func (e *ErrorEvent) Error() string { return "the master refuses the framework: " + e.Message }

// FrameworkInfo is what a new framework says of itself. It never fails over:
// when its stream ends the master removes it, and kills its tasks.
type FrameworkInfo struct {
	Name string
	User string // that its tasks run as
	Role string // whose resources it is offered, besides those that are unreserved
}

// TaskInfo is a task that runs a command line in a shell.
type TaskInfo struct {
	ID, Name  string
	Command   string
	CPUs, Mem float64 // Mem in MB
}

// Scheduler is one framework of ours at a leading master (v1 scheduler API). Next
// is for one goroutine; the calls may come from any.
type Scheduler struct {
	ID string // of the framework, as the master gave it

	client  *Client
	stream  string
	body    io.Closer
	events  *records
	silence time.Duration // longest time without an event
	cancel  context.CancelCauseFunc
	cause   func() error
}

// How long a master may be silent: three of its heartbeats, which are 15 s
// apart unless it says otherwise.
const (
	usualHeartbeat = 15 * time.Second
	missable       = 3
	leastSilence   = 5 * time.Second
)

// The most that one event may have. An OFFERS may bring every agent at once, in
// some 2 kB each.
const eventRoom, eventRoomPerNode = 256 << 10, 8 << 10

// Subscribe makes a new framework at a leading master. It is there until
// Close or Teardown, or until ctx ends. Errors are those of Client, *ErrorEvent
// and ErrStream.
func (c *Client) Subscribe(ctx context.Context, f FrameworkInfo) (*Scheduler, error) {
	body, err := json.Marshal(object{"type": "SUBSCRIBE", "subscribe": object{"framework_info": object{
		"name": f.Name, "user": f.User, "roles": []string{f.Role}, "failover_timeout": 0, "checkpoint": false,
		"capabilities": []object{{"type": "MULTI_ROLE"}},
	}}})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	s := &Scheduler{client: c, silence: missable * usualHeartbeat, cancel: cancel, cause: func() error { return context.Cause(ctx) }}
	if err := s.subscribe(ctx, string(body)); err != nil {
		s.Close()
		return nil, fmt.Errorf("%s SUBSCRIBE: %w", c.base, err)
	}
	return s, nil
}

// object is a JSON object.
type object map[string]any

func (s *Scheduler) subscribe(ctx context.Context, body string) error {
	watch := s.watch()
	resp, err := s.client.open(ctx, letter{path: schedulerPath, kind: jsonKind, body: body, wants: http.StatusOK})
	watch.Stop()
	if err != nil {
		return err
	}
	s.body, s.stream = resp.Body, resp.Header.Get(streamHeader)
	s.events = newRecords(resp.Body, eventRoom+eventRoomPerNode*s.client.nodes)
	if s.stream == "" {
		return fmt.Errorf("the answer has no %s: something else than Mesos answers", streamHeader)
	}
	e, err := s.Next()
	switch {
	case err != nil:
		return err
	case e.Type != dcos.EventSubscribed:
		return fmt.Errorf("the first event is %q, want %s", e.Type, dcos.EventSubscribed)
	}
	s.ID = e.FrameworkID
	if e.Heartbeat > 0 {
		s.silence = max(missable*e.Heartbeat, leastSilence)
	}
	return nil
}

// watch ends everything when nothing is heard for too long.
func (s *Scheduler) watch() *time.Timer {
	return time.AfterFunc(s.silence, func() { s.cancel(fmt.Errorf("%w: nothing heard for %s", ErrStream, s.silence)) })
}

// Next waits for the next event. The error is ErrStream or *ErrorEvent, or the
// context's of Subscribe; none of them lets the framework go on.
func (s *Scheduler) Next() (dcos.SchedulerEvent, error) {
	watch := s.watch()
	b, err := s.events.next()
	watch.Stop()
	if err != nil {
		if cause := s.cause(); cause != nil {
			return dcos.SchedulerEvent{}, cause
		}
		return dcos.SchedulerEvent{}, fmt.Errorf("%w: %w", ErrStream, err)
	}
	e, err := dcos.ParseSchedulerEvent(b)
	switch {
	case err != nil:
		return dcos.SchedulerEvent{}, err
	case e.Type == dcos.EventError:
		return dcos.SchedulerEvent{}, &ErrorEvent{Message: e.Message}
	}
	return e, nil
}

// Close ends the stream, and so the framework.
func (s *Scheduler) Close() {
	s.cancel(ErrStream)
	if s.body != nil {
		s.body.Close()
	}
}
