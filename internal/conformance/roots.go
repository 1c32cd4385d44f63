package conformance

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

// roots are the ways to become root, other than being let without a question.
var roots = map[string]func(*testing.T, World){
	"sudo's question is answered, and the command's input is its own": func(t *testing.T, w World) {
		need(t, w.AskSudo != nil, "have sudo ask")
		w.rootIsWhole(t, *w.AskSudo)
	},
	"a sudo that asks nothing is told nothing": func(t *testing.T, w World) {
		need(t, w.AskSudo != nil, "have sudo ask")
		w.rootIsWhole(t, w.Target)
	},
	"a sudo that wants a terminal has one, and the command does not": func(t *testing.T, w World) {
		need(t, w.Terminal != nil, "have sudo want a terminal")
		w.rootIsWhole(t, *w.Terminal)
	},
	"a sudo that wants a terminal and asks has both": func(t *testing.T, w World) {
		need(t, w.AskTerminal != nil, "have sudo want a terminal, and ask")
		w.rootIsWhole(t, *w.AskTerminal)
	},
	"a wrong password is a refusal, and shown nowhere": func(t *testing.T, w World) {
		need(t, w.AskSudo != nil, "have sudo ask")
		w.refusesRoot(t, *w.AskSudo, sshexec.NewSecret("c4n4ry-of-a-password"))
	},
	"a wrong password is a refusal on a terminal too": func(t *testing.T, w World) {
		need(t, w.AskTerminal != nil, "have sudo want a terminal, and ask")
		w.refusesRoot(t, *w.AskTerminal, sshexec.NewSecret("c4n4ry-of-a-password"))
	},
	"a question that nobody can answer is a refusal": func(t *testing.T, w World) {
		need(t, w.AskSudo != nil, "have sudo ask")
		w.refusesRoot(t, *w.AskSudo, sshexec.Secret{})
	},
	"what a login shell prints is not the command's": func(t *testing.T, w World) {
		need(t, w.Noisy != nil, "have a login shell that prints")
		c := w.connect(t, *w.Noisy)
		in := pattern(300_000)
		res, err := c.Run(limited(t), sshexec.Cmd{Argv: []string{"cat"}, Stdin: bytes.NewReader(in)})
		if err != nil || !bytes.Equal(res.Stdout, in) {
			t.Errorf("%d bytes beginning with %.60q, %v; want the %d that went in", len(res.Stdout), res.Stdout, err, len(in))
		}
		_, err = run(t, c, "false")
		if e := wantAs[*sshexec.ExitError](t, err); e.Code != 1 || e.Cmd != "false" {
			t.Errorf("%+v, want exit code 1 of false", e)
		}
		if w.Stat != nil && w.Dir != "" {
			w.put(t, c, sshexec.PutFile{Content: in, Dst: "/tmp/noisy-" + w.Noisy.User, Mode: 0o640})
		}
	},
	"the time that a login shell takes is known": func(t *testing.T, w World) {
		c := w.connect(t, w.Target)
		if c.ShellTook() != 0 {
			t.Error("known before the first command")
		}
		if _, err := run(t, c, "true"); err != nil || c.ShellTook() < 0 {
			t.Errorf("%v, %v", c.ShellTook(), err)
		}
	},
}

// rootIsWhole fails unless commands of root on the target have their whole
// input, both outputs and their exit code.
func (w World) rootIsWhole(t *testing.T, target sshexec.Target) {
	t.Helper()
	w.Config.SudoPassword = w.SudoPassword
	c := w.connect(t, target)
	for range 2 { // sudo may ask once only
		res, err := c.Run(limited(t), sshexec.Cmd{Argv: []string{"id", "-u"}, Sudo: true})
		if err != nil || string(res.Stdout) != "0\n" || len(res.Stderr) > 0 {
			t.Fatalf("%q and %q, %v; want 0", res.Stdout, res.Stderr, err)
		}
		in := pattern(300_000)
		res, err = c.Run(limited(t), sshexec.Cmd{Argv: []string{"cat"}, Sudo: true, Stdin: bytes.NewReader(in)})
		if err != nil || !bytes.Equal(res.Stdout, in) || len(res.Stderr) > 0 {
			t.Fatalf("%d bytes beginning with %.60q, and %q, %v; want the %d that went in", len(res.Stdout), res.Stdout, res.Stderr, err, len(in))
		}
		res, err = c.Run(limited(t), sshexec.Cmd{Argv: []string{"cat"}, Sudo: true, Stdin: bytes.NewReader(in), Limit: 1000})
		if err != nil || !bytes.Equal(res.Stdout, in[:1000]) || !res.Truncated {
			t.Fatalf("%d bytes, truncated %v, %v; want 1000, and that it was", len(res.Stdout), res.Truncated, err)
		}
	}
	res, err := c.Run(limited(t), sshexec.Cmd{Argv: []string{"sha256sum", "/nonexistent/it's"}, Sudo: true})
	if e := wantAs[*sshexec.ExitError](t, err); e.Code != 1 || len(res.Stdout) > 0 || !strings.HasPrefix(string(res.Stderr), "sha256sum: ") {
		t.Errorf("%+v, %q and %q", e, res.Stdout, res.Stderr)
	}
	w.shownNowhere(t, w.SudoPassword, c, res, err)
}

// refusesRoot fails unless sudo refuses, and says why without the password.
func (w World) refusesRoot(t *testing.T, target sshexec.Target, password sshexec.Secret) {
	t.Helper()
	w.Config.SudoPassword = password
	c := w.connect(t, target)
	for range 2 {
		res, err := c.Run(limited(t), sshexec.Cmd{Argv: []string{"cat"}, Sudo: true, Stdin: strings.NewReader("a\nb\nc\n")})
		if e := wantAs[*sshexec.SudoError](t, err); e.Node != target.Name || e.Stderr == "" || len(res.Stdout) > 0 {
			t.Errorf("%+v and %q", e, res.Stdout)
		}
		w.shownNowhere(t, password, c, res, err)
	}
	if _, err := run(t, c, "true"); err != nil {
		t.Errorf("what needs no root: %v", err)
	}
}

// shownNowhere looks for the password in all that is given back.
func (w World) shownNowhere(t *testing.T, password sshexec.Secret, c *sshexec.Conn, res sshexec.Result, err error) {
	t.Helper()
	text := fmt.Sprintf("%v %+v %#v %s %s %v %+v", err, err, err, res.Stdout, res.Stderr, w.Config, c)
	if w.Canary != "" && strings.Contains(text, w.Canary) || strings.Contains(text, "c4n4ry") {
		t.Errorf("the password %v is shown: %.2000s", password, text)
	}
}
