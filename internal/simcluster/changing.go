package simcluster

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
)

func install(n *node, _ claim, args []string) reply {
	if n.noRoom() {
		return fails(codeFailed, noSpace)
	}
	mode, err := strconv.ParseUint(args[0], 8, 12)
	if err != nil {
		return fails(codeUsage, "node program: '%s' is not a mode", args[0])
	}
	data, ok := n.tree.read(args[1])
	if !ok {
		return fails(codeFailed, "%s is not a regular file", args[1])
	}
	n.tree.mkdir(path.Dir(args[2]), 0o700, 0)
	n.tree.write(args[2], append([]byte(nil), data...), fs.FileMode(mode))
	return reply{}
}

func initDirs(n *node, c claim, _ []string) reply {
	if by := n.claimedBy(); by != c.String() {
		if strings.HasPrefix(by, fmt.Sprintf("%d ", c.epoch)) {
			return refused("epoch", "epoch %d is not that of run %s: '%s'", c.epoch, c.run, by)
		}
		n.recordClaim(c)
	}
	for _, d := range []string{"bin", "scripts", "receipts", "runs/" + c.run} {
		n.tree.mkdir(programDir+"/"+d, 0o700, 0)
	}
	return reply{}
}

// holder reads the lock file.
func (n *node) holder() (epoch int, run string, held bool) {
	text, ok := n.tree.read(programDir + "/lock")
	if !ok {
		return 0, "", false
	}
	fields := strings.SplitN(strings.TrimSpace(string(text)), " ", 3)
	if len(fields) < 2 {
		return 0, "", true
	}
	epoch, _ = strconv.Atoi(fields[0])
	return epoch, fields[1], true
}

func lock(n *node, c claim, args []string) reply {
	if _, run, held := n.holder(); held && run != c.run {
		text, _ := n.tree.read(programDir + "/lock")
		return refused("lock", "%s", strings.TrimSpace(string(text)))
	}
	n.tree.write(programDir+"/lock", fmt.Appendf(nil, "%d %s %s\n", c.epoch, c.run, args[0]), 0o600)
	n.c.note(n, "lock", c.run)
	return reply{}
}

func unlock(n *node, c claim, _ []string) reply {
	if _, run, held := n.holder(); held {
		if run != c.run {
			text, _ := n.tree.read(programDir + "/lock")
			return refused("lock", "%s", strings.TrimSpace(string(text)))
		}
		n.tree.remove(programDir + "/lock")
		n.c.note(n, "unlock", c.run)
	}
	return reply{}
}

// fetch answers when the packages are there.
func fetch(n *node, _ claim, args []string) reply {
	url, ids := args[1], args[2:]
	if n.patchRunning() {
		return refused("busy", "a patch unit is running")
	}
	missing := n.missing(ids)
	n.fetching = true
	boot := n.boot
	takes := fetchOne*time.Duration(len(missing)) + time.Second
	served := (url == n.c.repository() || url == n.c.mirror) && !n.fault(fault.ScriptFailsFetch)
	n.afterBoot(takes, func() {
		n.fetching = false
		if served && !n.noRoom() {
			n.addPackages(missing)
		}
	})
	return reply{wait: takes, then: func() reply {
		switch {
		case n.boot != boot:
			return fails(codeFailed, "pkgpanda fetch: exit code 143")
		case n.noRoom():
			return fails(codeFailed, "OSError: [Errno 28] No space left on device\npkgpanda fetch: exit code 1; "+
				"0 kB and 1310720 inodes are free at /opt/mesosphere; 0 kB and 1310720 inodes are free at /tmp")
		case !served:
			return fails(codeFailed, "ERROR: Unable to fetch package %s: Problem fetching %s: Max retries exceeded\npkgpanda fetch: exit code 1", ids[0], url)
		}
		return reply{}
	}}
}

func (n *node) addPackages(ids []string) {
	for _, id := range ids {
		n.tree.mkdir("/opt/mesosphere/packages/"+id, 0o755, 0)
	}
}

