package simcluster

import (
	"fmt"
	"net"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/memnet"
)

// node is one simulated machine. Guarded by Cluster.mu.
type node struct {
	c        *Cluster
	name     string
	ip       string
	role     dcos.Role
	zone     string
	tree     *fileTree
	hits     map[fault.Kind]int
	hostKey  ssh.Signer
	listener *memnet.Listener
	wantKey  ssh.PublicKey // of the user

	power    bool // false: the machine is off
	boot     int  // number of boots
	booted   time.Time
	pids     int
	gen      int // raised when daemons are stopped: events of before are void
	running  bool
	units    []*unit
	patches  []*patch
	launched int
	fetching bool // the verb fetch holds the node's flock
	noSudo   bool
	full     bool          // its disk
	setup    string        // ActiveState of dcos-setup.service
	skew     time.Duration // that its clock has jumped by
	sshDown  time.Time     // refuses connections until then
	conns    map[net.Conn]struct{}

	version dcos.Version // of the active packages
	active  []string

	exhibitor exhibitorState
	master    masterState
	agent     agentState
	cockroach cockroachState
	etcd      etcdState
	metrics   time.Time // when the metrics endpoint may answer next
}

func (c *Cluster) addNodes() error {
	if err := c.makeUserKey(); err != nil {
		return err
	}
	add := func(role dcos.Role, prefix string, count, row int) error {
		for i := range count {
			n := &node{c: c, role: role, power: true, setup: "inactive", hits: map[fault.Kind]int{}, conns: map[net.Conn]struct{}{}}
			n.name = fmt.Sprintf("%s%d", prefix, i+1)
			n.ip = fmt.Sprintf("127.%d.%d.%d", c.opt.Net, row+i/250, 1+i%250)
			if role.IsAgent() {
				n.name = fmt.Sprintf("%s%0*d", prefix, len(fmt.Sprint(count)), i+1)
			}
			if c.opt.Zones > 0 {
				n.zone = string(rune('a' + i%c.opt.Zones))
			}
			c.nodes = append(c.nodes, n)
			c.byName[n.name], c.byIP[n.ip] = n, n
			if err := n.makeKeys(); err != nil {
				return err
			}
		}
		return nil
	}
	if err := add(dcos.Master, "m", c.opt.Masters, 0); err != nil {
		return err
	}
	if err := add(dcos.PrivateAgent, "a", c.opt.Private, 1); err != nil {
		return err
	}
	return add(dcos.PublicAgent, "p", c.opt.Public, 100)
}

func (c *Cluster) masters() []*node { return c.nodes[:c.opt.Masters] }
func (c *Cluster) agents() []*node  { return c.nodes[c.opt.Masters:] }

// settle puts everything into the steady state of a cluster that has run for
// days, and then lets the faults of the start act.
func (c *Cluster) settle() {
	for _, n := range c.nodes {
		n.booted = c.start.Add(-30 * 24 * time.Hour)
		n.setPackages(c.opt.From)
		if n.fault(fault.AtTarget) {
			n.setPackages(c.opt.To)
		}
		if n.fault(fault.OtherVersion) {
			n.setPackages("2.0.6")
		}
		n.seedFiles()
		n.seedUnits()
		n.tree.get("/opt/mesosphere/active").changed = n.booted // before its daemons began
		n.running = true
	}
	c.settleZooKeeper()
	c.settleMesos()
	for _, n := range c.nodes {
		n.settleFaults()
	}
	for _, f := range c.opt.Faults {
		if f.Where == "" {
			c.happen(f)
		}
	}
}

func (n *node) settleFaults() {
	n.moment(WhenStart)
	n.moment(WhenAlways)
	if n.fault(fault.OtherCluster) {
		n.tree.write("/var/lib/dcos/cluster-id", []byte(n.c.uuid("other cluster")), 0o644)
	}
	if n.fault(fault.ServedBefore) {
		n.servedBefore()
	}
	if n.fault(fault.LockHeld) {
		n.tree.write(programDir+"/epoch", []byte("5\n"), 0o600)
		n.tree.write(programDir+"/lock", []byte("5 other-run eve@laptop\n"), 0o600)
	}
	if n.fault(fault.MidSwapFromStart) {
		n.stopDaemons()
		s, _ := readScript(n.c.script)
		n.swapTo(n.beginSwap(s), n.position(fault.MidSwapFromStart))
		n.readActive(s)
	}
	if n.fault(fault.AgentDead) {
		n.powerOff()
		n.agent.unreachable()
	}
	if n.fault(fault.MachineDown) { // the leader shuts its agent down, and forgets it
		n.stopAgent()
		n.agent.unreachable()
		n.unit(n.role.MesosUnit()).waits() // systemd starts it again and again
	}
}

