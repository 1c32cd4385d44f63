package sshd

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/crypto/ssh"
)

// refusal is what sudo says to one without a terminal where sudoers say
// requiretty, as CentOS 7 did.
const refusal = "sudo: sorry, you must have a tty to run sudo\n"

// wantsTerminal tells whether sudo refuses a command line for want of a terminal.
func (s *Server) wantsTerminal(line string, terminal bool) bool {
	return s.RequireTTY && !terminal && strings.HasPrefix(line, "sudo ")
}

// onTerminal is a command line whose sudo runs a script that has its own ends
// of a command: "sudo WORDS /bin/sh -c SCRIPT sh BYTES LIMIT COMMAND...". WORDS
// are -n, or -S -p PROMPT where sudo may ask. Every real node can do that, and
// needs no Handler for it.
type onTerminal struct {
	asks         bool
	stdin, limit int64
	command      string // as without a terminal
}

func terminalOf(line string) (onTerminal, bool) {
	argv, err := Words(line)
	at := slices.Index(argv, "/bin/sh") // where sudo's own words end
	if err != nil || at != 2 && at != 4 || len(argv) < at+7 || argv[0] != "sudo" || argv[at+1] != "-c" ||
		!strings.Contains(argv[at+2], terminalMark) || !strings.Contains(argv[at+2], "base64") {
		return onTerminal{}, false
	}
	stdin, errIn := strconv.ParseInt(argv[at+4], 10, 32)
	limit, errOut := strconv.ParseInt(argv[at+5], 10, 32)
	t := onTerminal{asks: argv[1] == "-S", stdin: stdin, limit: limit, command: quoted(slices.Concat(argv[:at], argv[at+6:]))}
	if t.asks {
		t.command = quoted(slices.Concat(argv[:at], []string{"/bin/sh", "-c", terminalMark, "sh"}, argv[at+6:]))
	}
	return t, errIn == nil && errOut == nil
}

// terminalMark is what the script says first, and the client waits for before it
// sends anything but a password.
const terminalMark = "dcos-patch-sudo-begun"

// terminal is what that script does: a pipe of so many bytes for standard
// input, so much of standard output as it is, and then, in base64 and with its
// length, standard error and the exit code. What sudo says before, a terminal
// shows as it is.
func (s *Server) terminal(ctx context.Context, t onTerminal, ch ssh.Channel) int {
	ends := &ttyEnds{ch: ch, left: t.stdin}
	if !t.asks {
		var said bytes.Buffer
		if code := s.Handler.Exec(ctx, "sudo -n true", strings.NewReader(""), io.Discard, &said); code != 0 {
			_, _ = ch.Write(said.Bytes())
			return code
		}
		_, _ = ends.Write([]byte(terminalMark + "\n"))
	}
	var stdout bytes.Buffer
	code := s.Handler.Exec(ctx, t.command, ends, &stdout, ends)
	if code < 0 || !ends.begun {
		return code
	}
	end := base64.StdEncoding.EncodeToString(fmt.Appendf(ends.stderr.Bytes(), "exit %d\n", code))
	out := stdout.Bytes()
	_, _ = fmt.Fprintf(ch, "%s%s%010d", out[:min(int64(len(out)), t.limit)], end, len(end))
	return 0
}

// ttyEnds are standard input and standard error of a sudo on a terminal, and of
// the command once it has begun.
type ttyEnds struct {
	ch     ssh.Channel
	begun  bool
	left   int64 // of the command's standard input
	stderr bytes.Buffer
}

func (e *ttyEnds) Read(p []byte) (int, error) {
	if !e.begun {
		return e.ch.Read(p)
	}
	if e.left == 0 {
		return 0, io.EOF
	}
	n, err := e.ch.Read(p[:min(int64(len(p)), e.left)])
	e.left -= int64(n)
	return n, err
}

func (e *ttyEnds) Write(p []byte) (int, error) {
	if e.begun {
		return e.stderr.Write(p)
	}
	e.begun = strings.Contains(string(p), terminalMark+"\n") // which is always written alone
	return e.ch.Write(p)
}

// quoted is a command line of which Words gives argv back.
func quoted(argv []string) string {
	var b strings.Builder
	for i, word := range argv {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString("'" + strings.ReplaceAll(word, "'", `'\''`) + "'")
	}
	return b.String()
}
