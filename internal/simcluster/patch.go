package simcluster

import (
	"fmt"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// patch is one transient unit that runs the node patch script.
type patch struct {
	n       *node
	unit    string
	sha     string
	attempt int
	script  scriptFacts
	out     *inode
	running bool
	hung    bool // and will not end by itself
	owed    bool // the script has ended, and there is no room to say so
	code    int  // it ended with
	swap    *swapping
}

// Delays of the script and what it sets going, unscaled.
const (
	patchBegin   = 500 * time.Millisecond
	fetchOne     = 1500 * time.Millisecond // per missing package
	swapTakes    = 4 * time.Second
	patchEnds    = time.Second      // after the swap, without waiting for any daemon
	daemonsLag   = 9 * time.Second  // the old daemons answer that long after the swap began
	startLag     = 2 * time.Second  // between their end and the start of the new
	blockedStart = 25 * time.Second // 2.2 waits for the new daemons
	rebootTakes  = 60 * time.Second // until the kernel is up
	checkTakes   = 2 * time.Second  // both suites of checks
	checkTries   = 300              // of a script that waits for them
	setupTakes   = 10 * time.Second // dcos-setup, at boot
)

func (p *patch) dir() string { return fmt.Sprintf("%s/receipts/%s/%d", programDir, p.sha, p.attempt) }

// begin plays the script from its first line. It works on the unit's time: a
// reboot ends it.
func (p *patch) begin(script []byte) {
	p.running = true
	p.out = p.n.tree.write(p.dir()+"/output", nil, 0o600)
	p.after(patchBegin, func() { p.preamble(script) })
	if p.n.has(fault.SSHCutDuringScript) || p.n.has(fault.RebootMidScript) {
		p.n.c.wake(patchBegin + 2*fetchOne)
	}
	if p.n.has(fault.RebootMidSwap) || p.n.has(fault.RebootMidMove) {
		p.n.c.wake(patchBegin + p.fetchTakes() + 2*time.Second)
	}
	if p.n.has(fault.NodeNeverReturns) || p.n.awaits(WhenDown) {
		p.n.c.wake(patchBegin + p.fetchTakes() + daemonsLag)
	}
}

func (p *patch) after(d time.Duration, run func()) {
	p.n.c.after(d, func() {
		if p.running {
			run()
		}
	})
}

// say writes to the script's output, if there is room.
func (p *patch) say(format string, args ...any) {
	if p.n.noRoom() {
		return
	}
	p.out.data = fmt.Appendf(p.out.data, format, args...)
}

// preamble is everything up to the fetch.
func (p *patch) preamble(text []byte) {
	n := p.n
	script, ok := readScript(text)
	p.script = script
	switch {
	case !ok:
		p.say("/bin/bash: line 1: syntax error near unexpected token `newline'\n")
		p.end(2)
	case !n.tree.exists("/opt/mesosphere/environment.export"):
		p.say("%s: line 10: /opt/mesosphere/environment.export: No such file or directory\n", n.scriptPath(p.sha))
		p.end(1)
	case n.version != script.from:
		p.say("ERROR: Expecting to upgrade DC/OS from %s to %s. Version found on node: %s\n", script.from, script.to, n.version)
		p.end(1)
	case script.waits && n.redChecks() != "":
		p.say("Cannot proceed with upgrade, %s checks failed\n", n.redChecks())
		p.end(1)
	default:
		name := map[dcos.Role]string{dcos.Master: "master", dcos.PrivateAgent: "agent", dcos.PublicAgent: "public agent"}[n.role]
		p.say("Upgrading DC/OS %s %s -> %s\n", name, script.from, script.to)
		p.fetch()
	}
}

func (p *patch) fetchTakes() time.Duration {
	if len(p.script.packages) == 0 {
		p.script, _ = readScript(p.n.c.script)
	}
	return fetchOne*time.Duration(len(p.n.missing(p.script.packages))) + time.Second
}

// missing lists the packages that are not on the node.
func (n *node) missing(ids []string) []string {
	var out []string
	for _, id := range ids {
		if !n.tree.exists("/opt/mesosphere/packages/" + id) {
			out = append(out, id)
		}
	}
	return out
}

func (p *patch) fetch() {
	n := p.n
	if n.hit(fault.SSHCutDuringScript) {
		p.after(2*fetchOne, n.cutSSH)
	}
	if n.hit(fault.RebootMidScript) {
		p.after(2*fetchOne, n.reboot)
		return
	}
	if n.hit(fault.ScriptHangs) {
		p.hung = true
		return
	}
	takes := p.fetchTakes()
	if n.hit(fault.ScriptFailsFetch) {
		p.after(takes, func() {
			p.say("ERROR: Unable to fetch package %s: Problem fetching %s: Max retries exceeded\n", p.script.packages[0], n.c.repository())
			p.end(1)
		})
		return
	}
	p.after(takes, p.fetched)
}

// fetched goes on, with the packages on the node. Without room, neither they
// nor the new directories beside the old ones can be written.
func (p *patch) fetched() {
	n := p.n
	if n.noRoom() {
		p.end(1)
		return
	}
	n.addPackages(p.script.packages)
	if n.hit(fault.ScriptFailsBeforeSwap) {
		p.say("Traceback (most recent call last):\nValidationError: Conflicting packages\n")
		p.end(1)
		return
	}
	p.activate()
}

// activate is pkgpanda's swap. Up to 2.1 it asks systemd to stop and start
// without waiting, so that the old daemons live on for a while; 2.2 waits.
func (p *patch) activate() {
	n := p.n
	p.swap = n.beginSwap(p.script)
	n.c.note(n, "swap", "")
	if n.hit(fault.ScriptFailsMidSwap) {
		p.after(2*time.Second, func() { p.tear(n.position(fault.ScriptFailsMidSwap)) })
		return
	}
	if !p.script.noBlock {
		n.stopDaemons()
	}
	for _, k := range []fault.Kind{fault.RebootMidSwap, fault.RebootMidMove} {
		if n.hit(k) {
			p.after(2*time.Second, func() {
				n.cutSwap(p, n.position(k))
				n.reboot()
			})
			return
		}
	}
	p.after(swapTakes, p.swapped)
}

// tear is pkgpanda dying in its swap, with services stopped and files moved: at
// the position of a fault, or where it cannot record its second stage.
func (p *patch) tear(position int) {
	p.n.stopDaemons()
	p.n.cutSwap(p, position)
	p.say("Traceback (most recent call last):\nOSError: [Errno 28] No space left on device\n")
	p.end(1)
}

// recordsMove is the position before the record of the stage move_new, the one
// operation of the swap besides the first that takes room on the disk.
const recordsMove = 14

// swapped is the moment at which the new packages are the active ones. How far
// a swap has come is written down before, which takes room.
func (p *patch) swapped() {
	n := p.n
	if n.noRoom() {
		p.tear(recordsMove)
		return
	}
	n.swapTo(p.swap, 29)
	p.swap = nil
	n.readActive(p.script)
	n.c.note(n, "activated", string(n.version))
	if n.hit(fault.ScriptFailsStart) {
		n.stopDaemons()
		p.say("ERROR: Command '['systemctl', 'start', 'dcos.target', '--no-block']' returned non-zero exit status 1.\n")
		p.end(1)
		return
	}
	if !p.script.noBlock {
		n.startDaemons()
		p.after(blockedStart, func() { p.end(0) })
		return
	}
	if !n.hit(fault.StaleHappy) {
		n.afterBoot(p.lag(), p.restart)
	}
	if p.script.waits {
		p.after(0, func() { p.awaitChecks(checkTries) })
		return
	}
	p.after(patchEnds, func() { p.end(0) })
}

// lag is how long the old daemons outlive the swap. Where the script waits for
// checks, on most nodes they are gone by its first look; on the others that
// look finds them well, and the script ends with the restart still to come.
func (p *patch) lag() time.Duration {
	if p.script.waits && p.n.jitterOnce("old daemons") < 0.7 {
		return 0
	}
	return daemonsLag - swapTakes
}

// awaitChecks is the loop at the end of a script up to 1.11. The last of its
// tries is for nothing: what the script ends with is the count, by then 0.
func (p *patch) awaitChecks(tries int) {
	switch red := p.n.redChecks(); {
	case tries == 0:
		p.say("Node upgrade not successful, checks failed\n%s\n", red)
		p.end(1)
	case red == "":
		p.end(0)
	default:
		p.after(checkTakes+time.Second, func() { p.awaitChecks(tries - 1) })
	}
}

// redChecks names the first suite of the node's checks that is red.
func (n *node) redChecks() string {
	for _, suite := range []string{"node-poststart", "cluster"} {
		if _, code := n.checkRunner(suite); code != 0 {
			return strings.TrimSuffix(suite, "-poststart")
		}
	}
	return ""
}

// restart is systemd working off the queue that the script left behind.
func (p *patch) restart() {
	n := p.n
	n.moment(WhenDown)
	if n.hit(fault.NodeNeverReturns) {
		n.powerOff()
		if f, _ := n.c.find(fault.NodeNeverReturns, n.name); f.For > 0 {
			n.c.after(f.For, n.powerOn)
		}
		return
	}
	n.stopDaemons()
	n.afterBoot(startLag, n.startDaemons)
}

// afterBoot plans an event that only the loss of power prevents.
func (n *node) afterBoot(d time.Duration, run func()) {
	boot := n.boot
	n.c.after(d, func() {
		if n.boot == boot && n.power {
			run()
		}
	})
}
