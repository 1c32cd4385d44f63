package sshexec

import (
	"fmt"
	"os/user"
	"slices"
	"strings"
)

// validity is whether a block is of the host.
type validity uint8

const (
	isNot   validity = iota
	mayBe            // what decides is not known: Match exec
	doesNow          // it is
)

// evaluation is a configuration as it is read for one host: of most keywords the
// first value counts, and some add up.
type evaluation struct {
	given  Target
	names  []string // the host goes by: its address first, then its name
	local  string   // the local user
	file   string
	values map[string][]sshLine

	final, wantsFinal bool
	host              string // HostName, so far; at the end the host to connect to
	unused            []string
}

// block is where the reading of a file stands.
type block struct {
	any     validity // by whichever name
	address validity // by the address alone
	since   sshLine  // that opened it
	never   bool     // of an included file: the block that includes it is not of the host
}

func (s *SSHConfig) evaluate(t Target) (*evaluation, error) {
	host, _ := t.hostPort()
	e := &evaluation{given: t, file: s.file, values: map[string][]sshLine{}}
	for _, name := range []string{host, t.Name} {
		if name != "" && !slices.Contains(e.names, name) {
			e.names = append(e.names, name)
		}
	}
	if len(e.names) == 0 {
		e.names = []string{""}
	}
	e.local = localUser()
	if err := e.pass(s); err != nil {
		return nil, err
	}
	if e.wantsFinal {
		e.final = true
		if err := e.resolve(); err != nil {
			return nil, err
		}
		if err := e.pass(s); err != nil {
			return nil, err
		}
	}
	return e, e.resolve()
}

func localUser() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return ""
}

func (e *evaluation) pass(s *SSHConfig) error {
	for _, lines := range s.files {
		if err := e.read(lines, block{any: doesNow, address: doesNow}); err != nil {
			return err
		}
	}
	return nil
}

func (e *evaluation) read(lines []sshLine, b block) error {
	for _, l := range lines {
		switch l.key {
		case "host":
			b.since = l
			names := e.hostNames()
			b.any, b.address = yes(!b.never && matchHost(names, l.words)), yes(!b.never && matchHost(names[:1], l.words))
		case "match":
			b.since = l
			b.any, b.address = e.matches(l, e.names), e.matches(l, e.names[:1])
			if b.never {
				b.any, b.address = isNot, isNot
			}
		case "include":
			for _, inner := range l.included {
				within := b
				within.never = b.never || b.any == isNot
				if err := e.read(inner, within); err != nil {
					return err
				}
			}
		default:
			if b.any != isNot {
				if err := e.take(l, b); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func yes(is bool) validity {
	if is {
		return doesNow
	}
	return isNot
}

// matches judges a Match. Conditions that dcos-patch cannot judge count only where
// all others hold.
func (e *evaluation) matches(l sshLine, names []string) validity {
	result := doesNow
	for _, c := range l.criteria {
		var holds bool
		switch c.attr {
		case "all":
			holds = true
		case "final", "canonical":
			e.wantsFinal = e.wantsFinal || c.attr == "final"
			holds = e.final
		case "host":
			holds = slices.ContainsFunc(e.current(names), func(name string) bool { return matchList(strings.ToLower(name), c.arg, true) })
		case "originalhost":
			holds = slices.ContainsFunc(names, func(name string) bool { return matchList(strings.ToLower(name), c.arg, true) })
		case "user":
			holds = matchList(e.user(), c.arg, false)
		case "localuser":
			holds = matchList(e.local, c.arg, false)
		default: // exec, and what newer versions know
			result = min(result, mayBe)
			continue
		}
		if holds == c.negated {
			return isNot
		}
	}
	return result
}

// hostNames are what Host lines match: in a final pass the host to connect to in
// place of what was written.
func (e *evaluation) hostNames() []string {
	if e.final {
		return append([]string{e.host}, e.names[1:]...)
	}
	return e.names
}

// current are the names of the host once HostName has been read.
func (e *evaluation) current(names []string) []string {
	if host := e.hostName(); host != "" {
		return []string{host}
	}
	return names
}

// hostName is HostName with its tokens, or empty.
func (e *evaluation) hostName() string {
	if e.host != "" {
		return e.host
	}
	return hostTokens(e.first("hostname"), e.names[0])
}

// hostTokens expands those of HostName.
func hostTokens(text, host string) string {
	return strings.NewReplacer("%%", "%", "%h", host).Replace(text)
}

// resolve makes the host to connect to.
func (e *evaluation) resolve() error {
	text := e.first("hostname")
	if rest := strings.NewReplacer("%%", "", "%h", "").Replace(text); strings.Contains(rest, "%") {
		return fmt.Errorf("%s: HostName %q for %s has a token that ssh does not know (it knows %%%% and %%h)", e.values["hostname"][0].at(), text, e.given.Name)
	}
	e.host = strings.ToLower(hostTokens(text, e.names[0]))
	if e.host == "" {
		e.host = strings.ToLower(e.names[0])
	}
	return nil
}

// user is who logs in, so far.
func (e *evaluation) user() string {
	for _, name := range []string{e.given.User, e.first("user")} {
		if name != "" {
			return name
		}
	}
	return e.local
}

func (e *evaluation) port() string {
	if _, port := e.given.hostPort(); port != "" {
		return port
	}
	if port := e.first("port"); port != "" {
		return port
	}
	return "22"
}

// first is the value that counts where one does; empty: none.
func (e *evaluation) first(key string) string {
	if l := e.values[key]; len(l) > 0 {
		return l[0].value()
	}
	return ""
}
