package conformance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

var commands = map[string]func(*testing.T, World){
	"an exit code is what the node said": func(t *testing.T, w World) {
		c := w.connect(t, w.Target)
		if _, err := run(t, c, "true"); err != nil {
			t.Errorf("true: %v", err)
		}
		_, err := run(t, c, "false")
		if e := wantAs[*sshexec.ExitError](t, err); e.Code != 1 || e.Node != w.Target.Name || e.Cmd != "false" {
			t.Errorf("%+v", e)
		}
	},
	"words arrive as they were given": func(t *testing.T, w World) {
		c := w.connect(t, w.Target)
		out, err := run(t, c, "echo", "a  b", "it's", "$HOME", `\`, "*", "")
		if want := "a  b it's $HOME \\ * \n"; out != want || err != nil {
			t.Errorf("%q, %v; want %q", out, err, want)
		}
	},
	"standard error is kept apart": func(t *testing.T, w World) {
		c := w.connect(t, w.Target)
		res, err := c.Run(limited(t), sshexec.Cmd{Argv: []string{"sha256sum", "/nonexistent/file"}})
		e := wantAs[*sshexec.ExitError](t, err)
		if len(res.Stdout) > 0 || !strings.Contains(string(res.Stderr), "/nonexistent/file") || !bytes.Equal(e.Stderr, res.Stderr) {
			t.Errorf("stdout %q, stderr %q, in the error %q", res.Stdout, res.Stderr, e.Stderr)
		}
	},
	"any byte goes in and comes out": func(t *testing.T, w World) {
		c := w.connect(t, w.Target)
		in := pattern(700_000)
		res, err := c.Run(limited(t), sshexec.Cmd{Argv: []string{"cat"}, Stdin: bytes.NewReader(in)})
		if err != nil || !bytes.Equal(res.Stdout, in) || res.Truncated {
			t.Errorf("%d bytes of %d, truncated %v, %v", len(res.Stdout), len(in), res.Truncated, err)
		}
	},
	"output above the limit is dropped, and that is said": func(t *testing.T, w World) {
		c := w.connect(t, w.Target)
		in := pattern(3_000_000)
		res, err := c.Run(limited(t), sshexec.Cmd{Argv: []string{"cat"}, Stdin: bytes.NewReader(in), Limit: 1000})
		if err != nil || !bytes.Equal(res.Stdout, in[:1000]) || !res.Truncated {
			t.Errorf("%d bytes, truncated %v, %v", len(res.Stdout), res.Truncated, err)
		}
		res, err = c.Run(limited(t), sshexec.Cmd{Argv: []string{"cat"}, Stdin: bytes.NewReader(in[:1000]), Limit: 1000})
		if err != nil || len(res.Stdout) != 1000 || res.Truncated {
			t.Errorf("exactly the limit: %d bytes, truncated %v, %v", len(res.Stdout), res.Truncated, err)
		}
	},
	"a caller that stops waiting has lost the command, not the connection": func(t *testing.T, w World) {
		c := w.connect(t, w.Target)
		if _, err := run(t, c, "true"); err != nil { // a login shell may take longer to begin than the caller waits
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeoutCause(t.Context(), 300*time.Millisecond, errImpatient)
		defer cancel()
		res, err := c.Run(ctx, sshexec.Cmd{Argv: []string{"sleep", "20"}})
		if e := wantAs[*sshexec.LostError](t, err); !errors.Is(e, errImpatient) || e.Cmd != "sleep 20" {
			t.Errorf("%v, want the caller's reason and the command", e)
		}
		if res.Took < 300*time.Millisecond || res.Took > 10*time.Second {
			t.Errorf("returned after %v", res.Took)
		}
		if _, err := run(t, c, "true"); err != nil {
			t.Errorf("the next command: %v", err)
		}
	},
	"a caller that has already stopped starts nothing": func(t *testing.T, w World) {
		c := w.connect(t, w.Target)
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errImpatient)
		_, err := c.Run(ctx, sshexec.Cmd{Argv: []string{"true"}})
		if e := wantAs[*sshexec.NotRunError](t, err); !errors.Is(e, errImpatient) {
			t.Errorf("%v, want the caller's reason", e)
		}
	},
	"forty commands share one connection": func(t *testing.T, w World) {
		c := w.connect(t, w.Target)
		atOnce(t, c, 40)
	},
	"sudo makes us root": func(t *testing.T, w World) {
		c := w.connect(t, w.Target)
		res, err := c.Run(limited(t), sshexec.Cmd{Argv: []string{"id", "-u"}, Sudo: true})
		if string(res.Stdout) != "0\n" || err != nil {
			t.Errorf("%q, %v; want 0", res.Stdout, err)
		}
		_, err = c.Run(limited(t), sshexec.Cmd{Argv: []string{"false"}, Sudo: true})
		if e := wantAs[*sshexec.ExitError](t, err); e.Code != 1 {
			t.Errorf("%v, want the command's own exit code 1", e)
		}
	},
	"a refusal of sudo is told from a failure of the command": func(t *testing.T, w World) {
		need(t, w.NoSudo != nil, "refuse sudo")
		c := w.connect(t, *w.NoSudo)
		_, err := c.Run(limited(t), sshexec.Cmd{Argv: []string{"true"}, Sudo: true})
		if e := wantAs[*sshexec.SudoError](t, err); e.Stderr == "" || e.Node != w.NoSudo.Name {
			t.Errorf("%+v, want the node and sudo's words", e)
		}
	},
}

var errImpatient = errors.New("the caller is impatient")

// pattern is n bytes of every value that repeat with no power of two.
func pattern(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(i % 257)
	}
	return p
}

// atOnce gives so many commands side by side, each of which must have its own answer.
func atOnce(t *testing.T, c *sshexec.Conn, commands int) {
	t.Helper()
	var g errgroup.Group
	for i := range commands {
		g.Go(func() error {
			res, err := c.Run(limited(t), sshexec.Cmd{Argv: []string{"echo", fmt.Sprint(i)}})
			if want := fmt.Sprintln(i); err == nil && string(res.Stdout) != want {
				err = fmt.Errorf("%q, want %q", res.Stdout, want)
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
}
