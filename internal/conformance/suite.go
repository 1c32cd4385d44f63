package conformance

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

// patience is how long a case waits for what must not happen.
const patience = 30 * time.Second

// Run runs the suite, each case in a world of its own.
func Run(t *testing.T, lab Lab) {
	for _, group := range []map[string]func(*testing.T, World){commands, roots, files, tunnels, logins, ways, losses} {
		for name, try := range group {
			t.Run(name, func(t *testing.T) { lab.Enter(t, try) })
		}
	}
}

// RunThroughShell runs the part of the suite in which a login shell reads what
// is run.
func RunThroughShell(t *testing.T, lab Lab) {
	for _, group := range []map[string]func(*testing.T, World){commands, roots, files, tunnels} {
		for name, try := range group {
			t.Run(name, func(t *testing.T) { lab.Enter(t, try) })
		}
	}
}

// connect dials a target of the world until the end of the case.
func (w World) connect(t *testing.T, target sshexec.Target) *sshexec.Conn {
	t.Helper()
	c, err := sshexec.Dial(t.Context(), target, w.Config)
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func run(t *testing.T, c *sshexec.Conn, argv ...string) (string, error) {
	t.Helper()
	res, err := c.Run(limited(t), sshexec.Cmd{Argv: argv})
	return string(res.Stdout), err
}

// limited is a context that ends a case which hangs.
func limited(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// need skips a case that the lab cannot do.
func need(t *testing.T, able bool, what string) {
	t.Helper()
	if !able {
		t.Skip("this lab cannot: " + what)
	}
}

// wantAs fails unless err is an E.
func wantAs[E error](t *testing.T, err error) E {
	t.Helper()
	var e E
	if !errors.As(err, &e) {
		t.Fatalf("%v (%T), want %T", err, err, e)
	}
	return e
}

func tempFile(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
