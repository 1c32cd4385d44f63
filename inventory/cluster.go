package inventory

import (
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// NodeName names a node in the inventory, in plans and in journals.
type NodeName string

// Cluster is a whole inventory, validated, with defaults filled in.
type Cluster struct {
	Source     string // the file it was read from
	Name       string
	ID         string // as /var/lib/dcos/cluster-id on the masters says; empty when not pinned yet
	Target     Target // zero when the inventory names none
	SSH        SSH
	Security   Security
	Bootstrap  Bootstrap
	Masters    []Node // by name
	Groups     []Group
	Exclusions []Exclusion
	Prometheus string    // URL of the server that answers queries of gates; empty: none
	Gates      []Gate    // of the whole cluster, masters too; a group has its own besides
	Policy     Policy    // of the cluster; a group's own policy is already merged into Group.Policy
	Rehearsal  Rehearsal // zero for a real cluster
}

// Node is one machine. Address is what SSH dials; the address that DC/OS uses
// is what detect_ip prints on the node, and may differ.
type Node struct {
	Name    NodeName
	Address string
	Port    int // SSH port
	// PortSaid: the inventory says Port, for the node or for all. When it does not, a
	// Port of ~/.ssh/config stands before it.
	PortSaid bool
	Role     dcos.Role
	Zone     string
	Group    string // "masters" for masters
}

// Group is agents that share a role and a policy. Groups run in file order.
type Group struct {
	Name   string
	Role   dcos.Role
	Nodes  []Node // in file order
	Gates  []Gate // the operator's own, besides those of the cluster
	Policy Policy
}

// Exclusion leaves one node alone on purpose, until a date.
type Exclusion struct {
	Node   NodeName
	Reason string
	Until  time.Time // the last day on which the exclusion holds, at 00:00 UTC; zero: no end
}

// Target says what to patch to: the node patch script, and what it must be.
type Target struct {
	Source string // the file it came from: the inventory itself, or target-*.yaml
	URL    string
	SHA256 string // hex; empty means pinned by the plan
	From   dcos.Version
	To     dcos.Version
	Mesos  string // Mesos version of the target; empty when not known ahead
}

// SSH says how nodes are reached.
type SSH struct {
	User       string // empty: that of Config, or who runs the program
	Port       int
	PortSaid   bool     // not the default
	Identities []string // private key files; those of Config come after them
	Jump       []string // [user@]host[:port], outermost first; empty: that of Config
	KnownHosts []string
	Config     string // ssh_config(5) file, which completes what is not said here; empty: none
	// Algorithms of SSH, each list the whole of what is offered; empty: what
	// dcos-patch has and is not known to be insecure.
	KeyExchanges, Ciphers, MACs, HostKeyAlgorithms []string

	SudoPassword  SecretRef
	Dial          time.Duration // for one attempt: TCP connect and handshake
	DialAttempts  int
	Keepalive     time.Duration
	KeepaliveMiss int // unanswered keepalives after which a peer is dead
}

// SecretRef says where a secret is to be had; the inventory never holds one.
// The zero value refers to none.
type SecretRef struct {
	Env  string // name of an environment variable, or
	File string // a file that holds the secret in one line
}

// Security is what the inventory expects of the cluster's security mode.
type Security struct {
	Mode string // "permissive" or "open"; empty when not said
}

// Bootstrap is the node that serves the script and the packages.
type Bootstrap struct {
	Address string
	URL     string
	Dir     string
}

// Rehearsal is set only for simulated clusters and tests. A TimeScale of 0.1
// makes every span, pause and timeout of the plan ten times shorter. Nodes
// must carry the file /etc/dcos-patch-rehearsal, or the plan is refused.
type Rehearsal struct {
	TimeScale float64
}

// Nodes returns masters and then agents, groups in order.
func (c *Cluster) Nodes() []Node {
	nodes := append([]Node(nil), c.Masters...)
	for _, g := range c.Groups {
		nodes = append(nodes, g.Nodes...)
	}
	return nodes
}

// Node finds a node by name.
func (c *Cluster) Node(name NodeName) (Node, bool) {
	for _, n := range c.Nodes() {
		if n.Name == name {
			return n, true
		}
	}
	return Node{}, false
}

// Excluded reports the exclusion of a node that holds on the given day. Until
// is inclusive: the exclusion holds to the end of that day where today is.
func (c *Cluster) Excluded(name NodeName, today time.Time) (Exclusion, bool) {
	y, m, d := today.Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	for _, x := range c.Exclusions {
		if x.Node == name && (x.Until.IsZero() || !day.After(x.Until)) {
			return x, true
		}
	}
	return Exclusion{}, false
}
