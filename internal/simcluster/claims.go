package simcluster

import (
	"fmt"
	"strings"
)

func (c claim) String() string { return fmt.Sprintf("%d %s", c.epoch, c.run) }

// recordClaim keeps which run has raised the epoch.
func (n *node) recordClaim(c claim) {
	n.tree.write(programDir+"/claim", []byte(c.String()+"\n"), 0o600)
}

func (n *node) claimedBy() string {
	text, _ := n.tree.read(programDir + "/claim")
	return strings.TrimSpace(string(text))
}

// launchForbidden refuses a launch of a run that does not have the node, or, on
// a master, does not hold the lock.
func (n *node) launchForbidden(c claim) reply {
	if by := n.claimedBy(); by != c.String() {
		return refused("epoch", "epoch %d of run %s does not have this node: its claim is '%s'", c.epoch, c.run, by)
	}
	if n.role.IsAgent() {
		return reply{}
	}
	text, _ := n.tree.read(programDir + "/lock")
	switch holder := strings.TrimSpace(string(text)); {
	case holder == "":
		return refused("lock", "no run holds it")
	case !strings.HasPrefix(holder, c.String()+" "):
		return refused("lock", "%s", holder)
	}
	return reply{}
}

// servedBefore leaves what another cluster's run has left on the node: its epoch,
// higher than any of ours, its claim, and the receipt of the script that is served.
func (n *node) servedBefore() {
	cluster := n.c.uuid("the cluster before")
	dir := attemptDir(sumOf(n.c.script), 1)
	n.tree.write(programDir+"/epoch", []byte("9 "+cluster+"\n"), 0o600)
	n.recordClaim(claim{epoch: 9, run: "run-before"})
	n.tree.write(dir+"/started", []byte("run=run-before\nepoch=9\nwho=ops@there\nat=946684000\nboot_id=b0\nuntil=9\npid1_start=3\n"+
		"unit=dcos-patch-x-1.service\nfrom=2.1.0\nactive_sum=x\ncluster="+cluster+"\n"), 0o600)
	n.tree.write(dir+"/output", []byte("done\n"), 0o600)
	n.tree.mkdir(dir+"/begun", 0o700, 0)
	n.tree.write(dir+"/exit", []byte("0 946684060\n"), 0o600)
}

// ofOtherCluster reports whether an attempt was another cluster's.
func (n *node) ofOtherCluster(sha string, attempt int, cluster string) bool {
	started, _ := n.tree.read(fmt.Sprintf("%s/receipts/%s/%d/started", programDir, sha, attempt))
	_, by, says := strings.Cut(string(started), "\ncluster=")
	return says && cluster != "" && strings.TrimSpace(by) != cluster
}
