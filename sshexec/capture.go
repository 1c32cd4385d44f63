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

// so far is a copy of what was kept, and whether something was dropped.
func (c *capture) soFar() ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]byte(nil), c.kept...), c.truncated
}
