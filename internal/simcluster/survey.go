package simcluster

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// answer is lines of a key and its values.
type answer struct{ strings.Builder }

func (a *answer) line(key string, value ...any) { fmt.Fprintln(a, append([]any{key}, value...)...) }

func survey(n *node, _ claim, _ []string) reply {
	var a answer
	a.line("program", 1)
	n.tellIdentity(&a)
	n.tellPackages(&a)
	n.tellMachine(&a)
	n.tellOurs(&a)
	return reply{out: a.String()}
}

// tellIdentity says which node of which cluster this is.
func (n *node) tellIdentity(a *answer) {
	if id, ok := n.tree.read("/var/lib/dcos/cluster-id"); ok {
		a.line("cluster_id", strings.TrimSpace(string(id)))
	}
	if n.tree.exists("/opt/mesosphere/bin/detect_ip") {
		a.line("ip", n.detectIP())
	}
	a.line("address", "127.0.0.1")
	a.line("address", n.ip)
	for _, f := range n.tree.list("/etc/mesosphere/roles") {
		a.line("role", f.name)
	}
	if text, ok := n.tree.read("/opt/mesosphere/etc/dcos-version.json"); ok {
		a.line("version", jsonString(text, "version"))
		if variant := jsonString(text, "dcos-variant"); variant != "" {
			a.line("variant", variant)
		}
	}
	if count, ok := n.tree.read("/opt/mesosphere/etc/master_count"); ok {
		a.line("master_count", strings.TrimSpace(string(count)))
	}
}

// detectIP is what the active ip-detect prints.
func (n *node) detectIP() string {
	if n.fault(fault.DetectIPWrong) {
		return "0" // as a widely copied script does with a newer iproute2
	}
	return n.ip
}

// tellPackages says what is active and what was fetched.
func (n *node) tellPackages(a *answer) {
	for _, l := range n.tree.list("/opt/mesosphere/active") {
		a.line("active", path.Base(l.target))
	}
	for _, d := range n.tree.list("/opt/mesosphere/packages") {
		if d.mode.IsDir() && !strings.HasSuffix(d.name, "_tmp") {
			a.line("fetched", d.name)
		}
	}
	n.tellSwap(a)
}

// tellSwap says how far a swap had come that was cut.
func (n *node) tellSwap(a *answer) {
	text, ok := n.tree.read(dcos.InstallProgress)
	if !ok {
		return
	}
	a.line("midswap")
	for _, stage := range []string{dcos.SwapArchive, dcos.SwapMoveNew} {
		if strings.Contains(string(text), fmt.Sprintf("%q", stage)) {
			a.line("swap_stage", stage)
		}
	}
	for _, name := range dcos.SwapNames() {
		if !n.tree.exists(dcos.SwapPath(name)) {
			a.line("swap_missing", name)
		}
	}
	units := n.files().Names(dcos.TargetWants)
	a.line("swap_units", len(slices.DeleteFunc(units, func(u string) bool { return !n.tree.exists(dcos.UnitDir + "/" + u) })))
	a.line("swap_setup", n.setup)
}

// tellMachine says what the machine is, and how long it has been up.
func (n *node) tellMachine(a *answer) {
	ahead := n.clock().Sub(n.c.now())
	a.line("systemd", int(n.c.opt.Systemd))
	a.line("free_kb", n.room(fault.DiskLow))
	a.line("machine_id", strings.ReplaceAll(n.c.uuid("machine "+n.name), "-", ""))
	a.line("boot_id", n.bootID())
	a.line("pid1_start", 3)
	a.line("boot_time", n.booted.Add(ahead).Unix())
	if active := n.tree.get("/opt/mesosphere/active"); active != nil {
		a.line("active_ctime", active.changed.Add(ahead).Unix())
	}
	if n.tree.exists("/etc/dcos-patch-rehearsal") {
		a.line("rehearsal")
	}
}

// tellOurs says what dcos-patch has done and left here.
func (n *node) tellOurs(a *answer) {
	for _, p := range n.patches {
		if p.running {
			a.line("patch_unit", p.unit, "active")
		}
	}
	if e, ok := n.epoch(); ok && e >= 0 {
		a.line("epoch", e)
		if served := n.epochCluster(); served != "" {
			a.line("epoch_cluster", served)
		}
	}
	if l, ok := n.tree.read(programDir + "/lock"); ok {
		a.line("lock", strings.TrimSpace(string(l)))
	}
	if h := n.tree.get(programDir + "/heartbeat"); h != nil {
		a.line("heartbeat", strings.TrimSpace(string(h.data)), n.age(h))
	}
	for _, sha := range n.tree.list(programDir + "/receipts") {
		for _, attempt := range n.attempts(sha.name) {
			a.line("receipt", sha.name, attempt, n.receiptState(sha.name, attempt))
		}
	}
}

func jsonString(text []byte, key string) string {
	_, after, _ := strings.Cut(string(text), fmt.Sprintf("%q: \"", key))
	value, _, _ := strings.Cut(after, `"`)
	return value
}
