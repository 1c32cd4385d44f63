package plan

import (
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// Compare says what has moved between an approved plan and one built from
// today's survey, as far as it takes the ground from under the approval:
// cluster, membership, roles and groups, what is to be done with each node
// (active packages), variant, and script. Leaders, tasks and health move all
// the time and are no reason.
func Compare(saved, fresh *Plan) []Block {
	if carriedOut(saved, fresh) {
		return []Block{{What: "the plan is carried out", Observed: "every node that it patches is at the target", Want: "something to do",
			Next: advice.Say("nothing is left of it; ").Run("plan").Say(" shows how the cluster is")}}
	}
	next := advice.Say("plan again, and have the new plan approved")
	if saved.ID == fresh.ID {
		next = advice.Run("plan", "--out", "FILE").Say(", and apply that: it has the same id, so what was approved is still what is done")
	}
	var blocks []Block
	differs := func(node inventory.NodeName, what, observed, want string) {
		if observed != want {
			blocks = append(blocks, Block{Node: node, What: what, Observed: orElse(observed, "nothing"),
				Want: orElse(want, "nothing"), Next: next})
		}
	}
	differs("", "this is another cluster than the plan's", fresh.Cluster.ID, saved.Cluster.ID)
	differs("", "the plan is for a cluster of another name", fresh.Cluster.Name, saved.Cluster.Name)
	if saved.Variant != "" { // up to 1.13 some releases do not say it, and the patch may bring it
		differs("", "the variant of DC/OS has changed since the plan", fresh.Variant, saved.Variant)
	}
	differs("", "the script has changed since the plan", fresh.Script.SHA256, saved.Script.SHA256)

	now := map[inventory.NodeName]Node{}
	for _, n := range fresh.Nodes {
		now[n.Name] = n
	}
	for _, was := range saved.Nodes {
		is, there := now[was.Name]
		delete(now, was.Name)
		if !there {
			differs(was.Name, "it is in the plan and no longer in the inventory", "", string(was.Disposition))
			continue
		}
		differs(was.Name, "its role has changed since the plan", is.Role.String(), was.Role.String())
		differs(was.Name, "it has moved to another group since the plan", is.Group, was.Group)
		if was.Disposition != Excluded && is.Disposition != Excluded {
			differs(was.Name, "it is another machine than the plan's", is.machine(), was.machine())
		}
		differs(was.Name, "it is not where the plan found it (active packages, exclusion)", string(is.Disposition), string(was.Disposition))
	}
	return append(blocks, newcomers(fresh, now)...)
}

// machine names the machine behind a node.
func (n Node) machine() string {
	return fmt.Sprintf("address %s, machine id %s", orElse(n.IP, "unknown"), orElse(n.Machine, "unknown"))
}

// OtherMachine says why a machine that answers for a node is not the plan's; empty when it
// is, as far as both are known. A machine id decides where there is one: a patch may change
// what detect_ip prints.
func (n Node) OtherMachine(ip, machine string) string {
	is := Node{IP: ip, Machine: machine}
	switch {
	case n.Machine != "" && machine != "" && n.Machine != machine, (n.Machine == "" || machine == "") && n.IP != "" && ip != "" && n.IP != ip:
		return fmt.Sprintf("another machine answers than the plan's: %s, the plan has %s", is.machine(), n.machine())
	}
	return ""
}

// carriedOut reports whether a plan had something to do, of which nothing is
// left, and it is still the same plan.
func carriedOut(saved, fresh *Plan) bool {
	work := func(n Node) bool { return n.Disposition == Patch }
	return saved.ID == fresh.ID && slices.ContainsFunc(saved.Nodes, work) && !slices.ContainsFunc(fresh.Nodes, work)
}

// newcomers are the nodes of the fresh plan that the saved one lacks.
func newcomers(fresh *Plan, rest map[inventory.NodeName]Node) []Block {
	var blocks []Block
	for _, n := range slices.DeleteFunc(slices.Clone(fresh.Nodes), func(n Node) bool { _, isNew := rest[n.Name]; return !isNew }) {
		blocks = append(blocks, Block{Node: n.Name, What: "it is in the inventory and not in the plan",
			Observed: string(n.Disposition), Want: "the nodes of the plan", Next: advice.Say("plan again, and have the new plan approved")})
	}
	return blocks
}
