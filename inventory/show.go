package inventory

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Show writes the inventory as it was understood: ranges expanded, defaults
// filled in. What it writes is an inventory again, equal to this one when it
// stands in the same folder. The error is the writer's.
func (c *Cluster) Show(w io.Writer) error {
	var text bytes.Buffer // yaml gives no more than the words of a failed write
	enc := yaml.NewEncoder(&text)
	enc.SetIndent(2)
	if err := errors.Join(enc.Encode(c.shown().Node), enc.Close()); err != nil {
		return err
	}
	_, err := text.WriteTo(w)
	return err
}

// shown is the inventory as it was understood.
func (c *Cluster) shown() page {
	top := mapping()
	top.HeadComment = "resolved from " + printable(c.Source) + ": ranges expanded, every default shown"
	top.set("version", "1")
	top.setNode("cluster", flow().set("name", c.Name).set("id", c.ID))
	top.setNode("target", c.showTarget())
	top.setNode("ssh", c.showSSH())
	top.setNode("security", flow().set("mode", c.Security.Mode))
	top.setNode("bootstrap", flow().set("address", c.Bootstrap.Address).set("url", c.Bootstrap.URL).set("dir", c.Bootstrap.Dir))
	top.setNode("masters", c.showNodes(c.Masters))
	top.setNode("agents", c.showGroups())
	top.setNode("exclude", c.showExclusions())
	top.setNode("prometheus", flow().set("url", c.Prometheus))
	top.setNode("gates", showGates(c.Gates))
	top.setNode("policy", c.showPolicy())
	if x := c.Rehearsal.TimeScale; x > 0 {
		top.setNode("rehearsal", flow().set("time_scale", strconv.FormatFloat(x, 'g', -1, 64)))
	}
	return top
}

func (c *Cluster) showTarget() page {
	t := c.Target
	said := mapping().set("url", t.URL).set("sha256", t.SHA256).set("from", string(t.From)).set("to", string(t.To)).set("mesos", t.Mesos)
	if t.Source == c.Source || t.Source == "" {
		return said
	}
	file := page{scalar(c.showPath(t.Source))}
	file.LineComment = fmt.Sprintf("DC/OS %s -> %s", t.From, t.To)
	return file
}

// showPath undoes what resolving did to a relative path.
func (c *Cluster) showPath(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	if rel, err := filepath.Rel(filepath.Dir(c.Source), path); err == nil {
		path = rel
	}
	if strings.HasPrefix(path, "~") {
		return "./" + path // ~ would be the home folder
	}
	return path
}

func (c *Cluster) showPaths(paths []string) page {
	all := list()
	for _, p := range paths {
		all.add(page{scalar(c.showPath(p))})
	}
	return all
}

func (c *Cluster) showSSH() page {
	s := c.SSH
	said := mapping().set("user", s.User)
	if s.PortSaid {
		said.set("port", strconv.Itoa(s.Port))
	}
	return said.
		setNode("identity", c.showPaths(s.Identities)).
		setNode("jump", names(s.Jump)).
		setNode("known_hosts", c.showPaths(s.KnownHosts)).
		setNode("config", c.showConfig()).
		setNode("sudo", c.showSudo()).
		setNode("key_exchanges", names(s.KeyExchanges)).setNode("ciphers", names(s.Ciphers)).
		setNode("macs", names(s.MACs)).setNode("host_key_algorithms", names(s.HostKeyAlgorithms)).
		setTime("dial", s.Dial).set("dial_attempts", strconv.Itoa(s.DialAttempts)).
		setTime("keepalive", s.Keepalive).set("keepalive_miss", strconv.Itoa(s.KeepaliveMiss))
}

func names(all []string) page {
	l := list()
	for _, name := range all {
		l.add(page{scalar(name)})
	}
	return l
}

// showConfig shows the ssh configuration, and what it decides when nothing
// else does.
func (c *Cluster) showConfig() page {
	file := page{scalar(none)}
	if c.SSH.Config != "" {
		file = page{scalar(c.showPath(c.SSH.Config))}
	}
	if !c.SSH.PortSaid {
		file.LineComment = fmt.Sprintf("port: of this file, or %d", c.SSH.Port)
	}
	return file
}

func (c *Cluster) showSudo() page {
	ref := c.SSH.SudoPassword
	if (ref == SecretRef{}) {
		return mapping()
	}
	at := flow().set("env", ref.Env)
	if ref.File != "" {
		at.set("file", c.showPath(ref.File))
	}
	return flow().setNode("password", at)
}

func (c *Cluster) showNodes(nodes []Node) page {
	all := list()
	all.Style = 0
	for _, n := range nodes {
		one := flow().set("name", string(n.Name)).set("address", n.Address).set("zone", n.Zone)
		if n.PortSaid && (n.Port != c.SSH.Port || !c.SSH.PortSaid) {
			one.set("port", strconv.Itoa(n.Port))
		}
		all.add(one)
	}
	return all
}

func (c *Cluster) showGroups() page {
	all := mapping()
	for _, g := range c.Groups {
		all.setNode(g.Name, mapping().set("role", g.Role.String()).
			setNode("nodes", c.showNodes(g.Nodes)).
			setNode("gates", showGates(g.Gates)).
			setNode("policy", showPolicy(g.Policy, true)))
	}
	return all
}

func (c *Cluster) showExclusions() page {
	all := list()
	all.Style = 0
	for _, x := range c.Exclusions {
		one := flow().set("node", string(x.Node)).set("reason", x.Reason)
		if !x.Until.IsZero() {
			one.set("until", x.Until.Format(time.DateOnly))
		}
		all.add(one)
	}
	return all
}

// showPolicy shows the policy of the cluster.
func (c *Cluster) showPolicy() page {
	said := showPolicy(c.Policy, false)
	if !c.Policy.MaxOut.Set {
		said.HeadComment = "max_out is not said: the plan takes width + max(2, 2% of the agents)"
	}
	return said
}
