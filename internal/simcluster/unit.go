package simcluster

import (
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// unit is a systemd unit of a simulated node.
type unit struct {
	name     string
	active   string // ActiveState
	sub      string
	result   string
	pid      int
	started  time.Time // of the process
	entered  time.Time // ActiveEnterTimestamp
	restarts int
	exe      string
}

// Names of units that the model treats apart from the rest.
const (
	unitExhibitor = "dcos-exhibitor.service"
	unitCockroach = "dcos-cockroach.service"
	unitMarathon  = "dcos-marathon.service"
	unitLog       = "dcos-log.service"
	unitTelegraf  = "dcos-telegraf.socket"
	unitEtcd      = "dcos-etcd.service"
	unitNet       = "dcos-net.service"
)

// ownStart reports whether a unit is started by a part of the model of its
// own, because it depends on others.
func ownStart(name string) bool {
	switch name {
	case unitExhibitor, unitCockroach, unitEtcd, unitMarathon, dcos.Master.MesosUnit(), dcos.PrivateAgent.MesosUnit(), dcos.PublicAgent.MesosUnit():
		return true
	default:
		return false
	}
}

func (n *node) unit(name string) *unit {
	for _, u := range n.units {
		if u.name == name {
			return u
		}
	}
	return nil
}

// makeUnits gives the node the units of its active packages: those that it has
// already stay as they are.
func (n *node) makeUnits() {
	had := n.units
	n.units = nil
	n.tree.remove(dcos.TargetWants)
	for _, name := range n.release().units(n.role) {
		u := &unit{name: name}
		u.stop()
		if i := slices.IndexFunc(had, func(o *unit) bool { return o.name == name }); i >= 0 {
			u = had[i]
		}
		n.units = append(n.units, u)
		n.tree.link(dcos.TargetWants+"/"+name, dcos.UnitDir+"/"+name)
		n.tree.write(dcos.UnitDir+"/"+name, nil, 0o644)
	}
}

func (n *node) seedUnits() {
	n.makeUnits()
	for _, u := range n.units {
		n.startUnit(u)
		u.entered = n.booted.Add(90 * time.Second)
		u.started = u.entered
	}
	if u := n.unit(unitLog); n.fault(fault.UnitRedBefore) {
		u.fail(n.c.now())
	}
}

// startUnit makes a unit active, with a new process where it has one.
func (n *node) startUnit(u *unit) {
	now := n.c.now()
	u.active, u.sub, u.result, u.entered = "active", "running", "success", now
	switch {
	case strings.HasSuffix(u.name, ".socket"):
		u.sub = "listening"
		return
	case strings.HasSuffix(u.name, ".timer"):
		u.sub = "waiting"
		return
	}
	n.pids++
	u.pid, u.started = 1000+n.pids, now
	u.exe = n.exeOf(u.name)
}

// exeOf is what /proc/PID/exe of the unit's main process says.
func (n *node) exeOf(unit string) string {
	pkg, bin := "dcos-image", strings.TrimSuffix(unit, ".service")
	switch unit {
	case unitExhibitor:
		pkg, bin = "java", "usr/java/bin/java"
	case unitMarathon:
		pkg, bin = "java", "usr/java/bin/java"
	case unitCockroach:
		pkg, bin = "cockroach", "bin/cockroach"
	case unitEtcd:
		pkg, bin = "etcd", "bin/etcd"
	case dcos.Master.MesosUnit():
		pkg, bin = "mesos", "bin/mesos-master"
	case dcos.PrivateAgent.MesosUnit(), dcos.PublicAgent.MesosUnit():
		pkg, bin = "mesos", "bin/mesos-agent"
	}
	return "/opt/mesosphere/packages/" + packageNamed(n.active, pkg) + "/" + bin
}

func (u *unit) stop() { u.active, u.sub, u.result, u.pid = "inactive", "dead", "success", 0 }

func (u *unit) fail(at time.Time) {
	u.active, u.sub, u.result, u.pid, u.entered = "failed", "failed", "exit-code", 0, at
}

// waits is a unit whose process ends again and again, and that systemd starts
// again and again.
func (u *unit) waits() {
	u.active, u.sub, u.result, u.pid = "activating", "auto-restart", "exit-code", 0
	u.restarts++
}

// stopDaemons ends every daemon of the node at once.
func (n *node) stopDaemons() {
	n.gen++
	n.running = false
	for _, u := range n.units {
		u.stop()
	}
	n.c.note(n, "down", "daemons stopped")
	if n.role == dcos.Master {
		n.stopExhibitor()
		n.stopMaster()
		n.cockroach.stop(n)
		n.etcd = etcdState{}
	} else {
		n.stopAgent()
	}
}

// startDaemons starts dcos.target.
func (n *node) startDaemons() {
	if n.running {
		return
	}
	n.running = true
	n.makeUnits()
	n.c.note(n, "up", "dcos.target started, "+string(n.version))
	n.after(n.c.spread("units "+n.name, 1*time.Second, 3*time.Second), func() {
		for _, u := range n.units {
			if !ownStart(u.name) {
				n.startSimple(u)
			}
		}
		if n.role == dcos.Master {
			n.startExhibitor()
			n.tryMaster()
			if n.release().iam() {
				n.tryCockroach()
			}
			if n.release().etcd() {
				n.tryEtcd()
			}
			n.tryMarathon()
			return
		}
		n.after(n.lateness(), n.tryAgent)
	})
}

func (n *node) startSimple(u *unit) {
	switch {
	case u.name == unitLog && (n.fault(fault.UnitRedBefore) || n.affectedBy(fault.UnitRedAfter)):
		u.fail(n.c.now())
	case u.name == unitTelegraf && n.affectedBy(fault.SocketDownAfter):
		u.stop()
	default:
		n.startUnit(u)
	}
}

// powerOff ends everything, connections too.
func (n *node) powerOff() {
	n.stopDaemons()
	n.power, n.fetching = false, false
	for _, p := range n.patches {
		n.cutSwap(p, 0)
		p.die()
	}
	n.cutSSH()
}

// powerOn boots the machine again: another boot id, no transient units.
func (n *node) powerOn() {
	if n.power || n.c.closed {
		return
	}
	n.boot++
	n.pids = 0
	n.power, n.booted, n.patches = true, n.c.now(), nil
	n.c.note(n, "boot", n.bootID())
	if n.setup = "inactive"; n.tree.exists(dcos.InstallProgress) {
		n.setup = "activating"
		n.after(setupTakes, n.setUp)
	}
	n.after(20*time.Second, func() {
		if n.bootable() {
			n.startDaemons()
		}
	})
}
