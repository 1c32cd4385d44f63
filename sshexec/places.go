package sshexec

import (
	"context"
	"sync/atomic"
	"time"
)

// places are those of the commands that run at once on a connection. A command
// that was given up keeps its place until the node has ended it, since sshd
// counts its session as long.
type places struct {
	taken chan struct{}
	hung  atomic.Int32 // how many are held by commands that were given up
}

// hungPatience is how long a command waits while every place is held by one
// that was given up. Nothing that anybody waits for is lost with such a
// connection, but for what is in tunnels.
const hungPatience = 10 * time.Second

func (p *places) allHung() bool { return int(p.hung.Load()) >= cap(p.taken) }

// enter takes a place for a command. A node that ends none of the commands
// that were given up does not keep us waiting forever: the connection is ended,
// so that a new one can be made.
func (c *Conn) enter(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	select {
	case <-c.done:
		return c.Err()
	default:
	}
	look := time.NewTicker(hungPatience)
	defer look.Stop()
	for {
		select {
		case c.places.taken <- struct{}{}:
			return nil
		case <-c.done:
			return c.Err()
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-look.C:
			if c.places.allHung() {
				c.end(ErrHung)
			}
		}
	}
}

func (c *Conn) leave() { <-c.places.taken }

// givenUp counts a command as given up until it has ended.
func (c *Conn) givenUp(ended <-chan struct{}) {
	c.places.hung.Add(1)
	if !c.spawn(func() {
		<-ended
		c.places.hung.Add(-1)
	}) {
		c.places.hung.Add(-1) // the connection is closing
	}
}
