package sshexec

import (
	"net"
	"slices"
	"strings"
)

// Target is where a node is and how it is reached.
type Target struct {
	Name string // of the node, for errors
	// Addr is "host:port" as seen from the last hop; the host key is looked up under
	// it, then under Name. SSHConfig.Complete also takes "host", and ":port".
	Addr string
	User string // login
	Jump []Hop  // jump hosts, the first one next to us

	Identities, KnownHosts []string // files for this node, before those of Config
	Settings
}

// hostPort takes Addr apart; what it lacks is empty.
func (t Target) hostPort() (host, port string) {
	if host, port, err := net.SplitHostPort(t.Addr); err == nil {
		return host, port
	}
	return strings.Trim(t.Addr, "[]"), ""
}

// Hop is a jump host.
type Hop struct {
	Name string
	Addr string // "host:port" as seen from the hop before it
	User string

	Identities, KnownHosts []string // files for this hop, before those of Config
	Settings
}

// chain names a sequence of jump hosts, so that those who share it share
// its connections.
func chain(hops []Hop) string {
	var b strings.Builder
	for _, h := range hops {
		b.WriteString(h.User + "@" + h.Addr + " ")
	}
	return b.String()
}

// target is a hop as something to connect to, behind those before it.
func (h Hop) target(before []Hop) Target {
	return Target{Name: h.Name, Addr: h.Addr, User: h.User, Jump: before, Identities: h.Identities, KnownHosts: h.KnownHosts, Settings: h.Settings}
}

// forTarget is the Config with the files that only t has.
func (c Config) forTarget(t Target) Config {
	c.Identities = slices.Concat(t.Identities, c.Identities)
	c.KnownHosts = slices.Concat(t.KnownHosts, c.KnownHosts)
	c.settings = t.Settings
	c.Algorithms = c.Algorithms.or(t.Settings.Algorithms)
	return c
}
