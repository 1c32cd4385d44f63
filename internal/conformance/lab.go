package conformance

import (
	"io/fs"
	"testing"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

// Lab makes worlds to test in.
type Lab struct {
	// Enter makes a fresh world for one case, calls try in it, and takes it
	// apart. A lab in virtual time opens its synctest bubble here. What takes
	// the world apart belongs into t.Cleanup: try leaves connections to its own.
	Enter func(t *testing.T, try func(t *testing.T, w World))
}

// World is a node to connect to and what can be done to it. A field that is
// nil or empty is something this lab cannot do; its cases are skipped.
type World struct {
	Target sshexec.Target // a login that sudo obeys without a password
	Config sshexec.Config // identities and known_hosts that are right for Target

	NoSudo    *sshexec.Target // a login that sudo refuses
	AskSudo   *sshexec.Target // a login of whom sudo wants SudoPassword
	NoForward *sshexec.Target // an sshd that refuses direct-tcpip
	NoSFTP    *sshexec.Target // an sshd without the SFTP subsystem

	Terminal    *sshexec.Target // a login whose sudo wants a terminal (requiretty), and no password
	AskTerminal *sshexec.Target // one whose sudo wants both
	Noisy       *sshexec.Target // a login whose shell prints before every command

	Few       *sshexec.Target // an sshd that opens two sessions of a connection (MaxSessions)
	SlowDNS   *sshexec.Target // an sshd that waits for seconds before the login (UseDNS)
	SlowShell *sshexec.Target // a login whose shell takes two seconds and more to begin
	Busy      *sshexec.Target // an sshd that hangs up when two have not logged in yet (MaxStartups)

	// Certified is a node known only by an authority that has signed its host
	// key; CertifiedHosts is the known_hosts file that says so.
	Certified      *sshexec.Target
	CertifiedHosts string
	// ManyKeys is a node with host keys of several types; ManyKeysHosts is a
	// known_hosts file that has one of them, which is not the first.
	ManyKeys      *sshexec.Target
	ManyKeysHosts string
	// ByCertificate is a login that wants a user's certificate;
	// CertificateIdentity is the key beside which it is.
	ByCertificate       *sshexec.Target
	CertificateIdentity string
	// Hops are two jump hosts through which Target is reached.
	Hops []sshexec.Hop

	SudoPassword sshexec.Secret // for AskSudo and AskTerminal
	Canary       string         // the same in clear, to look for it where it must not be

	// Web is a "host:port" as seen from the node, where HTTP answers 200 with
	// the path that was asked for as body.
	Web string

	// Dir is a directory on the node that the login user may write to.
	Dir string
	// Stat reads a file on the node behind SSH's back. fs.ErrNotExist when there is none.
	Stat func(name string) (content []byte, mode fs.FileMode, err error)

	Cut     func() // breaks all connections to the node, both ends hear it
	Silence func() // the node answers nothing any more, and nobody is told
}
