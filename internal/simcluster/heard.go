package simcluster

import (
	"io"
	"slices"
	"strings"
)

// Heard is a command that a node was asked to run. Every user of a node sees
// the lines of its commands; what is sent to one, root and the login user see only.
type Heard struct {
	Node     string
	Line     string
	Password string // what it was told when sudo asked
	Stdin    string // besides that
}

// Heard lists every command in order, if Options.Record is set.
func (c *Cluster) Heard() []Heard {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.heard)
}

// hear keeps a command. What is sent to many, as the node program is, is kept
// once.
func (c *Cluster) hear(h Heard) {
	if !c.opt.Record {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if kept, known := c.sent[h.Stdin]; known {
		h.Stdin = kept
	} else {
		c.sent[h.Stdin] = h.Stdin
	}
	c.heard = append(c.heard, h)
}

// askedBySudo is a sudo that wants a password, once for each command: it asks,
// and gives the command under a sudo that does not, and what it was told. It
// is as package sshexec calls it: sudo -S -p PROMPT /bin/sh -c SCRIPT sh COMMAND...
func (s session) askedBySudo(argv []string, stdin io.Reader, stderr io.Writer) ([]string, string, reply) {
	want := s.n.c.opt.SudoPassword
	if want == "" || argv[0] != "sudo" {
		return argv, "", reply{}
	}
	if len(argv) < 9 || argv[1] != "-S" || argv[2] != "-p" || argv[4] != "/bin/sh" || argv[5] != "-c" {
		return argv, "", fails(1, "sudo: a password is required")
	}
	_, _ = io.WriteString(stderr, argv[3])
	told, ok := readLine(stdin)
	if !ok || told != want {
		return argv, told, fails(1, "sudo: no password was provided")
	}
	_, _ = io.WriteString(stderr, "dcos-patch-sudo-begun\n")
	return append([]string{"sudo", "-n"}, argv[8:]...), told, reply{}
}

// readLine reads a line byte by byte: what follows is not sudo's.
func readLine(r io.Reader) (line string, ok bool) {
	var b strings.Builder
	one := make([]byte, 1)
	for {
		if _, err := io.ReadFull(r, one); err != nil {
			return b.String(), false
		}
		if one[0] == '\n' {
			return b.String(), true
		}
		b.WriteByte(one[0])
	}
}
