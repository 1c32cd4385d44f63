package sshexec

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// Run runs one command and waits for its end or for that of ctx. The Result
// holds what was heard, also beside an error:
//
//   - *NotRunError: the command was not started
//   - *ExitError: it ended with another code than 0
//   - *SudoError: sudo refused, the command was not started
//   - *LostError: its end was not heard and it may still be running; closing the channel does not kill it
//
// Nothing is ever run a second time. cmd.Stdin may be read for a moment longer than Run lasts.
func (c *Conn) Run(ctx context.Context, cmd Cmd) (Result, error) {
	start := time.Now()
	r, err := c.start(ctx, cmd)
	if err != nil {
		return Result{Took: time.Since(start)}, err
	}
	select {
	case <-r.finished:
	case <-ctx.Done():
		select {
		case <-r.finished: // it was in time
		default:
			c.closeChannel(r.channel)
			return r.soFar(start), &LostError{Node: c.node, Cmd: r.shown, Err: context.Cause(ctx)}
		}
	}
	return r.result(c, start)
}

// start asks the node to run the command.
func (c *Conn) start(ctx context.Context, cmd Cmd) (*running, error) {
	r := newRunning(cmd)
	notRun := func(err error) error { return &NotRunError{Node: c.node, Cmd: r.shown, Err: err} }
	if err := cmd.check(); err != nil {
		return nil, notRun(err)
	}
	if err := c.enter(ctx); err != nil {
		return nil, notRun(err)
	}
	channel, requests, err := c.open(ctx, "session", nil)
	if err != nil {
		c.leave()
		var refused *ssh.OpenChannelError
		if errors.As(err, &refused) {
			err = fmt.Errorf("%w: %w", ErrNoSession, err)
		}
		return nil, notRun(err)
	}
	r.channel = channel
	collected := c.spawn(func() { // from here on, so that a closing channel is always read to its end
		defer c.leave()
		r.collect(c, requests)
	})
	if !collected {
		c.leave()
		return nil, notRun(ErrClosed)
	}
	ok, err := c.request(ctx, channel, "exec", cmd.line())
	if err != nil {
		return nil, &LostError{Node: c.node, Cmd: r.shown, Err: err}
	}
	if !ok {
		c.closeChannel(channel)
		return nil, notRun(errors.New("the node does not let us run commands"))
	}
	r.feed(cmd.Stdin)
	return r, nil
}

// enter takes a place for a command.
func (c *Conn) enter(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	select {
	case <-c.done:
		return c.Err()
	default:
	}
	select {
	case c.sessions <- struct{}{}:
		return nil
	case <-c.done:
		return c.Err()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (c *Conn) leave() { <-c.sessions }

func (cmd Cmd) check() error {
	if len(cmd.Argv) == 0 {
		return errors.New("the command is empty")
	}
	for _, word := range cmd.Argv {
		if strings.Contains(word, "\x00") {
			return fmt.Errorf("word %q holds a zero byte", word)
		}
	}
	return nil
}

// line is what the login shell gets.
func (cmd Cmd) line() string { return Quote(cmd.words()) }

func (cmd Cmd) words() []string {
	if cmd.Sudo {
		return slices.Concat([]string{"sudo", "-n"}, cmd.Argv)
	}
	return cmd.Argv
}
