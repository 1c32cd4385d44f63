package sshexec

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"slices"
	"strings"
)

// maxJumps bounds a chain of ProxyJump, which may name itself.
const maxJumps = 8

// SystemSSHConfig is what ssh reads after the configuration of the user.
const SystemSSHConfig = "/etc/ssh/ssh_config"

// SSHConfig is what OpenSSH client configurations (ssh_config(5)) say of hosts.
// docs/ssh.md lists the keywords that count. One that would change the way to a
// host, and that dcos-patch cannot follow, is an error of that host. Safe for
// concurrent use.
type SSHConfig struct {
	file  string // for errors
	files [][]sshLine
}

var errJumpLoop = errors.New("ProxyJump goes round in circles")

// ReadSSHConfig reads one configuration, which must be there: as ssh -F.
func ReadSSHConfig(file string) (*SSHConfig, error) {
	lines, err := readSSHLines(file, 0)
	if err != nil {
		return nil, err
	}
	return &SSHConfig{file: file, files: [][]sshLine{lines}}, nil
}

// ReadSSHConfigIfAny reads configurations that need not be there, usually
// ~/.ssh/config and SystemSSHConfig. What an earlier one says wins.
func ReadSSHConfigIfAny(files ...string) (*SSHConfig, error) {
	s := &SSHConfig{file: files[0]}
	for _, file := range files {
		lines, err := readSSHLines(file, 0)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		s.files = append(s.files, lines)
	}
	return s, nil
}

// Complete adds to t what the configuration says of it: an Addr, its port, a User and
// a Jump where t has none, further Identities and KnownHosts after those of t, and
// the Settings. What t says wins. Lines are of t when they name t.Name or the host of
// t.Addr; HostName counts for lines that name the host of t.Addr, if there is one.
func (s *SSHConfig) Complete(t Target) (Target, error) {
	return s.complete(t, 0)
}

// CompleteHop does the same for a jump host; its own ProxyJump is not asked,
// since whoever names a jump host says the whole way.
func (s *SSHConfig) CompleteHop(h Hop) (Hop, error) {
	t, err := s.complete(h.target([]Hop{{}}), 0)
	if err != nil {
		return Hop{}, err
	}
	return t.hop(), nil
}

// hop is a target as a jump host.
func (t Target) hop() Hop {
	return Hop{Name: t.Name, Addr: t.Addr, User: t.User, Identities: t.Identities, KnownHosts: t.KnownHosts, Settings: t.Settings}
}

func (s *SSHConfig) complete(t Target, depth int) (Target, error) {
	if depth > maxJumps {
		return Target{}, fmt.Errorf("%w: %s: more than %d jump hosts in a row before %s; a ProxyJump of Host * is that of the jump host too: Host * !%s", errJumpLoop, s.file, maxJumps, t.Name, t.Name)
	}
	e, err := s.evaluate(t)
	if err != nil {
		return Target{}, err
	}
	given := t
	if t.User == "" {
		t.User = e.first("user")
	}
	host, port := e.host, e.port()
	t.Addr = net.JoinHostPort(host, port)
	if _, _, err := net.SplitHostPort(t.Addr); err != nil || host == "" {
		return Target{}, fmt.Errorf("%s: HostName %q for %s is no name of a host", s.file, host, t.Name)
	}
	if err := e.files(&t); err != nil {
		return Target{}, err
	}
	if err := e.settings(&t); err != nil {
		return Target{}, err
	}
	if jump := e.first("proxyjump"); len(t.Jump) == 0 && jump != "" && !strings.EqualFold(jump, "none") {
		t.Jump, err = s.hops(jump, given, e, depth)
	}
	return t, err
}

// hops resolves a ProxyJump: each host of the list by what the configuration
// says of it. As in OpenSSH, only the first may have jump hosts of its own. Keys
// and known_hosts that t was given are those of its jump hosts, too.
func (s *SSHConfig) hops(list string, t Target, e *evaluation, depth int) ([]Hop, error) {
	var hops []Hop
	for i, word := range strings.Split(list, ",") {
		hop, err := jumpTarget(word)
		if err != nil {
			return nil, fmt.Errorf("%s: ProxyJump %q for %s: %w", e.values["proxyjump"][0].at(), list, t.Name, err)
		}
		for _, part := range []*string{&hop.Name, &hop.User} {
			if *part, err = e.tokens(*part, "hnpr"); err != nil {
				return nil, err
			}
		}
		hop.Identities, hop.KnownHosts = slices.Clone(t.Identities), slices.Clone(t.KnownHosts)
		if i > 0 {
			hop.Jump = []Hop{{}} // its own ProxyJump is not asked
		}
		done, err := s.complete(hop, depth+1)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			hops = append(hops, done.Jump...)
		}
		hops = append(hops, done.hop())
	}
	return hops, nil
}

// jumpTarget reads [user@]host[:port] or ssh://[user@]host[:port][/].
func jumpTarget(word string) (Target, error) {
	word = strings.TrimSpace(word)
	if rest, uri := strings.CutPrefix(word, "ssh://"); uri {
		word = strings.TrimSuffix(rest, "/")
	}
	var t Target
	if at := strings.LastIndexByte(word, '@'); at >= 0 {
		t.User, word = word[:at], word[at+1:]
		if t.User == "" {
			return t, errors.New("a jump host without a user before the @")
		}
	}
	t.Name = strings.Trim(word, "[]")
	if host, port, err := net.SplitHostPort(word); err == nil {
		t.Name, t.Addr = host, net.JoinHostPort("", port)
	}
	if t.Name == "" {
		return t, errors.New("a jump host without a name")
	}
	return t, nil
}
