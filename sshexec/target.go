package sshexec

import "strings"

// Target is where a node is and how it is reached.
type Target struct {
	Name string // of the node, for errors
	Addr string // "host:port" as seen from the last hop; the host key is looked up under it, then under Name
	User string // login
	Jump []Hop  // jump hosts, the first one next to us
}

// Hop is a jump host.
type Hop struct {
	Name string
	Addr string // "host:port" as seen from the hop before it
	User string
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