// seedFiles writes the files that a DC/OS node has.
func (n *node) seedFiles() {
	n.tree = newTree(n.c.now)
	t := n.tree
	t.mkdir("/tmp", 0o777, 0)
	t.mkdir("/home/"+n.c.opt.User, 0o700, loginUID)
	t.mkdir("/var/lib", 0o755, 0)
	t.write("/etc/dcos-patch-rehearsal", nil, 0o644)
	t.write("/etc/mesosphere/roles/"+n.role.File(), nil, 0o644)
	if n.role == dcos.Master {
		t.write("/var/lib/dcos/cluster-id", []byte(n.c.id), 0o644)
	}
	for _, id := range n.active {
		t.mkdir("/opt/mesosphere/packages/"+id, 0o755, 0)
	}
	n.writeActive()
}

// writeActive makes the links and files of the active packages.
func (n *node) writeActive() {
	n.writeSet("", n.release(), n.active)
	n.writeSecrets()
	if n.role.IsAgent() && n.jitterOnce("libltdl") < 0.5 && n.version == n.c.opt.From {
		n.tree.write(dcos.Libltdl, []byte("libltdl of "+n.version), 0o755)
	}
}

// writeSet makes what a swap moves of a set of packages, in place or with the
// suffix of what is not yet. What is there and in nobody's way stays.
func (n *node) writeSet(suffix string, r release, ids []string) {
	t, at := n.tree, func(name string) string { return dcos.SwapPath(name) + suffix }
	t.remove(at("active"))
	t.mkdir(at("active"), 0o755, 0)
	for _, id := range ids {
		name, _, _ := strings.Cut(id, "--")
		t.link(at("active")+"/"+name, "../packages/"+id)
	}
	t.mkdir(at("include"), 0o755, 0)
	t.mkdir(at("lib"), 0o755, 0)
	t.write(at("bin")+"/detect_ip", []byte("#!/bin/sh\necho "+n.ip+"\n"), 0o755)
	t.write(at("etc")+"/master_count", fmt.Appendf(nil, "%d", n.c.opt.Masters), 0o644)
	t.write(at("etc")+"/dcos-version.json", versionJSON(r), 0o644)
	t.write(at("etc")+"/dcos-service-configuration.json", []byte("{\"sysctl\": {}}\n"), 0o644) // pkgpanda's own
	t.remove(at("bin") + "/dcos-check-runner")
	t.remove(at("etc") + "/dcos-diagnostics-runner-config.json")
	t.write(at("bin")+"/"+r.checkRunner(), []byte("ELF"), 0o755)
	if r.waits() {
		t.write(at("etc")+"/dcos-diagnostics-runner-config.json", []byte("{}"), 0o644)
	}
	t.write(at("environment"), []byte("PATH=/opt/mesosphere/bin\n"), 0o644)
	t.write(at("environment.export"), []byte("export PATH=/opt/mesosphere/bin:$PATH\n"), 0o644)
	t.write(at("active.buildinfo.full.json"), []byte("{}\n"), 0o644)
}

// writeSecrets makes the certificates that masters of some releases have.
func (n *node) writeSecrets() {
	r, t := n.release(), n.tree
	if n.role != dcos.Master {
		return
	}
	if dir := r.certsDir(); dir != "" {
		t.write(dir+"/client.root.crt", []byte("certificate"), 0o644)
	}
	if n.c.opt.ExhibitorTLS {
		for _, name := range []string{"root-cert.pem", "client-cert.pem", "client-key.pem"} {
			t.write(dcos.ExhibitorTLSDir+"/"+name, []byte(name), 0o600)
		}
	}
}

// setPackages makes the packages of a release the active ones.
func (n *node) setPackages(v dcos.Version) { n.version, n.active = v, packagesOf(n.c.release(v)) }

func (n *node) jitterOnce(label string) float64 { return n.c.jitter(label + " " + n.name) }

// bootID names the current boot.
func (n *node) bootID() string { return n.c.uuid(fmt.Sprintf("boot %s %d", n.name, n.boot)) }

// clock is what the node's own clock says.
func (n *node) clock() time.Time {
	if f, ok := n.c.find(fault.ClockSkew, n.name); ok && (f.When == WhenStart || f.When == WhenAlways || n.launched > 0) {
		n.acts(fault.ClockSkew)
		return n.c.now().Add(f.For + n.skew)
	}
	return n.c.now().Add(n.skew)
}

// after plans an event that is void once the node's daemons are stopped or
// its power is gone.
func (n *node) after(d time.Duration, run func()) {
	gen := n.gen
	n.c.after(d, func() {
		if n.gen == gen && n.power {
			run()
		}
	})
}

// mesosVersion is the Mesos version of the active packages.
func (n *node) mesosVersion() string {
	if n.version == n.c.opt.To {
		return n.c.opt.MesosTo
	}
	return n.c.opt.MesosFrom
}
