package simcluster

import (
	"slices"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/answers"
	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// Mend is a person who brings everything in order that the faults have broken:
// machines are switched on, swaps finished by hand, hanging scripts ended,
// services started, settings put back. The faults are over. What is under way
// by itself is left alone.
func (c *Cluster) Mend() {
	defer c.enter()()
	c.opt.Faults = slices.DeleteFunc(slices.Clone(c.opt.Faults), func(f Fault) bool { return f.What != fault.AtTarget })
	c.note(nil, "mended", "")
	c.script = RenderScript(c.scriptText())
	for _, n := range c.nodes {
		n.mend()
	}
	c.readAgain()
	c.zkReturns()
	c.startStandbys()
}

func (n *node) mend() {
	n.noSudo, n.full, n.skew = false, false, 0
	n.sshDown = n.c.now()
	n.wantKey = n.c.userKey.signer.PublicKey()
	n.c.net.Heal(n.sshAddr())
	n.cockroach.forever = false
	if n.role == dcos.Master {
		n.tree.write("/var/lib/dcos/cluster-id", []byte(n.c.id), 0o644)
	}
	if _, run, held := n.holder(); held && run == "other-run" {
		n.tree.remove(programDir + "/lock")
	}
	if n.version != n.c.opt.From && n.version != n.c.opt.To {
		n.setPackages(n.c.opt.From)
		n.writeActive()
	}
	if !n.power {
		n.powerOn()
		return
	}
	for _, p := range n.patches {
		switch {
		case p.running && p.hung: // systemctl kill
			p.die()
		case p.running && p.owed: // now there is room
			p.record(0)
		}
	}
	if !n.patchRunning() {
		n.mendServices()
	}
}

// mendServices finishes a swap and starts what does not run, where no script
// is at work.
func (n *node) mendServices() {
	if n.tree.exists(dcos.InstallProgress) {
		n.finishedByHand()
	}
	if n.running && n.owed() {
		n.stopDaemons()
	}
	if n.role.IsAgent() {
		n.mendAgent()
	}
	if !n.running {
		n.startDaemons()
		return
	}
	for _, u := range n.units {
		if !ownStart(u.name) && u.active != "active" && u.active != "inactive" || u.name == unitTelegraf {
			n.startUnit(u)
		}
	}
}

// mendAgent gives an agent its identity back, and its tasks to whoever misses
// them.
func (n *node) mendAgent() {
	a := &n.agent
	if a.former != "" {
		a.id, a.former, a.record.active = a.former, "", false
		n.c.mesos.ghosts--
	}
	for _, t := range a.tasks {
		if t.State == answers.TaskFailed {
			t.State, t.Reason, t.Message = answers.TaskRunning, "", ""
		}
	}
	if a.up && !a.record.active {
		n.register()
	}
}
