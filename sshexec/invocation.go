package sshexec

import (
	"bytes"
	"io"
)

// invocation is how a command is run on this node.
type invocation struct {
	cmd      Cmd
	password Secret
	terminal bool   // for sudo
	place    string // begins the line
	noisy    bool   // the login shell prints
}

// prepare says what the login shell gets and what is sent to it, and sets up
// how the outputs are understood.
func (i invocation) prepare(r *running) (line string, stdin io.Reader, err error) {
	words, stdin := i.cmd.words(), i.cmd.Stdin
	switch {
	case i.terminal:
		sent, err := readAll(i.cmd.Stdin)
		if err != nil {
			return "", nil, err
		}
		words, stdin = terminalWords(i.cmd, i.password, len(sent)), bytes.NewReader(sent)
		r.terminal, r.out.limit = true, i.cmd.limit()+terminalExtra
		r.root = newGate(r.stdout, sudoBegun, sudoPrompt)
		r.stdout = r.root
	case i.cmd.Sudo && i.password.Held():
		words = sudoWords(i.cmd)
		r.root = newGate(r.stderr, sudoBegun, sudoPrompt)
		r.stderr = r.root
	}
	line = i.place + Quote(words)
	if i.noisy {
		line = afterNoise(line)
		r.noise = withoutNoise(r.stdout)
		r.stdout = r.noise
	}
	return line, stdin, nil
}

// words is cmd in the simplest case, and as it is shown.
func (cmd Cmd) words() []string {
	if cmd.Sudo {
		return append([]string{"sudo", "-n"}, cmd.Argv...)
	}
	return cmd.Argv
}

func (cmd Cmd) limit() int {
	if cmd.Limit <= 0 {
		return defaultLimit
	}
	return cmd.Limit
}
