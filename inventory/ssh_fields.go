package inventory

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// readSSH reads how nodes are reached; what is not said keeps its default.
func (b *builder) readSSH(v value) {
	s := &b.cluster.SSH
	v.mapping(fields{
		"user":     text(&s.User, login),
		"port":     port(&s.Port, &s.PortSaid),
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
		"config":         b.configFile(&s.Config),
		"sudo":           b.readSudo,

		"key_exchanges":       algorithms(&s.KeyExchanges, sshKeyExchanges),
		"ciphers":             algorithms(&s.Ciphers, sshCiphers),
		"macs":                algorithms(&s.MACs, sshMACs),
		"host_key_algorithms": algorithms(&s.HostKeyAlgorithms, sshHostKeys),
	})
}

// port reads a port, and that there is one.
func port(dst *int, said *bool) func(value) {
	return func(v value) {
		*said = true
		integer(dst, 1, 65535)(v)
	}
}

// configFile reads the path of an ssh client configuration, or none.
func (b *builder) configFile(dst *string) func(value) {
	return func(v value) {
		if s, ok := v.text(); ok && s == none {
			*dst = ""
		} else if p, fine := b.path(v); ok && fine {
			*dst = p
		}
	}
}

// readSudo reads where the password for sudo is to be had.
func (b *builder) readSudo(v value) {
	v.mapping(fields{"password": b.secret(&b.cluster.SSH.SudoPassword)}, "password")
}

// secret reads a reference to a secret. A value is refused: it would end up
// in version control, in plans and in terminals; and it is not repeated here.
func (b *builder) secret(dst *SecretRef) func(value) {
	const hint = "say where it is: {env: NAME} or {file: PATH}"
	return func(v value) {
		if v.node.Kind == yaml.ScalarNode && v.plain() {
			v.refuse("is a value, and an inventory holds no secrets", hint)
			return
		}
		var ref SecretRef
		v.mapping(fields{
			"env": text(&ref.Env, variable),
			"file": func(v value) {
				if p, ok := b.path(v); ok {
					ref.File = p
				}
			},
		})
		switch {
		case ref.Env != "" && ref.File != "":
			v.refuse("has both env and file", "keep one of them")
		case ref != SecretRef{}:
			*dst = ref
		case v.node.Kind == yaml.MappingNode && len(v.node.Content) == 0:
			v.refuse("is empty", hint)
		}
	}
}

// variable checks the name of an environment variable.
func variable(s string) (what, hint string) {
	if !onlyOf(s, letters+digits+"_") || strings.Contains(digits, s[:1]) {
		return "is no name of an environment variable", "such as OPS_SUDO; the name is wanted, not the secret"
	}
	return "", ""
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
