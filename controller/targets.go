package controller

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// targets says how each node is reached: what the inventory says first, then
// the ssh configuration, then defaults. Key files and known_hosts files add up,
// those of the inventory first. An empty configFile is none.
func (c Config) targets(inv *inventory.Cluster, configFile string) (map[string]sshexec.Target, error) {
	config, err := c.sshConfig(configFile)
	if err != nil {
		return nil, err
	}
	jump, err := c.hops(inv.SSH, config)
	if err != nil {
		return nil, err
	}
	all := map[string]sshexec.Target{}
	for _, n := range inv.Nodes() {
		t := sshexec.Target{Name: string(n.Name), Addr: n.Address, User: inv.SSH.User, Jump: jump, Identities: inv.SSH.Identities, KnownHosts: inv.SSH.KnownHosts}
		if n.PortSaid || config == nil {
			t.Addr = net.JoinHostPort(n.Address, strconv.Itoa(n.Port))
		}
		if config != nil {
			if t, err = config.Complete(t); err != nil {
				return nil, fmt.Errorf("%w%s", err, anotherConfig)
			}
			for i := range t.Jump {
				t.Jump[i].User = cmp.Or(t.Jump[i].User, c.User)
			}
		}
		t.User = cmp.Or(t.User, c.User)
		all[t.Name] = t
	}
	return all, nil
}

// tryDefaultKeys has the keys tried that ssh tries, where no key is named and no
// ssh configuration says otherwise.
func tryDefaultKeys(all map[string]sshexec.Target) {
	for name, t := range all {
		if len(t.Identities) == 0 {
			t.Defaults = sshexec.DefaultIdentities()
		}
		for i := range t.Jump {
			if len(t.Jump[i].Identities) == 0 {
				t.Jump[i].Defaults = sshexec.DefaultIdentities()
			}
		}
		all[name] = t
	}
}

// anotherConfig is the way out of an ssh configuration that cannot be followed.
const anotherConfig = "; name another file in the inventory (ssh: {config: FILE}), or none (config: none)"

// sshConfig reads the ssh configuration; nil: there is to be none.
func (c Config) sshConfig(file string) (*sshexec.SSHConfig, error) {
	if file == "" {
		return nil, nil
	}
	config, err := (*sshexec.SSHConfig)(nil), error(nil)
	if usual := inventory.DefaultSSH().Config; file == usual || file == strings.Replace(usual, "~", c.Home, 1) {
		config, err = sshexec.ReadSSHConfigIfAny(file, sshexec.SystemSSHConfig)
	} else {
		config, err = sshexec.ReadSSHConfig(file)
	}
	if err != nil {
		return nil, fmt.Errorf("%w%s", err, anotherConfig)
	}
	return config, nil
}

// hops reads the inventory's "user@host:port" jump hosts.
func (c Config) hops(say inventory.SSH, config *sshexec.SSHConfig) ([]sshexec.Hop, error) {
	var out []sshexec.Hop
	for _, j := range say.Jump {
		h := sshexec.Hop{Name: j, Identities: say.Identities, KnownHosts: say.KnownHosts}
		if u, rest, ok := strings.Cut(j, "@"); ok {
			h.User, h.Name = u, rest
		}
		if host, port, err := net.SplitHostPort(h.Name); err == nil {
			h.Name, h.Addr = host, net.JoinHostPort("", port)
		}
		switch {
		case config != nil:
			done, err := config.CompleteHop(h)
			if err != nil {
				return nil, fmt.Errorf("%w%s", err, anotherConfig)
			}
			h = done
		case h.Addr == "":
			h.Addr = net.JoinHostPort(strings.Trim(h.Name, "[]"), "22")
		default:
			h.Addr = h.Name + h.Addr
		}
		h.User = cmp.Or(h.User, say.User, c.User)
		out = append(out, h)
	}
	return out, nil
}

// secret fetches what an inventory refers to. The errors hold nothing of it.
func (c Config) secret(ref inventory.SecretRef) (sshexec.Secret, error) {
	switch {
	case ref.Env != "":
		text, said := c.lookup(ref.Env)
		if !said {
			return sshexec.Secret{}, fmt.Errorf("the environment variable %s is not set", ref.Env)
		}
		return oneLine(text, "the environment variable "+ref.Env)
	case ref.File != "":
		info, err := os.Stat(ref.File)
		if err != nil {
			return sshexec.Secret{}, err
		}
		if info.Mode().Perm()&0o077 != 0 {
			return sshexec.Secret{}, fmt.Errorf("%s can be read by others (mode %04o): chmod 600 %s", ref.File, info.Mode().Perm(), ref.File)
		}
		text, err := os.ReadFile(ref.File)
		if err != nil {
			return sshexec.Secret{}, err
		}
		return oneLine(strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r"), ref.File)
	default:
		return sshexec.Secret{}, nil
	}
}

func (c Config) lookup(name string) (string, bool) {
	if c.LookupEnv == nil {
		return "", false
	}
	return c.LookupEnv(name)
}

func oneLine(text, from string) (sshexec.Secret, error) {
	switch {
	case text == "":
		return sshexec.Secret{}, errors.New(from + " is empty")
	case strings.ContainsAny(text, "\r\n\x00"):
		return sshexec.Secret{}, errors.New(from + " holds more than one line")
	}
	return sshexec.NewSecret(text), nil
}
