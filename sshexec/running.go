package sshexec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
)

const (
	defaultLimit = 1 << 20
	stderrLimit  = 64 << 10 // the last of it: for people, who read no more
)

// running is a command that the node was asked to run.
type running struct {
	shown    string // redacted
	sudo     bool
	channel  ssh.Channel
	out      capture
	err      tail
	stdout   io.Writer // out, or what lets a part of it through
	stderr   io.Writer
	noise    *gate         // of standard output, where the login shell prints; else nil
	root     *gate         // up to where sudo runs the command, where it may ask; else nil
	terminal bool          // everything comes through standard output
	done     func()        // called when nothing runs any more
	wrong    atomic.Bool   // the password; sudo was hung up on
	fed      chan struct{} // closed when standard input has ended
	finished chan struct{} // closed when nothing more will be heard

	limit int // of the caller

	// Set before finished is closed.
	heard bool // the node told how it ended, and closed the channel properly
	code  int
}

func newRunning(cmd Cmd) *running {
	limit := cmd.limit()
	r := &running{
		shown: Redact(cmd.words()), sudo: cmd.Sudo, finished: make(chan struct{}), fed: make(chan struct{}), done: func() {}, limit: limit,
		out: capture{limit: limit}, err: tail{limit: stderrLimit},
	}
	r.stdout, r.stderr = &r.out, &r.err
	return r
}

// feed sends standard input. It is not waited for: a reader that blocks is
// the caller's, and must not hold the connection up.
func (r *running) feed(stdin io.Reader) {
	go func() {
		defer close(r.fed)
		if stdin != nil {
			_, _ = io.Copy(r.channel, stdin)
		}
		if !r.terminal { // which knows no end of input
			_ = r.channel.CloseWrite()
		}
	}()
}

// wasFed waits until nobody reads standard input any more.
func (r *running) wasFed(ctx context.Context) bool {
	if r.root != nil { // it begins with the command, which has not begun
		return true
	}
	select {
	case <-r.fed:
		return true
	case <-ctx.Done():
		return false
	}
}

// collect reads until the channel is closed, by the node or by its loss.
func (r *running) collect(c *Conn, requests <-chan *ssh.Request) {
	defer close(r.finished)
	var outputs sync.WaitGroup
	outputs.Go(func() { _, _ = io.Copy(r.stdout, r.channel) })
	outputs.Go(func() { _, _ = io.Copy(r.stderr, r.channel.Stderr()) })
	told := false
	for req := range requests {
		if code, ok := exitCode(req); ok {
			r.code, told = code, true
		}
		if req.WantReply {
			_ = req.Reply(false, nil)
		}
	}
	outputs.Wait()
	// When the connection broke, output may be missing, whatever was told.
	r.heard = told && c.endedByNode()
	_ = r.channel.Close()
}

// exitCode decodes RFC 4254 section 6.10.
func exitCode(req *ssh.Request) (int, bool) {
	switch req.Type {
	case "exit-status":
		var status struct{ Code uint32 }
		if ssh.Unmarshal(req.Payload, &status) != nil {
			return 0, false
		}
		return int(status.Code), true
	case "exit-signal":
		var signal struct {
			Name       string
			Core       bool
			Text, Lang string
		}
		if ssh.Unmarshal(req.Payload, &signal) != nil {
			return 0, false
		}
		return 128 + signalNumber(signal.Name), true
	}
	return 0, false
}

// signalNumber is 0 for a signal without a number common to all systems.
func signalNumber(name string) int {
	return map[string]int{"HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "ABRT": 6, "FPE": 8, "KILL": 9, "SEGV": 11, "PIPE": 13, "ALRM": 14, "TERM": 15}[name]
}

func (r *running) soFar(start time.Time) Result {
	out, outCut := r.out.soFar()
	stderr, _ := r.err.soFar()
	return Result{Stdout: out, Stderr: stderr, Truncated: outCut, Took: time.Since(start)}
}

// result is called when the command has finished.
func (r *running) result(c *Conn, start time.Time) (Result, error) {
	res := r.soFar(start)
	if r.wrong.Load() {
		words, _ := r.root.before()
		return Result{Took: res.Took}, refusal(c.node, words)
	}
	if !r.heard {
		return res, &LostError{Node: c.node, Cmd: r.shown, Err: r.meanwhile(c.why(errors.New("the node closed the channel without an exit code")))}
	}
	if words, open := r.noise.before(); !open {
		return Result{Took: res.Took}, &NotRunError{Node: c.node, Cmd: r.shown, Err: fmt.Errorf("the login shell ended before it: %s", said(words))}
	}
	if words, open := r.root.before(); !open {
		return Result{Took: res.Took}, refusal(c.node, words)
	}
	if r.terminal {
		if err := r.unpack(&res); err != nil {
			return res, &LostError{Node: c.node, Cmd: r.shown, Err: err}
		}
	}
	switch {
	case r.code == 0:
		return res, nil
	case r.sudo && r.root == nil && r.code == 1 && len(res.Stdout) == 0 && sudoRefused(string(res.Stderr)):
		return res, refusal(c.node, string(res.Stderr))
	}
	failed := &ExitError{Node: c.node, Cmd: r.shown, Code: r.code, Stderr: res.Stderr}
	c.failures.add(failed)
	return res, failed
}

// unpack gives both outputs and the exit code what came through a terminal.
func (r *running) unpack(res *Result) error {
	stdout, stderr, code, err := parseTerminal(res.Stdout)
	if err != nil {
		return err
	}
	limit := r.limit
	res.Truncated = len(stdout) > limit
	res.Stdout, res.Stderr, r.code = stdout[:min(len(stdout), limit)], stderr[max(0, len(stderr)-stderrLimit):], code
	return nil
}

// meanwhile adds to the reason of a loss what sudo has said, when it did not
// come to run the command: it may still wait for an answer.
func (r *running) meanwhile(err error) error {
	if words, open := r.root.before(); !open && strings.TrimSpace(words) != "" {
		return fmt.Errorf("%w; sudo has said %q and not begun", err, said(words))
	}
	return err
}

// sudoRefused tells sudo's refusal from what a command says. That a name does
// not resolve is a warning only, and the command was run: it is what sudo says
// on a node whose dcos-net restarts.
func sudoRefused(stderr string) bool {
	for line := range strings.Lines(stderr) {
		switch line = strings.TrimSpace(line); {
		case line == "" || strings.HasPrefix(line, "sudo: unable to resolve host"):
			continue
		default:
			return strings.HasPrefix(line, "sudo:") || strings.HasPrefix(line, "Sorry, user ")
		}
	}
	return false
}
