package sshexec

import (
	"bytes"
	"io"
)

// way is how a command is run on this node.
type way struct {
	cmd      Cmd
	password Secret
	terminal bool   // for sudo
	place    string // begins the line
	noisy    bool   // the login shell prints
}

// prepare says what the login shell gets and what is sent to it, and sets up
// how the outputs are understood.
func (w way) prepare(r *running) (line string, stdin io.Reader, err error) {
	words, stdin := w.cmd.words(), w.cmd.Stdin
	switch {
	case w.terminal:
		sent, err := readAll(w.cmd.Stdin)
		if err != nil {
			return "", nil, err
		}
		words, stdin = terminalWords(w.cmd, w.password, len(sent)), bytes.NewReader(sent)
		r.terminal, r.out.limit = true, w.cmd.limit()+terminalExtra
		r.root = newGate(r.stdout, sudoBegun, sudoPrompt)
		r.stdout = r.root
	case w.cmd.Sudo && w.password.Held():
		words = sudoWords(w.cmd)
		r.root = newGate(r.stderr, sudoBegun, sudoPrompt)
		r.stderr = r.root
	}
	line = w.place + Quote(words)
	if w.noisy {
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
