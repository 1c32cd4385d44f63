package simcluster

import (
	"fmt"
	"path"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/swap"
)

// stopTakes is how long systemd takes to stop what a swap stops, unscaled.
const stopTakes = 4 * time.Second

// finishSwap finishes a cut swap forward: a first half until everything is
// stopped, and the rest when it is. A machine that goes off in between leaves the
// swap cut where it is.
func finishSwap(n *node, c claim, args []string) reply {
	sha, boot, until, ids := args[0], args[1], args[2], slices.Sorted(slices.Values(args[4:]))
	if r := n.launchForbidden(c); r.code != 0 {
		return r
	}
	if n.patchRunning() {
		return refused("busy", "a patch unit is running")
	}
	attempt, why := n.finishable(sha, c.cluster)
	if why != "" {
		return refused("receipt", "%s", why)
	}
	if why := n.notTarget(ids); why != "" {
		return refused("swap", "%s", why)
	}
	if r := n.late(boot, until); r.code != 0 {
		return r
	}
	n.recordFinish(c, sha, attempt, "begun", args[3])
	n.c.note(n, "finish-swap", sha[:12])
	n.c.watch.finish(n, c)
	n.fetching = true // it holds the flock
	booted := n.boot
	n.finishHalf()
	n.afterBoot(stopTakes, func() {
		n.fetching = false
		n.finishRest()
		n.recordFinish(c, sha, attempt, "done", args[3])
	})
	return reply{wait: stopTakes, then: func() reply {
		if n.boot != booted {
			return fails(137, "")
		}
		return reply{}
	}}
}

// finishable is the newest attempt of a script that has run here, or why the
// swap is none of ours.
func (n *node) finishable(sha, cluster string) (attempt int, why string) {
	for _, a := range n.attempts(sha) {
		switch s := n.receiptState(sha, a); s {
		case "called-off":
		case "running", "unbegun":
			return 0, fmt.Sprintf("attempt %d: %s", a, s)
		default:
			if !n.ofOtherCluster(sha, a, cluster) {
				attempt = a
			}
		}
	}
	if attempt == 0 {
		return 0, fmt.Sprintf("no attempt of script %s has run here: the swap is not ours", sha)
	}
	return attempt, ""
}

// notTarget says why what waits to be moved, or is active, is not the whole set
// of the target.
func (n *node) notTarget(ids []string) string {
	dir := dcos.SwapPath("active")
	if n.tree.exists(dcos.InstallProgress) {
		if _, err := swap.Finish(n.files()); err != nil {
			return err.Error()
		}
		if n.tree.exists(dir + swap.New) {
			dir += swap.New
		}
	}
	var have []string
	for _, l := range n.tree.list(dir) {
		have = append(have, path.Base(l.target))
	}
	if !slices.Equal(slices.Sorted(slices.Values(have)), ids) {
		return fmt.Sprintf("the new set is not the target of this plan: %s has other packages", dir)
	}
	for _, id := range n.missing(ids) {
		return fmt.Sprintf("package %s of the new set is not on the node", id)
	}
	return ""
}

func (n *node) recordFinish(c claim, sha string, attempt int, word, owner string) {
	n.tree.write(attemptDir(sha, attempt)+"/finish", fmt.Appendf(nil, "%s %d %s %s\n", word, n.clock().Unix(), c, owner), 0o600)
}

// finishHalf stops and moves aside what is left of the old set.
func (n *node) finishHalf() {
	ops := n.toFinish()
	if i := slices.IndexFunc(ops, func(o swap.Op) bool { return o.Record != "" }); i >= 0 {
		if n.running {
			n.stopDaemons()
		}
		n.play(ops[:i])
	}
}

// finishRest moves the new set into place, and starts it.
func (n *node) finishRest() {
	n.play(n.toFinish())
	var ids []string
	for _, l := range n.tree.list("/opt/mesosphere/active") {
		ids = append(ids, path.Base(l.target))
	}
	n.active, n.version = slices.Sorted(slices.Values(ids)), n.versionOnDisk()
	n.c.note(n, "finished-swap", string(n.version))
	n.startDaemons()
}

func (n *node) versionOnDisk() dcos.Version {
	text, _ := n.tree.read("/opt/mesosphere/etc/dcos-version.json")
	return dcos.Version(jsonString(text, "version"))
}

// toFinish are the operations that are left of a cut swap; none without one.
func (n *node) toFinish() []swap.Op {
	if !n.tree.exists(dcos.InstallProgress) {
		return nil
	}
	ops, err := swap.Finish(n.files())
	if err != nil {
		panic(err) // it was asked before anything was changed
	}
	return ops
}

func (n *node) play(ops []swap.Op) {
	if err := swap.Do(n.files(), ops, func([]string) error { return nil }); err != nil {
		panic(err) // the model has moved something that is not there
	}
}
