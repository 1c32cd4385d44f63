package sshexec

import "sync"

// capture keeps the first limit bytes written to it and drops the rest, so
// that an endless output is drained without growing. Safe for concurrent use.
type capture struct {
	limit int

	mu        sync.Mutex
	kept      []byte
	truncated bool
}

func (c *capture) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	room := c.limit - len(c.kept)
	c.kept = append(c.kept, p[:min(room, len(p))]...)
	c.truncated = c.truncated || len(p) > room
	return len(p), nil
}

// tail keeps the last limit bytes written to it: the reason why a command has
// failed comes last. Safe for concurrent use.
type tail struct {
	limit int

	mu   sync.Mutex
	kept []byte // at most twice the limit
	cut  bool
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p[max(0, len(p)-t.limit):]...)
	t.cut = t.cut || len(p) > t.limit
	if len(t.kept) > 2*t.limit {
		t.kept = append(t.kept[:0], t.end()...)
		t.cut = true
	}
	return len(p), nil
}

func (t *tail) end() []byte { return t.kept[max(0, len(t.kept)-t.limit):] }

// soFar is a copy of what was kept, and whether something was dropped.
func (t *tail) soFar() ([]byte, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]byte(nil), t.end()...), t.cut || len(t.kept) > t.limit
}

// soFar is a copy of what was kept, and whether something was dropped.
func (c *capture) soFar() ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]byte(nil), c.kept...), c.truncated
}
