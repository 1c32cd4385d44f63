package sshexec

import (
	"fmt"
	"os"
	"os/user"
	"slices"
	"strconv"
	"strings"
)

// fileTokens are those of the keywords that name files.
const fileTokens = "dhiklLnpru"

// defaultIdentities are tried where no key is named, as ssh does.
var defaultIdentities = []string{"~/.ssh/id_rsa", "~/.ssh/id_ecdsa", "~/.ssh/id_ecdsa_sk", "~/.ssh/id_ed25519", "~/.ssh/id_ed25519_sk"}

// DefaultIdentities are the key files that ssh tries where none is named. They
// need not be there.
func DefaultIdentities() []string { return slices.Clone(defaultIdentities) }

// files fills in key and known_hosts files.
func (e *evaluation) files(t *Target) error {
	identities, err := e.paths("identityfile", nil)
	if err != nil {
		return err
	}
	t.Identities = union(t.Identities, identities)
	if len(t.Identities) == 0 && len(e.values["identityfile"]) == 0 {
		t.Defaults = DefaultIdentities()
	}
	users := []string{"~/.ssh/known_hosts", "~/.ssh/known_hosts2"}
	if len(t.KnownHosts) > 0 {
		users = nil // which the inventory has named
	}
	for _, of := range []struct {
		key   string
		usual []string
	}{{"userknownhostsfile", users}, {"globalknownhostsfile", []string{"/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"}}} {
		files, err := e.paths(of.key, of.usual)
		if err != nil {
			return err
		}
		t.KnownHosts = union(t.KnownHosts, files)
	}
	return nil
}

// union is a, and what b has besides.
func union(a, b []string) []string {
	all := slices.Clone(a)
	for _, one := range b {
		if !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	return all
}

// paths are the files of a keyword, or the usual ones where it is not there.
func (e *evaluation) paths(key string, usual []string) ([]string, error) {
	var all []string
	for _, l := range e.values[key] {
		for _, word := range l.words {
			if strings.EqualFold(word, "none") {
				continue
			}
			path := word
			if key != "globalknownhostsfile" {
				var err error
				if path, err = e.expand(word, l); err != nil {
					return nil, err
				}
			}
			all = append(all, path)
		}
	}
	if len(e.values[key]) == 0 {
		for _, file := range usual {
			all = append(all, expandHome(file))
		}
	}
	return all, nil
}

// settings fills in the Settings that are not files of keys and hosts.
func (e *evaluation) settings(t *Target) error {
	var err error
	if t.Certificates, err = e.paths("certificatefile", nil); err != nil {
		return err
	}
	t.HostKeyAlias = e.first("hostkeyalias")
	t.IdentitiesOnly = is("yes", "true")(e.first("identitiesonly"))
	t.Unused = e.unused
	if t.Agent, err = e.agent(); err != nil {
		return err
	}
	usual, all := usualAlgorithms(), AllAlgorithms()
	for _, of := range []struct {
		key        string
		to         *[]string
		usual, all []string
	}{
		{"kexalgorithms", &t.Algorithms.KeyExchanges, usual.KeyExchanges, all.KeyExchanges}, {"ciphers", &t.Algorithms.Ciphers, usual.Ciphers, all.Ciphers},
		{"macs", &t.Algorithms.MACs, usual.MACs, all.MACs}, {"hostkeyalgorithms", &t.Algorithms.HostKeys, usual.HostKeys, all.HostKeys},
	} {
		if len(e.values[of.key]) == 0 {
			continue
		}
		l := e.values[of.key][0]
		if *of.to = listed(of.usual, of.all, l.value()); len(*of.to) == 0 {
			return fmt.Errorf("%s: of %s %s for %s dcos-patch has none; it has %s", l.at(), l.name, l.value(), e.given.Name, strings.Join(of.all, ", "))
		}
	}
	return nil
}

// agent is where the agent is: "" is where the environment says.
func (e *evaluation) agent() (string, error) {
	if len(e.values["identityagent"]) == 0 {
		return "", nil
	}
	l := e.values["identityagent"][0]
	switch at := l.value(); {
	case strings.EqualFold(at, "none"):
		return NoAgent, nil
	case at == "SSH_AUTH_SOCK":
		return "", nil
	case strings.HasPrefix(at, "$") && !strings.HasPrefix(at, "${"):
		if socket := os.Getenv(at[1:]); socket != "" {
			return socket, nil
		}
		return NoAgent, nil
	default:
		return e.expand(at, l)
	}
}

// expand expands a file name: tokens, ${VARIABLES} and a home directory.
func (e *evaluation) expand(word string, l sshLine) (string, error) {
	text, err := e.variables(word)
	if err == nil {
		text, err = e.tokens(text, fileTokens)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %s %s for %s: %w", l.at(), l.name, word, e.given.Name, err)
	}
	return expandHome(text), nil
}

// variables replaces ${NAME}. As in ssh, one that is not set is an error.
func (e *evaluation) variables(word string) (string, error) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(word, "${")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, rest, closed := strings.Cut(after, "}")
		value, set := os.LookupEnv(name)
		switch {
		case !closed || name == "":
			return "", fmt.Errorf("${ without a name and }")
		case !set:
			return "", fmt.Errorf("the environment variable %s is not set", name)
		}
		b.WriteString(value)
		word = rest
	}
}

// tokens replaces %x, of those that are known here.
func (e *evaluation) tokens(word, known string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(word); i++ {
		if word[i] != '%' {
			b.WriteByte(word[i])
			continue
		}
		i++
		switch {
		case i < len(word) && word[i] == '%':
			b.WriteByte('%')
		case i < len(word) && strings.IndexByte(known, word[i]) >= 0:
			b.WriteString(e.token(word[i]))
		default:
			return "", fmt.Errorf("%q has a token that dcos-patch does not know here; write it out (it knows %%%% and %%%s)", word, strings.Join(strings.Split(known, ""), " %"))
		}
	}
	return b.String(), nil
}

func (e *evaluation) token(name byte) string {
	switch name {
	case 'h':
		return e.host
	case 'n':
		return e.given.Name
	case 'p':
		return e.port()
	case 'r':
		return e.user()
	case 'u':
		return e.local
	case 'd':
		return expandHome("~")
	case 'i':
		return strconv.Itoa(os.Getuid())
	case 'k':
		if alias := e.first("hostkeyalias"); alias != "" {
			return alias
		}
		return e.given.Name
	}
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	if name == 'L' {
		host, _, _ = strings.Cut(host, ".")
	}
	return host
}

// expandHome replaces a leading ~/ by the home directory, where there is one, and
// ~NAME/ by that of a user who is known.
func expandHome(path string) string {
	rest, tilde := strings.CutPrefix(path, "~")
	if !tilde {
		return path
	}
	name, below, _ := strings.Cut(rest, "/")
	home := ""
	if name == "" {
		home, _ = os.UserHomeDir()
	} else if u, err := user.Lookup(name); err == nil {
		home = u.HomeDir
	}
	if home == "" {
		return path
	}
	return strings.TrimSuffix(home+"/"+below, "/")
}
