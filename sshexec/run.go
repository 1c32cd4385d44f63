package sshexec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
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
	again := rewinder(cmd.Stdin)
	res, r, err := c.runOnce(ctx, cmd)
	if !cmd.Sudo || !wantsTerminal(err) || r.terminal {
		return res, err
	}
	c.sudoTerminal.Store(true)
	// Sudo has not run it, and will for one who has a terminal.
	if !r.wasFed(ctx) || !again() {
		return res, err
	}
	res, _, err = c.runOnce(ctx, cmd)
	return res, err
}

func (c *Conn) runOnce(ctx context.Context, cmd Cmd) (Result, *running, error) {
	start := time.Now()
	r, err := c.start(ctx, cmd)
	if err != nil {
		return Result{Took: time.Since(start)}, nil, err
	}
	select {
	case <-r.finished:
	case <-ctx.Done():
		select {
		case <-r.finished: // it was in time
		default:
			c.closeChannel(r.channel)
			c.givenUp(r.finished)
			return r.soFar(start), r, &LostError{Node: c.node, Cmd: r.shown, Err: r.meanwhile(context.Cause(ctx))}
		}
	}
	res, err := r.result(c, start)
	return res, r, err
}

// rewinder sets standard input back to where it was. False: it cannot be.
func rewinder(stdin io.Reader) func() bool {
	if stdin == nil {
		return func() bool { return true }
	}
	s, ok := stdin.(io.Seeker)
	if !ok {
		return func() bool { return false }
	}
	at, err := s.Seek(0, io.SeekCurrent)
	return func() bool {
		if err == nil {
			_, err = s.Seek(at, io.SeekStart)
		}
		return err == nil
	}
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
	noisy, err := c.greet(ctx)
	if err != nil {
		c.leave()
		return nil, notRun(err)
	}
	w := invocation{cmd: cmd, password: c.sudoPassword, terminal: cmd.Sudo && c.sudoTerminal.Load(), place: c.place(), noisy: noisy}
	line, stdin, err := w.prepare(r)
	if err != nil {
		c.leave()
		return nil, notRun(err)
	}
	r.done = c.leave
	if _, err := c.exec(ctx, r, line); err != nil {
		if r.channel != nil { // which is closed already, and holds its place until the node agrees
			c.givenUp(r.finished)
		}
		var lost *lostError
		if errors.As(err, &lost) {
			return nil, &LostError{Node: c.node, Cmd: r.shown, Err: lost.err}
		}
		return nil, notRun(err)
	}
	if r.root == nil {
		r.feed(stdin)
	} else {
		go r.converse(ctx, c, stdin)
	}
	return r, nil
}

// lostError is a request that the node may have heard.
type lostError struct{ err error }

func (e *lostError) Error() string { return e.err.Error() }
func (e *lostError) Unwrap() error { return e.err }

// exec opens a channel and has it run a line. Errors other than a *lostError
// mean that nothing was run. r.done is called when nothing runs any more.
func (c *Conn) exec(ctx context.Context, r *running, line string) (*running, error) {
	channel, requests, err := c.openSession(ctx)
	if err != nil {
		r.done()
		return nil, err
	}
	r.channel = channel
	collected := c.spawn(func() { // from here on, so that a closing channel is always read to its end
		defer r.done()
		r.collect(c, requests)
	})
	if !collected {
		r.done()
		return nil, ErrClosed
	}
	if r.terminal {
		if err := c.rawTerminal(ctx, channel); err != nil {
			c.closeChannel(channel)
			return nil, err
		}
	}
	ok, err := c.request(ctx, channel, "exec", line)
	if err != nil {
		return nil, &lostError{err}
	}
	if !ok {
		c.closeChannel(channel)
		return nil, errors.New("the node does not let us run commands")
	}
	return r, nil
}

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