// launch starts the patch as a transient unit.
func launch(n *node, c claim, args []string) reply {
	sha, from := args[0], dcos.Version(args[2])
	attempt, err := strconv.Atoi(args[1])
	if r := n.launchForbidden(c); r.code != 0 {
		return r
	}
	text, ok := n.tree.read(n.scriptPath(sha))
	if err != nil || !ok || sumOf(text) != sha {
		return fails(codeFailed, "script %s is not on the node, or not whole", sha)
	}
	if why := n.receiptForbids(sha, attempt, c.cluster); why != "" {
		return refused("receipt", "%s", why)
	}
	switch {
	case n.patchRunning():
		return refused("busy", "a patch unit is running")
	case n.tree.exists(dcos.InstallProgress):
		return refused("midswap", "install_progress exists: pkgpanda was cut in the middle of its swap")
	case n.version != from:
		return refused("version", "the node is at '%s', the script starts from %s", n.version, from)
	}
	if r := n.late(args[3], args[4]); r.code != 0 {
		return r
	}
	p := &patch{n: n, unit: fmt.Sprintf("dcos-patch-%s-%d.service", sha[:12], attempt), sha: sha, attempt: attempt}
	n.tree.write(p.dir()+"/started", fmt.Appendf(nil, "run=%s\nepoch=%d\nwho=%s\nat=%d\nboot_id=%s\nuntil=%s\npid1_start=3\nunit=%s\nfrom=%s\nactive_sum=%s\n",
		c.run, c.epoch, args[5], n.clock().Unix(), n.bootID(), args[4], p.unit, from, n.activeSum()), 0o600)
	if c.cluster != "" {
		started, _ := n.tree.read(p.dir() + "/started")
		n.tree.write(p.dir()+"/started", fmt.Appendf(started, "cluster=%s\n", c.cluster), 0o600)
	}
	n.tree.mkdir(p.dir()+"/begun", 0o700, 0)
	n.patches = append(n.patches, p)
	n.launched++
	n.c.note(n, "launch", sha[:12])
	n.c.watch.launch(p, c)
	n.launchFaults()
	n.takeLibltdl(p.dir())
	p.begin(text)
	return says("unit %s\n", p.unit)
}

// activeSum tells sets of active packages apart, as receipts do.
func (n *node) activeSum() string {
	var ids []string
	for _, l := range n.tree.list("/opt/mesosphere/active") {
		ids = append(ids, path.Base(l.target)+"\n")
	}
	slices.Sort(ids)
	return sumOf([]byte(strings.Join(ids, "")))
}

// receiptForbids says why earlier attempts forbid this one: each must be
// known not to have changed the node.
func (n *node) receiptForbids(sha string, attempt int, cluster string) string {
	for _, a := range n.attempts(sha) {
		state := n.receiptState(sha, a)
		switch {
		case a == attempt:
		case state == "unbegun":
			n.writeOff(sha, a, "another attempt was launched")
			continue
		case state == "called-off", state != "running" && n.ofOtherCluster(sha, a, cluster):
			continue
		}
		started, _ := n.tree.read(fmt.Sprintf("%s/receipts/%s/%d/started", programDir, sha, a))
		same := !n.tree.exists(dcos.InstallProgress) &&
			strings.Contains(string(started), fmt.Sprintf("\nfrom=%s\nactive_sum=%s\n", n.version, n.activeSum()))
		switch {
		case a == attempt:
			return fmt.Sprintf("attempt %d exists: %s", a, state)
		case state == "lost" && !same:
			return fmt.Sprintf("attempt %d was lost and may have changed the node", a)
		case state == "running" || state == "exit:0":
			return fmt.Sprintf("attempt %d: %s", a, state)
		case !same:
			return fmt.Sprintf("attempt %d: %s, and it has changed the node", a, state)
		}
	}
	return ""
}

func (n *node) launchFaults() {
	if n.has(fault.SudoRevoked) {
		n.noSudo = true
	}
	n.moment(WhenLaunch)
}

// takeLibltdl records and removes the library that is in an agent's way.
func (n *node) takeLibltdl(dir string) {
	if !n.role.IsAgent() {
		return
	}
	found := "absent"
	if data, ok := n.tree.read(dcos.Libltdl); ok {
		found = "file " + sumOf(data)
		n.tree.remove(dcos.Libltdl)
	}
	n.tree.write(dir+"/libltdl", []byte(found+"\n"), 0o600)
}
