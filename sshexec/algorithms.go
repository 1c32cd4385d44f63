package sshexec

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
)

// Algorithms are those that a connection may use, the preferred ones first. An
// empty list is the usual one: all that x/crypto has and does not call insecure,
// and what it offers besides for old servers.
type Algorithms struct {
	KeyExchanges, Ciphers, MACs, HostKeys []string
}

// usualAlgorithms is more than x/crypto offers by itself, which leaves
// group16-sha512 and group-exchange-sha256 out.
func usualAlgorithms() Algorithms {
	have := ssh.SupportedAlgorithms()
	return Algorithms{
		KeyExchanges: append(have.KeyExchanges, ssh.InsecureKeyExchangeDH14SHA1),
		Ciphers:      have.Ciphers,
		MACs:         append(have.MACs, ssh.InsecureHMACSHA196),
		HostKeys:     append(have.HostKeys, ssh.KeyAlgoRSA, ssh.CertAlgoRSAv01),
	}
}

// AllAlgorithms are those that can be asked for by name, insecure ones too.
func AllAlgorithms() Algorithms {
	have, insecure := ssh.SupportedAlgorithms(), ssh.InsecureAlgorithms()
	return Algorithms{
		KeyExchanges: append(have.KeyExchanges, insecure.KeyExchanges...),
		Ciphers:      append(have.Ciphers, insecure.Ciphers...),
		MACs:         append(have.MACs, insecure.MACs...),
		HostKeys:     append(have.HostKeys, insecure.HostKeys...),
	}
}

// or fills the lists that are empty.
func (a Algorithms) or(b Algorithms) Algorithms {
	for _, l := range []struct{ to, from *[]string }{{&a.KeyExchanges, &b.KeyExchanges}, {&a.Ciphers, &b.Ciphers}, {&a.MACs, &b.MACs}, {&a.HostKeys, &b.HostKeys}} {
		if len(*l.to) == 0 {
			*l.to = *l.from
		}
	}
	return a
}

// config is what x/crypto is told.
func (a Algorithms) config() ssh.Config {
	return ssh.Config{KeyExchanges: a.KeyExchanges, Ciphers: a.Ciphers, MACs: a.MACs}
}

// listed applies a list as ssh_config has it to the usual one: "a,b" replaces it,
// "+a" appends, "-a" removes and "^a" puts first; * and ? are wildcards after
// -. Names that x/crypto does not have are left out.
func listed(usual, all []string, list string) []string {
	list = strings.ReplaceAll(list, "curve25519-sha256@libssh.org", ssh.KeyExchangeCurve25519)
	var names []string
	for _, name := range strings.Split(strings.TrimLeft(list, "+-^"), ",") {
		if slices.Contains(all, name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	named := func(name string) bool { return slices.Contains(names, name) }
	switch list[:min(1, len(list))] {
	case "+":
		return append(slices.DeleteFunc(slices.Clone(usual), named), names...)
	case "^":
		return append(names, slices.DeleteFunc(slices.Clone(usual), named)...)
	case "-":
		return slices.DeleteFunc(slices.Clone(usual), func(name string) bool {
			return slices.ContainsFunc(strings.Split(list[1:], ","), func(pattern string) bool {
				matches, err := path.Match(pattern, name)
				return matches && err == nil
			})
		})
	}
	return names
}

// ErrAlgorithms is a node with which there is no algorithm in common.
var ErrAlgorithms = errors.New("no algorithm in common")

// AlgorithmError is an ErrAlgorithms.
type AlgorithmError struct {
	What   string // "key exchange", "client to server cipher", ...
	Ours   []string
	Theirs []string
}

func (e *AlgorithmError) Error() string {
	text := fmt.Sprintf("no %s in common: dcos-patch offers %s; the node takes %s", e.What, strings.Join(e.Ours, ", "), e.theirs())
	field, all := e.setting()
	var could []string
	for _, name := range e.Theirs {
		if slices.Contains(all, name) && !slices.Contains(e.Ours, name) {
			could = append(could, name)
		}
	}
	if len(could) > 0 {
		return text + fmt.Sprintf("; ssh: {%s: [%s]} in the inventory allows it, for all nodes (sshd of the node should take better ones)", field, strings.Join(could, ", "))
	}
	return text + "; dcos-patch has none of these: sshd of the node must take one of ours"
}

// setting is the field of the inventory that decides, and what it may name.
func (e *AlgorithmError) setting() (field string, all []string) {
	have := AllAlgorithms()
	switch {
	case strings.Contains(e.What, "cipher"):
		return "ciphers", have.Ciphers
	case strings.Contains(e.What, "MAC"):
		return "macs", have.MACs
	case strings.Contains(e.What, "host key"):
		return "host_key_algorithms", have.HostKeys
	case strings.Contains(e.What, "key exchange"):
		return "key_exchanges", have.KeyExchanges
	}
	return "", nil
}

// mostNames bounds how many of a peer's names are repeated.
const mostNames = 40

func (e *AlgorithmError) theirs() string {
	var names []string
	for _, name := range e.Theirs[:min(len(e.Theirs), mostNames)] {
		names = append(names, said(name))
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// Unwrap makes it an ErrAlgorithms.
func (e *AlgorithmError) Unwrap() error { return ErrAlgorithms }

// explainAlgorithms makes an AlgorithmError of what x/crypto says.
func explainAlgorithms(err error) error {
	var none *ssh.AlgorithmNegotiationError
	if !errors.As(err, &none) {
		return err
	}
	return &AlgorithmError{What: none.What, Ours: none.SupportedAlgorithms, Theirs: none.RequestedAlgorithms}
}
