package simcluster

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// A release's packages take some 2 GB, the largest of them some 300 MB.
const (
	packagesKB = 2 << 20
	largestKB  = 300 << 10
	roomyKB    = 40 << 20 // free where nothing is short
	shortKB    = 100 << 10
)

func showClock(n *node, _ claim, _ []string) reply {
	return says("clock %d\n", n.clock().UnixMilli())
}

// showReadiness is what a patch needs of the node besides DC/OS, and what it
// would take away.
func showReadiness(n *node, _ claim, args []string) reply {
	if len(args) > 1 {
		return fails(codeUsage, "node program: want 1 arguments, got %d", len(args))
	}
	var b strings.Builder
	line := func(key string, value ...any) { fmt.Fprintln(&b, append([]any{key}, value...)...) }
	line("program", 1)
	line("tmp_kb", n.room(fault.TmpLow))
	line("packages_kb", packagesKB)
	line("largest_kb", largestKB)
	docker := "active"
	if n.fault(fault.DockerDown) {
		docker = "failed"
	}
	line("docker", docker)
	if !n.fault(fault.NoIPSet) {
		line("ipset")
	}
	if n.fault(fault.ForeignUnit) {
		line("foreign_unit", "portworx.service")
	}
	if n.fault(fault.ForeignFile) {
		line("foreign_file", "/opt/mesosphere/bin/our-backup.sh")
	}
	if n.fault(fault.EventSubscriber) {
		line("event_subscriber")
	}
	if len(args) == 1 {
		line("http" + n.head(args[0]))
	}
	return reply{out: b.String()}
}

// room is what is free, in kB, where a fault of that kind leaves little.
func (n *node) room(k fault.Kind) int {
	switch {
	case n.noRoom():
		return 0
	case n.fault(k):
		return shortKB
	default:
		return roomyKB
	}
}

// head is what the node's curl says of a package, as the end of its line.
func (n *node) head(from string) string {
	u, err := url.Parse(from)
	switch {
	case n.fault(fault.NoBootstrap):
		return "_error curl exit code 7: curl: (7) Failed to connect to " + u.Host + ": No route to host"
	case err == nil && strings.HasPrefix(from, n.c.repository()+"/packages/") && n.served(strings.TrimSuffix(path.Base(u.Path), ".tar.xz")):
		return " 200"
	default:
		return " 404"
	}
}

// served tells whether the bootstrap node has a package. A fetch may fail all
// the same.
func (n *node) served(id string) bool {
	return slices.Contains(packagesOf(n.c.release(n.c.opt.To)), id)
}
