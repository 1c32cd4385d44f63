package sshexec

// NoAgent in place of an agent's socket asks no agent.
const NoAgent = "none"

// Settings are what an ssh configuration says of one host, besides where it is.
type Settings struct {
	Defaults       []string // key files that are tried after all others, and need not be there
	Certificates   []string // files of user certificates, besides FILE-cert.pub of the identities
	IdentitiesOnly bool     // the agent is asked for named keys only
	Agent          string   // socket, before that of Config; NoAgent
	HostKeyAlias   string   // the name under which the host key is looked up, in place of the address
	Algorithms     Algorithms
	Unused         []string // settings that dcos-patch cannot follow, told when a login fails
}
