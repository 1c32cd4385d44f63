package sshexec_test

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/installed"
	"github.com/dcos-patch/dcos-patch/internal/sshd"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// bashNode runs commands by a real bash that reads a startup file first.
type bashNode struct {
	*node
	bash, startup string
}

func (n bashNode) Exec(ctx context.Context, line string, stdin io.Reader, stdout, stderr io.Writer) int {
	cmd := exec.CommandContext(ctx, n.bash, "-c", line)
	cmd.Env = []string{"BASH_ENV=" + n.startup, "PATH=/usr/bin:/bin", "HOME=/nonexistent"}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, stdout, stderr
	var failed *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &failed) {
		return 127
	}
	return cmd.ProcessState.ExitCode()
}

// connectBash connects to a node whose login shell has this startup file.
func connectBash(t *testing.T, startup string) *sshexec.Conn {
	t.Helper()
	bash := installed.Need(t, "bash")
	l := newLoginLab(t, func(*sshd.Server) {})
	file := filepath.Join(t.TempDir(), "bashrc")
	if err := os.WriteFile(file, []byte(startup), 0o600); err != nil {
		t.Fatal(err)
	}
	l.serve(t, "m8:22", bashNode{l.m1, bash, file}, func(*sshd.Server) {})
	l.cfg.Identities = []string{l.identity}
	c, err := sshexec.Dial(t.Context(), l.target("m8"), l.cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestALoginShellThatPrintsAsItEnds(t *testing.T) {
	for name, startup := range map[string]string{
		"a trap":                    "trap 'echo bye; echo bye >&2' EXIT\n",
		"a trap, and a greeting":    "echo welcome\ntrap 'echo bye' EXIT\n",
		"a trap that ends it wrong": "trap 'echo bye; exit 9' EXIT\n",
	} {
		t.Run(name, func(t *testing.T) {
			c := connectBash(t, startup)
			for _, row := range []struct {
				argv []string
				out  string
				code int
			}{{[]string{"echo", "hi"}, "hi\n", 0}, {[]string{"sh", "-c", "echo a; exit 3"}, "a\n", 3}, {[]string{"printf", "no end of line"}, "no end of line", 0}} {
				res, err := c.Run(t.Context(), sshexec.Cmd{Argv: row.argv})
				var ended *sshexec.ExitError
				code := 0
				if errors.As(err, &ended) {
					code = ended.Code
				} else if err != nil {
					t.Fatal(err)
				}
				if string(res.Stdout) != row.out || code != row.code {
					t.Errorf("%q: %q, exit code %d", row.argv, res.Stdout, code)
				}
			}
		})
	}
}

func TestALoginShellThatPrintsWithoutEndIsToldAtOnce(t *testing.T) {
	c := connectBash(t, "while :; do echo you have mail; done\n")
	inTime(t, "the first command", func() {
		_, err := c.Run(t.Context(), sshexec.Cmd{Argv: []string{"true"}})
		var notRun *sshexec.NotRunError
		if !errors.As(err, &notRun) || !errors.Is(err, sshexec.ErrShell) || !strings.Contains(err.Error(), "prints without end") || !strings.Contains(err.Error(), "you have mail") {
			t.Errorf("%v", err)
		}
	})
}

func TestALoginShellThatNeverBeginsIsToldSoon(t *testing.T) {
	k := newKeys(t)
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, k)
		stuck := newNode(&l.net)
		stuck.shell, stuck.motd = time.Hour, "loading"
		l.serve(t, "m8:22", stuck, func(*sshd.Server) {})
		cfg := l.config()
		cfg.LearnTo = cfg.KnownHosts[0]
		c, err := sshexec.Dial(t.Context(), l.target("m8"), cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		start := time.Now()
		_, err = c.Run(t.Context(), sshexec.Cmd{Argv: []string{"true"}})
		if took := time.Since(start); took > time.Minute || !errors.Is(err, sshexec.ErrShell) || !strings.Contains(err.Error(), "30s") || !strings.Contains(err.Error(), ".bashrc") {
			t.Errorf("%v after %s", err, took)
		}
	})
}
