package controller

import (
	"bytes"
	"context"
	"io"
	"os"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fanout"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/patcher"
)

// copies keeps plan, script and journal copied to the masters. A copy grows by
// what is new, at most once in a while; one that a master missed, because it
// was being patched, it gets with the next. That a copy is missing costs
// nothing but the hand-over to another machine.
type copies struct {
	r      *running
	nodes  patcher.Nodes
	claim  node.Claim
	wanted chan struct{} // holds one: several wishes are one copy
	ending chan struct{}
	done   chan struct{}
	there  []copied // by master; each belongs to one goroutine at a time
}

// copied is what one master has.
type copied struct {
	master  inventory.NodeName
	program bool             // the node program was put there
	sent    map[string]int64 // bytes of each file
}

const (
	copyWithin = 30 * time.Second // bounds one round
	copyEvery  = 15 * time.Second // pause between two
	pieceLimit = 4 << 20          // bytes of one upload
)

func startCopies(ctx context.Context, r *running, nodes patcher.Nodes, c node.Claim) *copies {
	k := &copies{r: r, nodes: nodes, claim: c, wanted: make(chan struct{}, 1), ending: make(chan struct{}), done: make(chan struct{})}
	for _, m := range r.lock.Masters {
		k.there = append(k.there, copied{master: m, sent: map[string]int64{}})
	}
	go k.work(ctx)
	return k
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
	close(c.ending)
	<-c.done
}

func (c *copies) work(ctx context.Context) {
	defer close(c.done)
	for {
		select {
		case <-c.wanted:
		case <-c.ending:
			c.round(ctx)
			return
		}
		c.round(ctx)
		select {
		case <-time.After(scaled(copyEvery, c.r.plan.TimeScale)):
		case <-c.ending:
			c.round(ctx)
			return
		}
	}
}

// round brings every master up to date that can be reached.
func (c *copies) round(ctx context.Context) {
	if ctx.Err() != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, copyWithin)
	defer cancel()
	fanout.Each(len(c.there), c.there, func(i int, _ copied) { _ = c.bring(ctx, &c.there[i]) }) // the next round tries again
}

// bring sends one master what it lacks. The journal goes last: who has it has
// all that a resume needs.
func (c *copies) bring(ctx context.Context, to *copied) error {
	for _, file := range []string{journal.PlanFile, journal.ScriptFile, journal.JournalFile} {
		for {
			p, err := c.piece(file, to.sent[file])
			if err != nil {
				return err
			}
			if len(p.Content) == 0 {
				break
			}
			if err := c.send(ctx, to, p); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *copies) send(ctx context.Context, to *copied, p patcher.Piece) error {
	h, err := c.nodes.Node(ctx, to.master)
	if err != nil {
		return err
	}
	if !to.program {
		if err := node.Init(ctx, h, c.claim); err != nil {
			return err
		}
		if err := patcher.InstallProgram(ctx, h); err != nil {
			return err
		}
		to.program = true
	}
	if err := patcher.Copy(ctx, h, c.claim, p); err != nil {
		to.program, to.sent[p.File] = false, 0 // whatever is there now, it is written over
		return err
	}
	to.sent[p.File] += int64(len(p.Content))
	return nil
}

// piece is what a file has from an offset on; of the journal, whole lines.
func (c *copies) piece(file string, offset int64) (patcher.Piece, error) {
	p := patcher.Piece{File: file, Offset: offset}
	f, err := os.Open(c.r.runs.Path(c.r.run, file))
	if err != nil {
		return p, err
	}
	defer f.Close()
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return p, err
	}
	b, err := io.ReadAll(io.LimitReader(f, pieceLimit))
	if end := bytes.LastIndexByte(b, '\n') + 1; file == journal.JournalFile && (end > 0 || len(b) < pieceLimit) {
		b = b[:end] // the rest is still being written
	}
	p.Content = b
	return p, err
}
