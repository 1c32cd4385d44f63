package checks

import "github.com/dcos-patch/dcos-patch/daemons"

// Local is the controller's side of the operator's own gates. The zero Local
// runs commands in the current folder and uses the network.
type Local struct {
	Dir  string       // where commands run: the inventory's folder
	Run  string       // the run's name, for commands, URLs and queries
	Dial daemons.Dial // nil: the network, and the proxies of the environment
}

// Locally says how the operator's own gates are asked from here. It is called
// before the first question, and returns c.
func (c *Cluster) Locally(l Local) *Cluster {
	c.local = l
	return c
}

// UntilTimeout says that a person repairs what is waited for: no gate is given up
// before its time because Mesos has. It is called before the first question, and
// returns c.
func (c *Cluster) UntilTimeout() *Cluster {
	c.untilTimeout = true
	return c
}
