package inventory

import (
	"fmt"
	"slices"
	"strings"
)

// readSSH reads how nodes are reached; what is not said keeps its default.
func (b *builder) readSSH(v value) {
	s := &b.cluster.SSH
	v.mapping(fields{
		"user":     text(&s.User, login),
		"port":     integer(&s.Port, 1, 65535),
		"identity": b.paths(&s.Identities),
		"jump": func(v value) {
			s.Jump = nil
			for _, item := range v.oneOrMore() {
				if one, ok := item.checked(hop); ok {
					s.Jump = append(s.Jump, one)
				}
			}
		},
		"known_hosts":    b.paths(&s.KnownHosts),
		"dial":           duration(&s.Dial),
		"dial_attempts":  integer(&s.DialAttempts, 1, 100),
		"keepalive":      duration(&s.Keepalive),
		"keepalive_miss": integer(&s.KeepaliveMiss, 1, 100),
		"sudo":           notYet,
	})
}

// paths reads one path or several.
func (b *builder) paths(dst *[]string) func(value) {
	return func(v value) {
		*dst = nil
		for _, item := range v.oneOrMore() {
			if p, ok := b.path(item); ok {
				if slices.Contains(*dst, p) {
					item.refuse(fmt.Sprintf("%q is here twice", item.node.Value), "keep one")
				}
				*dst = append(*dst, p)
			}
		}
	}
}

// path reads the path of a file on this machine.
func (b *builder) path(v value) (string, bool) {
	s, ok := v.text()
	if !ok {
		return "", false
	}
	if strings.HasPrefix(s, "~") && !strings.HasPrefix(s, "~/") {
		v.refuse(fmt.Sprintf("is %q; only ~/ stands for a home folder", s), "write the path out, or ./"+s)
		return "", false
	}
	p, err := b.src.resolve(s)
	if err != nil {
		v.refuse(printable(err.Error()), "write the path out")
		return "", false
	}
	return p, true
}
