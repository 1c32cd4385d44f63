package simcluster

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// age is how many seconds ago a file was changed.
func (n *node) age(f *inode) int { return int(n.c.now().Sub(f.changed) / time.Second) }

// The names that the node program takes for its own.
const (
	ourProgram = `node-[0-9a-f]{12}\.sh`
	ourScript  = `[0-9a-f]{64}\.sh`
	ourUpload  = `dcos-patch\.[A-Za-z0-9]{8}`
	ourCopy    = `plan\.json|journal\.jsonl|script\.sh`
)

// named lists what has such a name in a directory.
func (n *node) named(dir, pattern string) []*inode {
	return slices.DeleteFunc(n.tree.list(dir), func(f *inode) bool { return !matches(f.name, pattern) })
}

func showOurs(n *node, _ claim, _ []string) reply {
	var b strings.Builder
	for _, f := range n.named(programDir+"/bin", ourProgram) {
		fmt.Fprintf(&b, "program %s\n", f.name)
	}
	for _, f := range n.named(programDir+"/scripts", ourScript) {
		fmt.Fprintf(&b, "script %s\n", strings.TrimSuffix(f.name, ".sh"))
	}
	for _, d := range n.tree.list(programDir + "/runs") {
		if !isRun(d.name) || !d.mode.IsDir() {
			continue
		}
		fmt.Fprintf(&b, "run %s %d\n", d.name, n.age(d))
		for _, f := range n.tree.list(programDir + "/runs/" + d.name) {
			if isRun(f.name) && !f.mode.IsDir() {
				fmt.Fprintf(&b, "file %s %s %d %d\n", d.name, f.name, len(f.data), n.age(f))
			}
		}
	}
	for _, d := range n.named("/tmp", ourUpload) {
		if d.mode.IsDir() && d.uid == loginUID {
			fmt.Fprintf(&b, "upload /tmp/%s %d\n", d.name, n.age(d))
		}
	}
	return reply{out: b.String()}
}

// runLimit is the most that one call of run gives.
const runLimit = 1 << 20

func showRun(n *node, _ claim, args []string) reply {
	offset, err := strconv.Atoi(args[2])
	text, ok := n.tree.read(path.Join(programDir, "runs", args[0], args[1]))
	if !ok || err != nil {
		return fails(codeFailed, "there is no copy of %s of run %s", args[1], args[0])
	}
	text = text[min(offset, len(text)):]
	return reply{out: string(text[:min(len(text), runLimit)])}
}

func beat(n *node, c claim, args []string) reply {
	n.tree.write(programDir+"/heartbeat", fmt.Appendf(nil, "%d %s %s\n", c.epoch, c.run, args[0]), 0o600)
	return reply{}
}

func copyIn(n *node, c claim, args []string) reply {
	offset, err := strconv.Atoi(args[1])
	data, ok := n.tree.read(args[2])
	if !ok || err != nil {
		return fails(codeFailed, "%s is not a regular file", args[2])
	}
	file := path.Join(programDir, "runs", c.run, args[0])
	have, _ := n.tree.read(file)
	if len(have) < offset {
		return fails(codeFailed, "the copy of %s has %d bytes, and cannot be gone on with at %d", args[0], len(have), offset)
	}
	n.tree.mkdir(path.Dir(file), 0o700, 0)
	n.tree.write(file, append(bytes.Clone(have[:offset]), data...), 0o600)
	return reply{}
}

// sweepNode removes what is ours, and the lock if the run holds it.
func sweepNode(n *node, c claim, _ []string) reply {
	if n.patchRunning() {
		return refused("busy", "a patch unit is running")
	}
	if _, run, held := n.holder(); held && run != c.run {
		text, _ := n.tree.read(programDir + "/lock")
		return refused("lock", "%s", strings.TrimSpace(string(text)))
	}
	var b strings.Builder
	remove := func(dir, pattern string) {
		for _, f := range n.named(dir, pattern) {
			if f.mode&(fs.ModeDir|fs.ModeSymlink) == 0 {
				n.tree.remove(path.Join(dir, f.name))
				fmt.Fprintf(&b, "removed %s\n", path.Join(dir, f.name))
			}
		}
	}
	remove(programDir+"/scripts", ourScript)
	dirs := []string{"scripts", "bin"}
	for _, d := range n.tree.list(programDir + "/runs") {
		remove(path.Join(programDir, "runs", d.name), ourCopy)
		dirs = append(dirs, "runs/"+d.name)
	}
	for _, f := range n.halfWritten() {
		n.tree.remove(f)
		fmt.Fprintf(&b, "removed %s\n", f)
	}
	remove(programDir+"/bin", ourProgram)
	for _, d := range append(dirs, "runs") {
		if at := n.tree.get(path.Join(programDir, d)); at != nil && len(at.kids) == 0 {
			n.tree.remove(path.Join(programDir, d))
		}
	}
	n.tree.remove(programDir + "/heartbeat")
	if n.tree.remove(programDir + "/lock") {
		n.c.note(n, "unlock", c.run)
	}
	return reply{out: b.String()}
}
