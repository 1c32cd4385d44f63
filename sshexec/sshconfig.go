package sshexec

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"slices"
	"strings"

	"github.com/kevinburke/ssh_config"
)

// maxJumps bounds a chain of ProxyJump, which may name itself.
const maxJumps = 8

// SSHConfig is what an OpenSSH client configuration (ssh_config(5)) says of
// hosts, of the keywords Host, HostName, User, Port, IdentityFile, ProxyJump
// and UserKnownHostsFile. Other keywords are ignored, but Match is an error.
// Safe for concurrent use.
type SSHConfig struct {
	file   string
	parsed *ssh_config.Config
}

// ReadSSHConfigIfAny is ReadSSHConfig for a file that need not be there,
// usually ~/.ssh/config: a missing one says nothing of any host.
func ReadSSHConfigIfAny(file string) (*SSHConfig, error) {
	s, err := ReadSSHConfig(file)
	if errors.Is(err, fs.ErrNotExist) {
		return &SSHConfig{file: file, parsed: &ssh_config.Config{}}, nil
	}
	return s, err
}

// ReadSSHConfig reads a configuration.
func ReadSSHConfig(file string) (*SSHConfig, error) {
	text, err := os.ReadFile(expandHome(file))
	if err != nil {
		return nil, fmt.Errorf("reading the ssh configuration: %w", err)
	}
	parsed, err := ssh_config.DecodeBytes(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &SSHConfig{file: file, parsed: parsed}, nil
}

// Complete adds to t what the configuration says of it: an Addr, its port, a User and
// a Jump where t has none, and further Identities and KnownHosts after those of t.
// What t says wins. A Host block is of t when it matches t.Name or the host of t.Addr.
func (s *SSHConfig) Complete(t Target) (Target, error) {
	return s.complete(t, 0)
}

// CompleteHop does the same for a jump host; its own ProxyJump is not asked,
// since whoever names a jump host says the whole way.
func (s *SSHConfig) CompleteHop(h Hop) (Hop, error) {
	t := h.target([]Hop{{}})
	t, err := s.complete(t, 0)
	if err != nil {
		return Hop{}, err
	}
	return Hop{Name: t.Name, Addr: t.Addr, User: t.User, Identities: t.Identities, KnownHosts: t.KnownHosts}, nil
}

func (s *SSHConfig) complete(t Target, depth int) (Target, error) {
	if depth > maxJumps {
		return Target{}, fmt.Errorf("%s: more than %d jump hosts in a row before %s; does ProxyJump name itself?", s.file, maxJumps, t.Name)
	}
	host, port := t.hostPort()
	ask := question{name: t.Name, host: host}
	if t.User == "" {
		t.User = s.first(ask, "User")
	}
	if host == "" {
		if host = s.first(ask, "HostName"); host == "" {
			host = t.Name
		}
		var err error
		if host, err = s.expand(host, t); err != nil {
			return Target{}, err
		}
	}
	if port == "" {
		if port = s.first(ask, "Port"); port == "" {
			port = "22"
		}
	}
	t.Addr = net.JoinHostPort(host, port)
	if _, _, err := net.SplitHostPort(t.Addr); err != nil {
		return Target{}, fmt.Errorf("%s: HostName %q for %s is no name of a host", s.file, host, t.Name)
	}
	var err error
	if t.Identities, err = s.paths(ask, "IdentityFile", t, t.Identities); err != nil {
		return Target{}, err
	}
	if t.KnownHosts, err = s.paths(ask, "UserKnownHostsFile", t, t.KnownHosts); err != nil {
		return Target{}, err
	}
	if jump := s.first(ask, "ProxyJump"); len(t.Jump) == 0 && jump != "" && jump != "none" {
		t.Jump, err = s.hops(jump, depth)
	}
	return t, err
}

// hops resolves a ProxyJump: each host of the list by what the configuration
// says of it. As in OpenSSH, only the first may have jump hosts of its own.
func (s *SSHConfig) hops(list string, depth int) ([]Hop, error) {
	var hops []Hop
	for i, word := range strings.Split(list, ",") {
		name := strings.TrimPrefix(strings.TrimSpace(word), "ssh://")
		t := Target{}
		if user, host, found := strings.Cut(name, "@"); found {
			t.User, name = user, host
		}
		if host, port, err := net.SplitHostPort(name); err == nil {
			name, t.Addr = host, net.JoinHostPort("", port)
		}
		t.Name = name
		t, err := s.complete(t, depth+1)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			hops = append(hops, t.Jump...)
		}
		hops = append(hops, Hop{Name: t.Name, Addr: t.Addr, User: t.User, Identities: t.Identities, KnownHosts: t.KnownHosts})
	}
	return hops, nil
}

func (s *SSHConfig) paths(ask question, key string, t Target, have []string) ([]string, error) {
	lines := s.all(ask, key)
	if key == "UserKnownHostsFile" && len(lines) > 1 {
		lines = lines[:1] // the first one counts, IdentityFile adds up
	}
	all := slices.Clone(have)
	for _, line := range lines {
		words := []string{strings.Trim(line, `"`)}
		if key == "UserKnownHostsFile" {
			words = strings.Fields(words[0])
		}
		for _, word := range words {
			if word == "none" {
				continue
			}
			p, err := s.expand(word, t)
			if err != nil {
				return nil, err
			}
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	return all, nil
}
