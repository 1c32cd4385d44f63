package node

import (
	"bytes"
	"context"
	"fmt"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

// Host is what the program needs of a node; *sshexec.Conn is one. Safe for
// concurrent use. Errors are those of package sshexec.
type Host interface {
	Run(ctx context.Context, c sshexec.Cmd) (sshexec.Result, error)
}

// answerLimit is the most bytes of an answer that are kept. The longest real
// one is the survey of a node with a few hundred fetched packages, about 50 kB.
const answerLimit = 256 << 10

// Read calls a reading verb: the program goes over standard input and leaves
// nothing behind on the node. It gives back the verb's standard output.
//
// Errors are *RefusedError, or those of sshexec unchanged: an *ExitError of
// code 1 carries in Stderr how the thing tried has failed, one of code 64 is
// a mistake of ours.
func Read(ctx context.Context, h Host, verb string, args ...string) ([]byte, error) {
	return answer(ctx, h, fromStdin(append([]string{verb}, args...)))
}

// Change calls a mutating verb of the installed program, which must have been
// put at InstalledPath. Errors are those of Read. After an *sshexec.LostError
// nobody knows whether the verb ran: ask the node (Survey, Receipts) before
// doing anything else.
func Change(ctx context.Context, h Host, verb string, args ...string) ([]byte, error) {
	argv := append([]string{"/bin/sh", InstalledPath(), verb}, args...)
	return answer(ctx, h, sshexec.Cmd{Argv: argv, Sudo: true, Limit: answerLimit})
}

// InstallCmd is the command that puts the file src, uploaded by the login
// user, at dst below Dir, owned by root and with the octal mode. It is a
// mutating verb that comes before anything is installed, so the program goes
// over standard input. The command may be run once: its Stdin is used up.
func InstallCmd(mode, src, dst string) sshexec.Cmd {
	return fromStdin([]string{"install", mode, src, dst})
}

func fromStdin(args []string) sshexec.Cmd {
	return sshexec.Cmd{
		Argv:  append([]string{"/bin/sh", "-s", "--"}, args...),
		Stdin: bytes.NewReader(Program()),
		Sudo:  true,
		Limit: answerLimit,
	}
}

func answer(ctx context.Context, h Host, c sshexec.Cmd) ([]byte, error) {
	res, err := h.Run(ctx, c)
	if err != nil {
		return nil, Refusal(err)
	}
	if res.Truncated {
		return nil, fmt.Errorf("answer longer than %d bytes: it is not the node program's", c.Limit)
	}
	return res.Stdout, nil
}
