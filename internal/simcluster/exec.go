package simcluster

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// reply is what a command line gave.
type reply struct {
	out, err string
	code     int
	wait     time.Duration // before the answer, unscaled
	then     func() reply  // what happens after the wait, with the lock held; nil: the reply stands
}

func says(format string, args ...any) reply { return reply{out: fmt.Sprintf(format, args...)} }

func fails(code int, format string, args ...any) reply {
	return reply{code: code, err: fmt.Sprintf(format, args...) + "\n"}
}

// session is the sshd.Handler of one node.
type session struct{ n *node }

// slowShell is the fault that every command has to wait for.
func (s session) slowShell() (Fault, bool) {
	defer s.n.c.enter()()
	return s.n.c.meets(fault.SlowShell, s.n.name)
}

// Exec runs one command line.
func (s session) Exec(ctx context.Context, line string, stdin io.Reader, stdout, stderr io.Writer) int {
	if f, slow := s.slowShell(); slow && !s.n.c.pause(ctx, s.n.c.scaled(f.For)) {
		return -15
	}
	argv, err := words(line)
	if err != nil || len(argv) == 0 {
		return s.finish(s.unknown(line), stdout, stderr)
	}
	argv, password, refusal := s.askedBySudo(argv, stdin, stderr)
	if refusal.code != 0 {
		s.n.c.hear(Heard{Node: s.n.name, Line: line, Password: password})
		return s.finish(refusal, stdout, stderr)
	}
	var in []byte
	if readsStdin(argv) {
		if in, err = io.ReadAll(stdin); err != nil {
			return 1
		}
	}
	s.n.c.hear(Heard{Node: s.n.name, Line: line, Password: password, Stdin: string(in)})
	r, ok := s.first(line, argv, in)
	for ok && r.wait > 0 {
		if !s.n.c.pause(ctx, s.n.c.scaled(r.wait)) {
			return -15
		}
		if r.then == nil {
			break
		}
		r = s.second(r.then)
	}
	if !ok {
		<-ctx.Done()
		return -1
	}
	return s.finish(r, stdout, stderr)
}

func (s session) finish(r reply, stdout, stderr io.Writer) int {
	_, _ = io.WriteString(stderr, r.err)
	_, _ = io.WriteString(stdout, r.out)
	return r.code
}

func readsStdin(argv []string) bool {
	argv = withoutSudo(argv)
	return len(argv) == 1 && argv[0] == "cat" || len(argv) > 0 && argv[0] == "tee" || len(argv) > 1 && argv[0] == "/bin/sh" && argv[1] == "-s" || parsesOnly(argv)
}

// parsesOnly reports whether a command only has bash read a script.
func parsesOnly(argv []string) bool {
	return len(argv) == 2 && argv[0] == "/bin/bash" && argv[1] == "-n"
}

func withoutSudo(argv []string) []string {
	for len(argv) > 0 && (argv[0] == "sudo" || argv[0] == "-n" || argv[0] == "--") {
		argv = argv[1:]
	}
	return argv
}

// first runs a command; false means that its connection is gone and nobody
// will hear of it.
func (s session) first(line string, argv []string, stdin []byte) (reply, bool) {
	defer s.n.c.enter()()
	n := s.n
	launch := launches(argv)
	if launch && n.hit(fault.SSHCutBeforeExec) {
		n.cutSSH()
		return reply{}, false
	}
	if launch && n.hit(fault.LaunchLate) {
		s.later(line, argv, stdin)
		n.cutSSH()
		n.moment(WhenLaunch)
		return reply{}, false
	}
	if launch && n.hit(fault.LaunchTorn) {
		n.tornLaunch(argv)
		n.cutSSH()
		n.moment(WhenLaunch)
		return reply{}, false
	}
	r := s.run(line, argv, stdin)
	if launch && n.hit(fault.SSHCutAfterExec) {
		n.cutSSH()
		return reply{}, false
	}
	return r, true
}

// launches reports whether a command is a launch of the installed program, for
// whichever cluster.
func launches(argv []string) bool {
	argv = withoutSudo(argv)
	if len(argv) < 3 || !strings.HasPrefix(argv[1], programDir+"/bin/") {
		return false
	}
	if argv = argv[2:]; len(argv) > 2 && argv[0] == "--cluster" {
		argv = argv[2:]
	}
	return argv[0] == "launch"
}

func (s session) second(then func() reply) reply {
	defer s.n.c.enter()()
	return then()
}

// run interprets a command; the lock is held.
func (s session) run(line string, argv []string, stdin []byte) reply {
	uid := loginUID
	if argv[0] == "sudo" {
		if s.n.noSudo {
			s.n.acts(fault.NoSudo, fault.SudoRevoked)
			return fails(1, "sudo: a password is required")
		}
		if len(argv) < 3 || argv[1] != "-n" {
			return s.unknown(line)
		}
		argv, uid = withoutSudo(argv), 0
		if f, slow := s.n.c.find(fault.SlowSudo, s.n.name); slow && s.n.unit("dcos-net.service").active != "active" {
			s.n.acts(fault.SlowSudo)
			return reply{wait: f.For, then: func() reply { return s.dispatch(line, argv, stdin, uid) }}
		}
	}
	return s.dispatch(line, argv, stdin, uid)
}

// dispatch runs a command as a user.
func (s session) dispatch(line string, argv []string, stdin []byte, uid int) reply {
	if len(argv) > 2 && argv[0] == "/bin/sh" {
		return s.program(line, argv, stdin)
	}
	if parsesOnly(argv) {
		return s.n.c.parseScript(stdin)
	}
	if plain, ok := plainCommands()[argv[0]]; ok {
		if (argv[0] == "mktemp" || argv[0] == "install" || argv[0] == "tee") && s.n.noRoom() {
			return fails(1, "%s: No space left on device", argv[0])
		}
		return plain(command{n: s.n, line: line, uid: uid, args: argv[1:], stdin: stdin})
	}
	return s.unknown(line)
}

// parseScript is what bash -n says: of its own script, cut short, that it has no end.
func (c *Cluster) parseScript(text []byte) reply {
	whole := bytes.TrimRight(c.script, "\n")
	if cut := bytes.TrimRight(text, "\n"); len(cut) < len(whole) && bytes.HasPrefix(whole, cut) {
		return fails(2, "/bin/bash: line %d: syntax error: unexpected end of file", bytes.Count(text, []byte("\n"))+1)
	}
	return reply{}
}

// unknown fails loudly: product and model have drifted apart.
func (s session) unknown(line string) reply { return s.n.unknownCommand(line) }

func (n *node) unknownCommand(line string) reply {
	n.c.drift = append(n.c.drift, n.name+": "+line)
	return fails(127, "simulated node: unknown command: %s", line)
}

// pause waits; false means that ctx or the cluster ended before.
func (c *Cluster) pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	case <-c.quit:
		return false
	}
}
