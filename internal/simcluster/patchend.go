package simcluster

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// How a unit whose script has ended waits for room to write down how, unscaled.
const (
	recordAgain = 10 * time.Second
	recordTries = 60
)

// end is the end of the script.
func (p *patch) end(code int) {
	p.n.c.note(p.n, "exit", fmt.Sprint(code))
	p.n.c.watch.exit(p, code)
	p.code = code
	p.record(recordTries)
}

// record writes the exit file and lets go of the unit. Without room for it the
// unit tries again for a while, and then ends with nobody to know how.
func (p *patch) record(tries int) {
	switch p.owed = p.n.noRoom(); {
	case !p.owed:
		p.running = false
		p.n.tree.write(p.dir()+"/exit", fmt.Appendf(nil, "%d %d\n", p.code, p.n.clock().Unix()), 0o600)
	case tries == 0:
		p.die()
	default:
		p.after(recordAgain, func() { p.record(tries - 1) })
	}
}

// die is the end of a unit that nobody saw.
func (p *patch) die() {
	if p.running {
		p.running = false
		p.n.c.note(p.n, "lost", p.unit)
	}
}

func (n *node) patchRunning() bool {
	return slices.ContainsFunc(n.patches, func(p *patch) bool { return p.running })
}

func (n *node) scriptPath(sha string) string {
	return strings.Join([]string{programDir, "scripts", sha + ".sh"}, "/")
}
