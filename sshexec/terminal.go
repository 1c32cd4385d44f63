package sshexec

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/crypto/ssh"
)

// A sudo with requiretty wants a terminal, and a terminal is bad for what runs
// on it: it knows no end of input, mixes the two outputs, and changes what goes
// through. So it is raw from the start, and what root runs on it is a
// script that has its own ends of the command:
//
//   - standard input is a pipe with the number of bytes that is said before;
//   - standard output is a pipe, which goes to the terminal as it is, up to a limit;
//   - standard error is kept, and follows in base64 with the exit code, and its length in ten digits;
//   - a hang-up is ignored, so that a lost connection does not end the command, as without a terminal.
//
// head and base64 (coreutils, busybox) are on every node.
const terminalScript = `printf "dcos-patch-sudo-begun\n"; trap "" HUP; n=$1; l=$2; shift 2; exec 9>&1; ` +
	`e=$({ { head -c "$n" | "$@" 2>&5 5>&- 9>&-; echo "exit $?" >&5; } | { head -c "$l"; cat >/dev/null; } >&9; } 5>&1 | base64 | tr -d "\n"); ` +
	`printf "%s%010d" "$e" "${#e}"`

const (
	lengthDigits  = 10
	terminalExtra = 1 << 20 // for the standard error that follows
)

// terminalWords is cmd for a sudo that wants a terminal.
func terminalWords(cmd Cmd, password Secret, stdin int) []string {
	ask := []string{"sudo", "-n"}
	if password.Held() {
		ask = []string{"sudo", "-S", "-p", sudoPrompt}
	}
	return slices.Concat(ask, []string{"/bin/sh", "-c", terminalScript, "sh", strconv.Itoa(stdin), strconv.Itoa(cmd.limit() + 1)}, cmd.Argv)
}

// rawTerminal asks for a terminal that changes nothing (RFC 4254 sections 6.2
// and 8).
func (c *Conn) rawTerminal(ctx context.Context, ch ssh.Channel) error {
	var modes bytes.Buffer
	for _, op := range []byte{ssh.ICRNL, ssh.INLCR, ssh.IGNCR, ssh.IXON, ssh.IXOFF, ssh.ISTRIP, ssh.IUTF8, ssh.ISIG, ssh.ICANON, ssh.IEXTEN,
		ssh.ECHO, ssh.ECHOE, ssh.ECHOK, ssh.ECHONL, ssh.ECHOCTL, ssh.ECHOKE, ssh.OPOST, ssh.ONLCR} {
		modes.Write(append([]byte{op}, 0, 0, 0, 0))
	}
	modes.Write([]byte{ssh.CS8, 0, 0, 0, 1, 0})
	ok, err := c.requestWith(ctx, ch, "pty-req", ssh.Marshal(struct {
		Term                         string
		Columns, Rows, Width, Height uint32
		Modes                        string
	}{"dumb", 80, 24, 0, 0, modes.String()}))
	if err == nil && !ok {
		err = errNoTerminal
	}
	return err
}

var errNoTerminal = errors.New("sudo wants a terminal (requiretty), and sshd gives none (PermitTTY): write \"Defaults:USER !requiretty\" into the node's sudoers, or allow terminals")

// readAll reads a standard input whose length must be known.
func readAll(stdin io.Reader) ([]byte, error) {
	if stdin == nil {
		return nil, nil
	}
	return io.ReadAll(stdin)
}

// parseTerminal takes apart what came through a terminal.
func parseTerminal(all []byte) (stdout, stderr []byte, code int, err error) {
	bad := func(what string) ([]byte, []byte, int, error) {
		return nil, nil, 0, fmt.Errorf("what came through the terminal %s", what)
	}
	if len(all) < lengthDigits {
		return bad("is cut off")
	}
	body, digits := all[:len(all)-lengthDigits], string(all[len(all)-lengthDigits:])
	length, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || int(length) > len(body) {
		return bad("has no end")
	}
	stdout = body[:len(body)-int(length)]
	stderr, err = base64.StdEncoding.DecodeString(string(body[len(stdout):]))
	if err != nil {
		return bad("is damaged")
	}
	at := bytes.LastIndex(stderr, []byte("exit "))
	if at < 0 {
		return bad("has no exit code")
	}
	number, ended := strings.CutSuffix(string(stderr[at+len("exit "):]), "\n")
	status, err := strconv.ParseUint(number, 10, 8)
	if err != nil || !ended {
		return bad("has no exit code")
	}
	return stdout, stderr[:at], int(status), nil
}
