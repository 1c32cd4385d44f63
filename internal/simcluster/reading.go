package simcluster

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// showNextIP is what ip-detect of a fetched package prints.
func showNextIP(n *node, _ claim, args []string) reply {
	switch {
	case !n.tree.exists("/opt/mesosphere/packages/" + args[0]):
		return reply{}
	case n.fault(fault.NextIPOther):
		return says("ip 127.0.1.1\n")
	}
	return says("ip %s\n", n.ip)
}

// attempts lists the attempts of a script, in order.
func (n *node) attempts(sha string) []int {
	var out []int
	for _, d := range n.tree.list(programDir + "/receipts/" + sha) {
		if a, err := strconv.Atoi(d.name); err == nil && d.mode.IsDir() {
			out = append(out, a)
		}
	}
	slices.Sort(out)
	return out
}

func (n *node) receiptState(sha string, attempt int) string {
	dir := attemptDir(sha, attempt)
	if n.tree.exists(dir + "/begun/called-off") {
		return "called-off"
	}
	if text, ok := n.tree.read(dir + "/exit"); ok {
		code, _, _ := strings.Cut(string(text), " ")
		return "exit:" + code
	}
	for _, p := range n.patches {
		if p.sha == sha && p.attempt == attempt && p.running {
			return "running"
		}
	}
	if n.tree.exists(dir+"/started") && n.tree.exists(dir+"/begun") {
		return "lost"
	}
	return "unbegun"
}

func showUnits(n *node, _ claim, names []string) reply {
	if len(names) == 1 && names[0] == "--dcos" {
		names = nil
		for _, l := range n.tree.list("/etc/systemd/system/dcos.target.wants") {
			names = append(names, l.name)
		}
	}
	var blocks []string
	for _, name := range names {
		blocks = append(blocks, n.unitBlock(name))
	}
	return reply{out: strings.Join(blocks, "\n")}
}

// unitBlock is what "systemctl show" and /proc say about a unit.
func (n *node) unitBlock(name string) string {
	var b strings.Builder
	u := n.unit(name)
	load := "loaded"
	if u == nil {
		u, load = &unit{name: name, active: "inactive", sub: "dead", result: "success"}, "not-found"
		for _, p := range n.patches {
			if p.unit == name && p.running {
				u.active, u.sub, load = "active", "running", "loaded"
			}
		}
	}
	fmt.Fprintf(&b, "Id=%s\nLoadState=%s\nActiveState=%s\nSubState=%s\nResult=%s\nMainPID=%d\n", name, load, u.active, u.sub, u.result, u.pid)
	if n.c.opt.Systemd >= 235 {
		fmt.Fprintf(&b, "NRestarts=%d\n", u.restarts)
	}
	entered := int64(0)
	if !u.entered.IsZero() {
		entered = u.entered.Sub(n.booted).Microseconds()
	}
	fmt.Fprintf(&b, "ActiveEnterTimestampMonotonic=%d\n", entered)
	if u.pid > 0 {
		fmt.Fprintf(&b, "StartTicks=%d\nExe=%s\n", u.started.Sub(n.booted)/(10*time.Millisecond), u.exe)
	}
	fmt.Fprintf(&b, "BootID=%s\n", n.bootID())
	return b.String()
}

func showChecks(n *node, _ claim, args []string) reply {
	if !n.tree.exists("/opt/mesosphere/bin/" + n.release().checkRunner()) {
		return says("exit 127\n")
	}
	out, code := n.checkRunner(args[0])
	return says("%sexit %d\n", out, code)
}

func showCockroach(n *node, _ claim, _ []string) reply {
	if n.affectedBy(fault.CockroachHangs) {
		return reply{wait: 1000 * time.Hour}
	}
	out, errText := n.cockroachStatus()
	if errText != "" {
		return reply{err: errText, code: codeFailed}
	}
	return reply{out: out}
}

func showExhibitor(n *node, _ claim, _ []string) reply {
	if !n.exhibitor.up {
		return fails(codeFailed, "curl: (7) Failed to connect to 127.0.0.1 port 8181: Connection refused")
	}
	if key := n.tree.exists(dcos.ExhibitorTLSDir + "/client-key.pem"); key != n.c.opt.ExhibitorTLS {
		return fails(codeFailed, "curl: (35) TLS and plain HTTP do not understand each other\nexhibitor did not answer: curl exit code 35")
	}
	status, body := n.exhibitorStatus()
	return says("status %d\n%s\n", status, body)
}

func showReceipt(n *node, _ claim, args []string) reply {
	var b strings.Builder
	for _, a := range n.attempts(args[0]) {
		dir := fmt.Sprintf("%s/receipts/%s/%d", programDir, args[0], a)
		started, _ := n.tree.read(dir + "/started")
		state := n.receiptState(args[0], a)
		fmt.Fprintf(&b, "attempt %d\n%sstate %s\n", a, started, state)
		if l, ok := n.tree.read(dir + "/libltdl"); ok {
			fmt.Fprintf(&b, "libltdl %s", l)
		}
		if f, ok := n.tree.read(dir + "/finish"); ok {
			fmt.Fprintf(&b, "finish %s\n", strings.Fields(string(f))[0])
		}
		if e, ok := n.tree.read(dir + "/exit"); ok && state != "called-off" {
			fmt.Fprintf(&b, "exit %s", e)
		}
	}
	return reply{out: b.String()}
}

func showOutput(n *node, _ claim, args []string) reply {
	text, ok := n.tree.read(fmt.Sprintf("%s/receipts/%s/%s/output", programDir, args[0], args[1]))
	if !ok {
		return fails(codeFailed, "there is no attempt %s of script %s", args[1], args[0])
	}
	offset := max(0, len(text)-outputMost)
	if args[2] != "end" {
		offset, _ = strconv.Atoi(args[2]) // isOffset has been asked
	}
	text = text[min(offset, len(text)):]
	return reply{out: string(text[:min(len(text), outputMost)])}
}

// outputMost is the most bytes of one answer about an output, or a log.
const outputMost = 64 << 10

// showLog is what systemd's journal has of a unit: what was planted there by a
// test, and how the unit is now.
func showLog(n *node, _ claim, args []string) reply {
	text, _ := n.tree.read(logDir + args[0])
	if u := n.unit(args[0]); u != nil {
		text = fmt.Appendf(text, "%s %s systemd[1]: %s: %s (%s), result %s\n", u.entered.UTC().Format("2006-01-02T15:04:05-0700"), n.name, u.name, u.active, u.sub, u.result)
	}
	if len(text) == 0 {
		return says("-- No entries --\n")
	}
	return reply{out: string(text[max(0, len(text)-outputMost):])}
}

// logDir is where the model keeps what systemd's journal has of units.
const logDir = "/var/log/journal/"

func showResources(n *node, _ claim, _ []string) reply {
	up := n.clock().Sub(n.booted).Seconds()
	return says("# uptime\n%.2f %.2f\n# loadavg\n0.08 0.03 0.01 1/300 4242\n# meminfo\nMemTotal: 16384000 kB\nMemAvailable: 12000000 kB\n"+
		"# df -Pk\nFilesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda1 83886080 10485760 %d 13%% /\n"+
		"# df -Pi\nFilesystem Inodes IUsed IFree IUse%% Mounted on\n/dev/vda1 5242880 200000 5042880 4%% /\n", up, up, n.room(fault.DiskLow))
}
