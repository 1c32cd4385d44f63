package dcos

import "fmt"

// Role is what a node does in the cluster. The zero Role is unknown.
type Role uint8

// The roles of a DC/OS node. Each is declared on the node by one empty file
// below /etc/mesosphere/roles.
const (
	RoleUnknown Role = iota
	Master
	PrivateAgent
	PublicAgent
)

var roleNames = [...]string{"unknown", "master", "private", "public"}

func (r Role) String() string {
	if int(r) < len(roleNames) {
		return roleNames[r]
	}
	return roleNames[0]
}

// IsAgent reports whether nodes of this role run a Mesos agent.
func (r Role) IsAgent() bool { return r == PrivateAgent || r == PublicAgent }

// File is the name of the role's file below /etc/mesosphere/roles.
func (r Role) File() string {
	switch r {
	case Master:
		return "master"
	case PrivateAgent:
		return "slave"
	case PublicAgent:
		return "slave_public"
	default:
		return ""
	}
}

// MesosUnit is the systemd unit of the role's Mesos daemon.
func (r Role) MesosUnit() string {
	switch r {
	case Master:
		return "dcos-mesos-master.service"
	case PrivateAgent:
		return "dcos-mesos-slave.service"
	case PublicAgent:
		return "dcos-mesos-slave-public.service"
	default:
		return ""
	}
}

// MesosPort is the TCP port of the role's Mesos daemon, bound to the address
// that detect_ip prints and to no other.
func (r Role) MesosPort() int {
	switch {
	case r == Master:
		return MesosMasterPort
	case r.IsAgent():
		return MesosAgentPort
	default:
		return 0
	}
}

// ParseRole reads the name that String gives.
func ParseRole(s string) (Role, error) {
	for i, n := range roleNames {
		if i > 0 && n == s {
			return Role(i), nil
		}
	}
	return RoleUnknown, fmt.Errorf("unknown role %q: want master, private or public", s)
}

// RoleOfFile reads the name of a file below /etc/mesosphere/roles.
func RoleOfFile(s string) Role {
	for _, r := range []Role{Master, PrivateAgent, PublicAgent} {
		if r.File() == s {
			return r
		}
	}
	return RoleUnknown
}

// MarshalText writes the role's name.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the role's name.
func (r *Role) UnmarshalText(b []byte) error {
	v, err := ParseRole(string(b))
	*r = v
	return err
}
