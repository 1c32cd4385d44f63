package main

import (
	"context"
	"os"
	"time"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/patcher"
)

// copies keeps plan and journal copied to the masters, one copy at a time,
// always of the newest state. That a copy is missing costs nothing but the
// hand-over to another machine.
type copies struct {
	r      *runner
	wanted chan struct{} // holds one: several wishes are one copy
	done   chan struct{}
}

// copyWithin bounds one round of copies.
const copyWithin = 30 * time.Second

func startCopies(ctx context.Context, r *runner) *copies {
	c := &copies{r: r, wanted: make(chan struct{}, 1), done: make(chan struct{})}
	go func() {
		defer close(c.done)
		for range c.wanted {
			c.copy(ctx)
		}
	}()
	return c
}

// want asks for a copy, and does not wait for it.
func (c *copies) want() {
	select {
	case c.wanted <- struct{}{}:
	default:
	}
}

// finish makes a last copy and waits for it.
func (c *copies) finish() {
	c.want()
	close(c.wanted)
	<-c.done
}

func (c *copies) copy(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, copyWithin)
	defer cancel()
	for _, file := range []string{journal.PlanFile, journal.JournalFile} {
		b, err := os.ReadFile(c.r.store.Path(c.r.run, file))
		if err == nil {
			err = patcher.CopyRun(ctx, hosts{c.r.pool}, c.r.lock.Masters, c.r.run, file, b)
		}
		if err != nil {
			return // a master that is being patched has none for now; the next copy brings it
		}
	}
}
