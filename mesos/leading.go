package mesos

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fanout"
)

// Leading asks the leading one of a cluster's masters, and finds it again when another
// leads. It is for commands; gates have readers of metrics of their own.
type Leading struct {
	masters []*Client
}

// NewLeading takes a client of each master, or one of an address that always leads to the
// leading one.
func NewLeading(masters ...*Client) *Leading { return &Leading{masters} }

// atOnce is to how many masters the question who leads goes at the same time.
const atOnce = 5

// findTimeout is how long a master may take to say whether it leads: one that is dead
// says nothing.
const findTimeout = 15 * time.Second

// Find gives the master that leads by its own word (master/elected): where a redirect
// points to proves nothing. The error is ErrNoLeader, with what each of them says.
func (l *Leading) Find(ctx context.Context) (*Client, error) {
	elected, said := make([]bool, len(l.masters)), make([]string, len(l.masters))
	fanout.Each(atOnce, l.masters, func(i int, c *Client) {
		ctx, cancel := context.WithTimeout(ctx, findTimeout)
		defer cancel()
		m, err := c.Metrics(ctx)
		v, known := m.Get("master/elected")
		switch elected[i] = v == 1; {
		case err != nil:
			said[i] = err.Error()
		case !known:
			said[i] = c.base + " does not say yet whether it leads"
		case elected[i]:
			said[i] = c.base + " leads"
		default:
			said[i] = c.base + " does not lead"
		}
	})
	var leader *Client
	for i, c := range l.masters {
		if elected[i] && leader != nil {
			return nil, fmt.Errorf("%w: %s", ErrNoLeader, strings.Join(said, "; "))
		}
		if elected[i] {
			leader = c
		}
	}
	if leader == nil {
		return nil, fmt.Errorf("%w: %s", ErrNoLeader, strings.Join(said, "; "))
	}
	return leader, nil
}

// at is the master that a redirect points to, if it is one of ours.
func (l *Leading) at(location string) *Client {
	host, _, _ := strings.Cut(strings.TrimPrefix(location, "//"), "/")
	for _, c := range l.masters {
		if _, own, _ := strings.Cut(c.base, "://"); own == host {
			return c
		}
	}
	return nil
}

// redirectsMost is how many redirects are followed: one that is right, and one more
// when another was elected meanwhile.
const redirectsMost = 2

// Read asks the leading master something that changes nothing. A redirect is followed to
// another master of the list; one that goes in a circle, or elsewhere, is the answer.
func Read[T any](ctx context.Context, l *Leading, ask func(context.Context, *Client) (T, error)) (T, error) {
	var none T
	c, err := l.Find(ctx)
	if err != nil {
		return none, err
	}
	asked := map[*Client]bool{}
	for range redirectsMost {
		v, err := ask(ctx, c)
		var standby *NotLeaderError
		if !errors.As(err, &standby) {
			return v, err
		}
		asked[c] = true
		if c = l.at(standby.Location); c == nil || asked[c] {
			return none, err
		}
	}
	return ask(ctx, c)
}

// Write has the leading master change something, once: no redirect is followed. After a
// *NotLeaderError nothing has changed, and it may be tried again.
func (l *Leading) Write(ctx context.Context, do func(context.Context, *Client) error) error {
	c, err := l.Find(ctx)
	if err != nil {
		return err
	}
	return do(ctx, c)
}
