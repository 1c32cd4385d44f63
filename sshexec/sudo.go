package sshexec

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
)

const (
	// sudoPrompt is what sudo prints when it wants the password. What it does not
	// ask for is not sent, so that nothing else can ever read it.
	sudoPrompt = "dcos-patch-sudo-asks:"
	// sudoBegun is what root prints before the command. What came before
	// it is sudo's; without it, the command has not begun.
	sudoBegun = "dcos-patch-sudo-begun\n"

	sudoScript = `printf "dcos-patch-sudo-begun\n" >&2; exec "$@"`
)

// sudoWords is cmd under a sudo that asks for a password.
func sudoWords(cmd Cmd) []string {
	return slices.Concat([]string{"sudo", "-S", "-p", sudoPrompt, "/bin/sh", "-c", sudoScript, "sh"}, cmd.Argv)
}

// converse answers sudo, and sends standard input when the command has begun.
// A second question means that the answer was wrong: the end of input is the answer
// then, so that one wrong password costs one attempt and nothing else is
// taken for a password.
func (r *running) converse(ctx context.Context, c *Conn, stdin io.Reader) {
	for {
		select {
		case <-r.root.opened:
			r.feed(stdin)
			return
		case n := <-r.root.asked:
			if n > 1 && r.terminal { // which knows no end of input; sudo is hung up on
				r.wrong.Store(true)
				c.closeChannel(r.channel)
				return
			}
			if n > 1 {
				_ = r.channel.CloseWrite()
				return
			}
			if _, err := io.WriteString(r.channel, c.sudoPassword.reveal()+"\n"); err != nil {
				return
			}
		case <-r.finished:
			return
		case <-ctx.Done():
			return
		}
	}
}

// refusal is what sudo has said when it did not run the command.
func refusal(node, words string) *SudoError {
	words = said(words)
	if words == "" {
		words = "it ended without a word"
	}
	return &SudoError{Node: node, Stderr: words}
}

// wantsTerminal says that sudo refused only for want of a terminal. Not every
// sudo says it in English; then the refusal stands, in its own words.
func wantsTerminal(err error) bool {
	var refused *SudoError
	return errors.As(err, &refused) && strings.Contains(refused.Stderr, "must have a tty")
}
