package checks

import (
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/elapsed"
)

// rowLimit is how long a row of CockroachDB's status may stay as it is. It is
// rewritten about every 10 s (FACTS §4).
const rowLimit = 60 * time.Second

// rowBook remembers since when each row shows the same time of update, so that
// single observations notice rows that are not rewritten. The zero rowBook is
// empty.
type rowBook struct {
	mu   sync.Mutex
	rows map[string]rowSeen
}

type rowSeen struct {
	mark  string
	since time.Time // first look that saw it, controller's clock
}

// stale enters one look, and lists the addresses whose row is the same as it
// was in a look longer ago than the limit.
func (b *rowBook) stale(marks map[string]string, asked time.Time) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rows == nil {
		b.rows = make(map[string]rowSeen)
	}
	var old []string
	for address, mark := range marks {
		was, known := b.rows[address]
		if !known || was.mark != mark {
			was = rowSeen{mark: mark, since: asked}
		}
		b.rows[address] = was
		if elapsed.Most(was.since, asked) > rowLimit {
			old = append(old, address)
		}
	}
	return old
}
