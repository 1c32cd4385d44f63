package sshexec

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
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

// ReadSSHConfig reads a configuration, usually ~/.ssh/config. A missing file
// says nothing of any host.
func ReadSSHConfig(file string) (*SSHConfig, error) {
	text, err := os.ReadFile(expandHome(file))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the ssh configuration: %w", err)
	}
	parsed, err := ssh_config.DecodeBytes(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &SSHConfig{file: file, parsed: parsed}, nil
}

// Complete adds to t what the configuration says of the host t.Name: an Addr, a User and
// a Jump where t has none, and further Identities and KnownHosts. What t says wins.
func (s *SSHConfig) Complete(t Target) (Target, error) {
	return s.complete(t, 0)
}

func (s *SSHConfig) complete(t Target, depth int) (Target, error) {
	if depth > maxJumps {
		return Target{}, fmt.Errorf("%s: more than %d jump hosts in a row before %s; does ProxyJump name itself?", s.file, maxJumps, t.Name)
	}
	get := func(key string) string {
		value, _ := s.parsed.Get(t.Name, key) // errors are those of Match, found when it was read
		return strings.Trim(value, `"`)
	}
	if t.User == "" {
		t.User = get("User")
	}
	if t.Addr == "" {
		host, port := get("HostName"), get("Port")
		if host == "" {
			host = t.Name
		}
		if port == "" {
			port = "22"
		}
		host, err := s.expand(host, t)
		if err != nil {
			return Target{}, err
		}
		t.Addr = net.JoinHostPort(host, port)
	}
	var err error
	if t.Identities, err = s.paths("IdentityFile", t, t.Identities); err != nil {
		return Target{}, err
	}
	if t.KnownHosts, err = s.paths("UserKnownHostsFile", t, t.KnownHosts); err != nil {
		return Target{}, err
	}
	if jump := get("ProxyJump"); len(t.Jump) == 0 && jump != "" && jump != "none" {
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
			name = host
			t.Addr = net.JoinHostPort(s.hostName(host), port)
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

// hostName is the HostName of an alias, or the alias.
func (s *SSHConfig) hostName(alias string) string {
	if name, _ := s.parsed.Get(alias, "HostName"); name != "" {
		return strings.ReplaceAll(name, "%h", alias)
	}
	return alias
}

func (s *SSHConfig) paths(key string, t Target, have []string) ([]string, error) {
	lines, err := s.parsed.GetAll(t.Name, key)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.file, err)
	}
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
			all = append(all, p)
		}
	}
	return all, nil
}

// expand replaces the tokens of ssh_config(5) that we know, and a leading ~/.
func (s *SSHConfig) expand(word string, t Target) (string, error) {
	var b strings.Builder
	for i := 0; i < len(word); i++ {
		if word[i] != '%' {
			b.WriteByte(word[i])
			continue
		}
		i++
		switch rest := word[i:]; {
		case strings.HasPrefix(rest, "%"):
			b.WriteByte('%')
		case strings.HasPrefix(rest, "h"), strings.HasPrefix(rest, "n"):
			b.WriteString(t.Name)
		case strings.HasPrefix(rest, "r"):
			b.WriteString(t.User)
		case strings.HasPrefix(rest, "d"):
			b.WriteString(expandHome("~"))
		default:
			return "", fmt.Errorf("%s: %q for %s has a token that dcos-patch does not know; write it out (known: %%%% %%h %%n %%r %%d)", s.file, word, t.Name)
		}
	}
	return expandHome(b.String()), nil
}

// expandHome replaces a leading ~/ by the home directory, where there is one.
func expandHome(path string) string {
	rest, tilde := strings.CutPrefix(path, "~")
	if home, err := os.UserHomeDir(); tilde && err == nil && (rest == "" || rest[0] == '/') {
		return filepath.Join(home, rest)
	}
	return path
}
