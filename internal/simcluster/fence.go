package simcluster

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// late refuses a launch whose deadline has passed by the node's own uptime.
func (n *node) late(boot, until string) reply {
	limit, err := strconv.Atoi(until)
	if up := n.uptime(); err != nil || boot != n.bootID() || int(up) >= limit {
		return refused("late", "good until %s s after boot %s; now it is %.2f s after boot %s", until, boot, up, n.bootID())
	}
	return reply{}
}

// uptime is in seconds. No step of the node's clock changes it.
func (n *node) uptime() float64 { return n.c.now().Sub(n.booted).Seconds() }

func showUptime(n *node, _ claim, _ []string) reply {
	return says("uptime %.2f %s\n", n.uptime(), n.bootID())
}

// callOff fences an attempt: if it has not begun, it never will.
func callOff(n *node, _ claim, args []string) reply {
	attempt, _ := strconv.Atoi(args[1]) // isNumber has been asked
	n.tree.mkdir(attemptDir(args[0], attempt), 0o700, 0)
	if n.receiptState(args[0], attempt) == "unbegun" {
		n.writeOff(args[0], attempt, "had no answer to its launch")
	}
	return says("state %s\n", n.receiptState(args[0], attempt))
}

// writeOff records that an attempt has not begun, and why.
func (n *node) writeOff(sha string, attempt int, why string) {
	dir := attemptDir(sha, attempt)
	n.tree.write(dir+"/output", []byte("called off before it began: "+why+"\n"), 0o600)
	n.tree.write(dir+"/begun/called-off", nil, 0o600)
	n.tree.write(dir+"/exit", fmt.Appendf(nil, "71 %d\n", n.clock().Unix()), 0o600)
	n.c.note(n, "called-off", strconv.Itoa(attempt))
}

func attemptDir(sha string, attempt int) string {
	return fmt.Sprintf("%s/receipts/%s/%d", programDir, sha, attempt)
}

// lateLaunch is how late a launch runs where the fault does not say.
const lateLaunch = 20 * time.Second

// later runs a command whose client is gone, as sshd does.
func (s session) later(line string, argv []string, stdin []byte) {
	n := s.n
	f, _ := n.c.find(fault.LaunchLate, n.name)
	late := f.For
	if late == 0 {
		late = lateLaunch
	}
	n.afterBoot(late, func() {
		r := s.run(line, argv, stdin)
		n.c.note(n, "late launch", fmt.Sprintf("exit %d %s%s", r.code, r.out, r.err))
	})
	n.c.wake(late)
}

// tornLaunch is a launch that dies, out of memory say, as it writes its receipt.
func (n *node) tornLaunch(argv []string) {
	at := slices.Index(argv, "launch") // EPOCH RUN SHA256 ATTEMPT follow
	if at < 0 || len(argv) < at+5 {
		return
	}
	sha, attempt := argv[at+3], argv[at+4]
	n.tree.write(programDir+"/receipts/"+sha+"/"+attempt+"/started.tmp.4711", []byte("run="), 0o600)
	n.c.note(n, "torn launch", attempt)
}

// halfWritten are what launches and call-offs that died have left in receipts.
func (n *node) halfWritten() (files []string) {
	for _, sha := range n.tree.list(programDir + "/receipts") {
		for _, a := range n.tree.list(programDir + "/receipts/" + sha.name) {
			dir := programDir + "/receipts/" + sha.name + "/" + a.name
			for _, f := range n.tree.list(dir) {
				if f.mode&(fs.ModeDir|fs.ModeSymlink) == 0 && matches(f.name, `.*\.tmp\..*`) {
					files = append(files, dir+"/"+f.name)
				}
			}
		}
	}
	return files
}
