package sshexec

import (
	"errors"
	"io"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

const (
	defaultLimit = 1 << 20
	stderrLimit  = 64 << 10 // for people: more of it nobody reads
)

// running is a command that the node was asked to run.
type running struct {
	shown    string // redacted
	sudo     bool
	channel  ssh.Channel
	out, err capture
	finished chan struct{} // closed when nothing more will be heard

	// Set before finished is closed.
	heard bool // the node told how it ended, and closed the channel properly
	code  int
}

func newRunning(cmd Cmd) *running {
	limit := cmd.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	return &running{
		shown: Redact(cmd.words()), sudo: cmd.Sudo, finished: make(chan struct{}),
		out: capture{limit: limit}, err: capture{limit: min(limit, stderrLimit)},
	}
}

// feed sends standard input. It is not waited for: a reader that blocks is
// the caller's, and must not hold the connection up.
func (r *running) feed(stdin io.Reader) {
	go func() {
		if stdin != nil {
			_, _ = io.Copy(r.channel, stdin)
		}
		_ = r.channel.CloseWrite()
	}()
}

// collect reads until the channel is closed, by the node or by its loss.
func (r *running) collect(c *Conn, requests <-chan *ssh.Request) {
	defer close(r.finished)
	var outputs sync.WaitGroup
	outputs.Go(func() { _, _ = io.Copy(&r.out, r.channel) })
	outputs.Go(func() { _, _ = io.Copy(&r.err, r.channel.Stderr()) })
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
	stderr, errCut := r.err.soFar()
	return Result{Stdout: out, Stderr: stderr, Truncated: outCut || errCut, Took: time.Since(start)}
}

// result is called when the command has finished.
func (r *running) result(c *Conn, start time.Time) (Result, error) {
	res := r.soFar(start)
	switch {
	case !r.heard:
		return res, &LostError{Node: c.node, Cmd: r.shown, Err: c.why(errors.New("the node closed the channel without an exit code"))}
	case r.code == 0:
		return res, nil
	case r.sudo && r.code == 1 && len(res.Stdout) == 0 && sudoRefused(string(res.Stderr)):
		return res, &SudoError{Node: c.node, Stderr: said(string(res.Stderr))}
	}
	return res, &ExitError{Node: c.node, Cmd: r.shown, Code: r.code, Stderr: res.Stderr}
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
