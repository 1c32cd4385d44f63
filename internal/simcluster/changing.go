package simcluster

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

func install(n *node, _ claim, args []string) reply {
	mode, err := strconv.ParseUint(args[0], 8, 12)
	dst := path.Clean(args[2])
	if err != nil || dst != args[2] || !strings.HasPrefix(dst, programDir+"/") {
		return fails(codeUsage, "install: %s %s: want an octal mode and a file below %s", args[0], args[2], programDir)
	}
	data, ok := n.tree.read(args[1])
	if !ok {
		return fails(codeFailed, "install: cannot stat '%s': No such file or directory", args[1])
	}
	n.tree.mkdir(path.Dir(dst), 0o700, 0)
	n.tree.write(dst, append([]byte(nil), data...), fs.FileMode(mode))
	return reply{}
}

func initDirs(n *node, _ claim, _ []string) reply {
	for _, d := range []string{"bin", "scripts", "receipts", "runs"} {
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
		return refused("busy", "a patch unit runs")
	}
	missing := n.missing(ids)
	wait := fetchOne*time.Duration(len(missing)) + time.Second
	return reply{wait: wait, then: func() reply {
		if url != n.c.repository() || n.fault(ScriptFailsFetch) {
			return fails(codeFailed, "ERROR: Unable to fetch package %s: Problem fetching %s: Max retries exceeded", ids[0], url)
		}
		for _, id := range missing {
			n.tree.mkdir("/opt/mesosphere/packages/"+id, 0o755, 0)
		}
		return reply{}
	}}
}

// launch starts the patch as a transient unit.
func launch(n *node, c claim, args []string) reply {
	sha, from, owner := args[0], dcos.Version(args[2]), args[3]
	attempt, err := strconv.Atoi(args[1])
	if err != nil || attempt < 1 || !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(sha) {
		return fails(codeUsage, "launch: SHA256 or ATTEMPT is malformed")
	}
	text, ok := n.tree.read(n.scriptPath(sha))
	if sum := sha256.Sum256(text); !ok || hex.EncodeToString(sum[:]) != sha {
		return fails(codeFailed, "launch: %s is missing, or not what its name says", n.scriptPath(sha))
	}
	if why := n.receiptForbids(sha, attempt); why != "" {
		return refused("receipt", "%s", why)
	}
	if n.tree.exists(dcos.InstallProgress) {
		return refused("midswap", "%s exists", dcos.InstallProgress)
	}
	if n.version != from {
		return refused("version", "the node is at %s, not at %s", n.version, from)
	}
	unit := fmt.Sprintf("dcos-patch-%s-%d", sha[:12], attempt)
	dir := fmt.Sprintf("%s/receipts/%s/%d", programDir, sha, attempt)
	n.tree.mkdir(dir, 0o700, 0)
	n.tree.write(dir+"/started", fmt.Appendf(nil, "run=%s\nepoch=%d\nwho=%s\nat=%d\nboot_id=%s\npid1_start=3\nunit=%s\nfrom=%s\n",
		c.run, c.epoch, owner, n.clock().Unix(), n.bootID(), unit, from), 0o600)
	p := &patch{n: n, unit: unit, sha: sha, attempt: attempt}
	n.patches = append(n.patches, p)
	n.launched++
	n.c.note(n, "launch", sha[:12])
	n.c.watch.launch(p, c)
	n.launchFaults()
	n.takeLibltdl(dir)
	p.begin(text)
	return says("unit %s\n", unit)
}

// receiptForbids says why earlier attempts forbid this one.
func (n *node) receiptForbids(sha string, attempt int) string {
	for _, a := range n.attempts(sha) {
		state := n.receiptState(sha, a)
		switch {
		case a == attempt:
			return fmt.Sprintf("attempt %d exists: %s", a, state)
		case state == "running":
			return fmt.Sprintf("attempt %d is running", a)
		case state == "exit:0":
			return fmt.Sprintf("attempt %d did not end before the swap: %s", a, state)
		}
	}
	return ""
}

func (n *node) launchFaults() {
	if n.fault(SudoRevoked) {
		n.noSudo = true
	}
	if f, ok := n.c.find(SSHDown, n.name); ok && f.When == WhenLaunch {
		n.refuseSSH(f)
	}
}

// takeLibltdl records and removes the library that is in an agent's way.
func (n *node) takeLibltdl(dir string) {
	if !n.role.IsAgent() {
		return
	}
	found := "absent"
	if data, ok := n.tree.read(dcos.Libltdl); ok {
		sum := sha256.Sum256(data)
		found = "file " + hex.EncodeToString(sum[:])
		n.tree.remove(dcos.Libltdl)
	}
	n.tree.write(dir+"/libltdl", []byte(found+"\n"), 0o600)
}

func startTarget(n *node, _ claim, _ []string) reply {
	if !n.tree.exists(dcos.InstallProgress) { // the unit files are gone then: nothing starts
		n.startDaemons()
	}
	return reply{}
}
