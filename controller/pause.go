package controller

import (
	"context"
	"sync"
)

// untilPause gives a context that ends with a pause as well: before a run has begun no
// node is in hand, and nothing is worth waiting for. begin ends that, and gives the
// pauses of the run; one that came too late to end anything is among them.
func untilPause(ctx context.Context, pause <-chan struct{}) (unbegun context.Context, begin func() <-chan struct{}) {
	unbegun, cancel := context.WithCancel(ctx)
	over, heard := make(chan struct{}), make(chan bool, 1)
	go func() {
		select {
		case <-pause:
			cancel()
			heard <- true
		case <-over:
			heard <- false
		}
	}()
	return unbegun, sync.OnceValue(func() <-chan struct{} {
		close(over)
		paused := <-heard
		cancel()
		if !paused {
			return pause
		}
		again := make(chan struct{}, 1)
		again <- struct{}{}
		return again
	})
}
