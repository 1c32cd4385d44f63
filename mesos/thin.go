package mesos

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// shape says what is kept of a JSON value: of an object the keys that are
// named, each by its own shape; of a list every element, by the list's shape. A
// nil shape keeps everything.
type shape map[string]shape

// The parts of the long lists that package dcos reads. They are less than a
// tenth of what Mesos sends.
func agentsShape() shape {
	info := shape{"id": nil, "hostname": nil}
	return shape{"type": nil, "get_agents": {
		"agents": {
			"agent_info": info, "active": nil, "deactivated": nil, "version": nil, "pid": nil, "drain_info": {"state": nil, "config": nil}, "estimated_drain_start_time": nil,
			"registered_time": nil, "reregistered_time": nil,
		},
		"recovered_agents": info,
	}}
}

// statusShape leaves out what each framework has answered about each machine.
func statusShape() shape {
	return shape{"type": nil, "get_maintenance_status": {"status": {"draining_machines": {"id": nil}, "down_machines": nil}}}
}

// inverseShape is those answers, and nothing else.
func inverseShape() shape {
	return shape{"type": nil, "get_maintenance_status": {"status": {"draining_machines": {"id": nil, "statuses": {"status": nil, "framework_id": nil, "timestamp": nil}}}}}
}

func operationsShape() shape {
	return shape{"type": nil, "get_operations": {"operations": {"agent_id": nil, "info": {"id": nil, "type": nil}, "latest_status": {"state": nil}}}}
}

// scheduleShape keeps windows whole: they are posted again, and most are somebody else's.
func scheduleShape() shape {
	return shape{"type": nil, "get_maintenance_schedule": {"schedule": {"windows": nil}}}
}

func tasksShape() shape {
	task := shape{
		"task_id": nil, "name": nil, "framework_id": nil, "agent_id": nil, "executor_id": nil, "state": nil,
		"statuses": {"reason": nil, "message": nil},
	}
	return shape{"type": nil, "get_tasks": {
		"pending_tasks": task, "queued_tasks": task, "launched_tasks": task, "tasks": task, "terminated_tasks": task,
		"unreachable_tasks": task, "completed_tasks": task, "orphan_tasks": task,
	}}
}

const (
	tokenMost    = 1 << 20 // bytes of one string or number, or of one value that is not kept
	elementDepth = 3       // of a list's elements: the answer, its object, the list

	depthMost = 64 // objects and lists within each other; real answers have fewer than 20
)

// thinner copies JSON from a reader, without ever holding more of it than one
// token and what it keeps.
type thinner struct {
	in    *json.Decoder
	from  *meter
	out   []byte
	room  int // bytes that out may have
	depth int

	skipped json.RawMessage // room for what is not kept
}

// thin reads one JSON document and gives what the shape keeps of it, at most
// room bytes. Anything after the document is an error.
func thin(r io.Reader, keep shape, room int) ([]byte, error) {
	from := &meter{r: r}
	t := &thinner{in: json.NewDecoder(from), from: from, room: room}
	t.in.UseNumber()
	if err := t.value(keep); err != nil {
		return nil, from.explain(err)
	}
	if _, err := t.in.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more text after the end of the JSON")
	}
	return t.out, nil
}

func (t *thinner) value(keep shape) error {
	token, err := t.next()
	if err != nil {
		return err
	}
	open, composite := token.(json.Delim)
	if !composite {
		return t.put(token)
	}
	if t.depth++; t.depth > depthMost {
		return fmt.Errorf("more than %d objects and lists within each other", depthMost)
	}
	if err := t.append(byte(open)); err != nil {
		return err
	}
	for n := 0; t.in.More(); {
		if open == '[' {
			if err = t.comma(&n); err == nil {
				err = t.value(keep)
			}
		} else {
			err = t.member(keep, &n)
		}
		if err != nil {
			return err
		}
	}
	end, err := t.next()
	if err != nil {
		return err
	}
	t.depth--
	return t.append(byte(end.(json.Delim)))
}

// member copies or skips a key of an object and its value.
func (t *thinner) member(keep shape, n *int) error {
	key, err := t.next()
	if err != nil {
		return err
	}
	inner, wanted := keep[key.(string)] // a Decoder gives nothing else there
	if !wanted && keep != nil {
		return t.skip()
	}
	if err := t.comma(n); err != nil {
		return err
	}
	if err := t.put(key); err != nil {
		return err
	}
	if err := t.append(':'); err != nil {
		return err
	}
	return t.value(inner)
}

func (t *thinner) comma(n *int) error {
	if *n++; *n > 1 {
		return t.append(',')
	}
	return nil
}

// skip reads one value and keeps nothing. Inside an element of a list values are
// small, and are read in one go, which is many times faster.
func (t *thinner) skip() error {
	if t.depth > elementDepth {
		t.from.begin()
		t.skipped = t.skipped[:0]
		return t.in.Decode(&t.skipped)
	}
	for depth := 0; ; {
		token, err := t.next()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if t.depth+depth > depthMost {
			return fmt.Errorf("more than %d objects and lists within each other", depthMost)
		}
		if depth == 0 {
			return nil
		}
	}
}

func (t *thinner) next() (json.Token, error) {
	t.from.begin()
	return t.in.Token()
}

func (t *thinner) put(token json.Token) error {
	b, err := json.Marshal(token)
	if err != nil {
		return err
	}
	return t.append(b...)
}

// append keeps text, while there is room for it: brackets and commas without
// anything in them are text, too.
func (t *thinner) append(b ...byte) error {
	if len(t.out)+len(b) > t.room {
		return fmt.Errorf("more than %d KiB are of use to us: no cluster of this size says so much", t.room>>10)
	}
	t.out = append(t.out, b...)
	return nil
}
