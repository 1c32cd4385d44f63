package controller

import (
	"context"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/patcher"
)

const (
	beatEvery = 30 * time.Second
	leastBeat = time.Second // in rehearsals
	beatWatch = 5           // halves of beatEvery that lock break watches: two beats, and some
)

// beatPause is the time between two heartbeats of a controller.
func beatPause(scale float64) time.Duration { return max(scaled(beatEvery, scale), leastBeat) }

// watchFor is how long a living controller cannot be missed.
func watchFor(scale float64) time.Duration { return beatPause(scale) * beatWatch / 2 }

// heartbeat says on every master that this controller lives, until stopped. A
// master that does not answer does not keep the others waiting.
type heartbeat struct {
	stop context.CancelFunc
	wg   sync.WaitGroup
}

func startHeartbeat(ctx context.Context, r *running, nodes patcher.Nodes, c node.Claim) *heartbeat {
	ctx, stop := context.WithCancel(ctx)
	b := &heartbeat{stop: stop}
	for _, m := range r.lock.Masters {
		b.wg.Go(func() { beatOn(ctx, nodes, m, c, beatPause(r.plan.TimeScale)) })
	}
	return b
}

// end stops the heartbeat and waits for it.
func (b *heartbeat) end() {
	if b != nil {
		b.stop()
		b.wg.Wait()
	}
}

func beatOn(ctx context.Context, nodes patcher.Nodes, m inventory.NodeName, c node.Claim, every time.Duration) {
	for n := 1; ; n++ {
		within, cancel := context.WithTimeout(ctx, max(every, copyWithin))
		if h, err := nodes.Node(within, m); err == nil {
			_ = node.Beat(within, h, c, n) // it informs only; a refusal is heard by fencedHosts
		}
		cancel()
		select {
		case <-time.After(every):
		case <-ctx.Done():
			return
		}
	}
}
