package simcluster

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/swap"
)

// swapFiles are a node's files as package swap wants them.
type swapFiles struct{ t *fileTree }

var _ swap.Files = swapFiles{}

func (f swapFiles) Exists(p string) bool { return f.t.exists(p) }

func (f swapFiles) Read(p string) (string, bool) {
	data, ok := f.t.read(p)
	return string(data), ok
}

func (f swapFiles) Names(dir string) []string {
	var names []string
	for _, i := range f.t.list(dir) {
		names = append(names, i.name)
	}
	return names
}

func (f swapFiles) Write(p, text string) error {
	f.t.write(p, []byte(text), 0o644)
	return nil
}

func (f swapFiles) Link(p, target string) error {
	f.t.link(p, target)
	return nil
}

func (f swapFiles) Rename(from, to string) error {
	if !f.t.rename(from, to) {
		return fmt.Errorf("rename %s %s: %w", from, to, fs.ErrNotExist)
	}
	return nil
}

func (f swapFiles) Remove(p string) error {
	f.t.remove(p)
	return nil
}

func (n *node) files() swapFiles { return swapFiles{n.tree} }

// swapping is a swap under way on a node. Its files are moved when it ends, or
// is cut: nobody reads them in between.
type swapping struct {
	began     time.Time
	old, next []string // units
	done      int      // operations
}

// beginSwap puts the new set beside the old one and records that a swap is
// under way.
func (n *node) beginSwap(s scriptFacts) *swapping {
	r := n.c.release(s.to)
	n.writeSet(swap.New, r, s.packages)
	for _, u := range r.units(n.role) {
		n.tree.link(dcos.TargetWants+swap.New+"/"+u, dcos.UnitDir+"/"+u)
		n.tree.write(dcos.UnitDir+"/"+u+swap.UnitNew, nil, 0o644)
	}
	w := &swapping{began: n.c.now(), old: n.files().Names(dcos.TargetWants), next: r.units(n.role)}
	n.swapTo(w, 1)
	return w
}

// swapTo carries a swap on to a position of package swap; 29 is its end.
func (n *node) swapTo(w *swapping, position int) {
	ops := swap.Cut(w.old, w.next, position)
	if len(ops) <= w.done {
		return
	}
	if err := swap.Do(n.files(), ops[w.done:], func([]string) error { return nil }); err != nil {
		panic(err) // the model has moved something that is not there
	}
	w.done = len(ops)
}

// position is how far a swap has come already: half of its time goes into
// stopping units.
func (w *swapping) position(c *Cluster) int {
	took, stops := c.now().Sub(w.began), c.scaled(swapTakes)/2
	if took <= stops {
		return 2
	}
	return min(3+int(26*(took-stops)/stops), 28)
}

// cutSwap leaves the swap of a script where it is, or at a position of a fault.
func (n *node) cutSwap(p *patch, position int) {
	if p.swap == nil {
		return
	}
	if position == 0 {
		position = p.swap.position(n.c)
	}
	n.swapTo(p.swap, position)
	p.swap = nil
	n.readActive(p.script)
	n.c.note(n, "swap-cut", fmt.Sprint(position))
}

// readActive takes over which packages are the active ones.
func (n *node) readActive(s scriptFacts) {
	var ids []string
	for _, l := range n.tree.list("/opt/mesosphere/active") {
		ids = append(ids, path.Base(l.target))
	}
	if want := slices.Sorted(slices.Values(s.packages)); slices.Equal(slices.Sorted(slices.Values(ids)), want) {
		n.version, n.active = s.to, want
	}
}

// setUp is dcos-setup.service at boot, which begins the recorded stage of a cut
// swap again, as far as it can be started at all.
func (n *node) setUp() {
	if err := swap.Boot(n.files(), func([]string) error { return nil }); err != nil {
		n.setup = "failed"
		n.c.note(n, "setup-failed", err.Error())
		n.tree.write(logDir+dcos.SetupUnit, fmt.Appendf(nil, "%s %s pkgpanda[812]: %v\n", n.clock().UTC().Format("2006-01-02T15:04:05-0700"), n.name, err), 0o644)
		return
	}
	n.setup = "inactive"
	s, _ := readScript(n.c.script)
	n.readActive(s)
	n.c.note(n, "recovered-swap", string(n.version))
}

// bootable reports whether dcos.target can start at boot: its units are there,
// and what they run.
func (n *node) bootable() bool {
	if !n.tree.exists(dcos.InstallProgress) {
		return true
	}
	units := n.files().Names(dcos.TargetWants)
	return len(units) > 0 && !slices.ContainsFunc(units, func(u string) bool { return !n.tree.exists(dcos.UnitDir + "/" + u) }) &&
		!slices.ContainsFunc(dcos.SwapNames(), func(name string) bool { return !n.tree.exists(dcos.SwapPath(name)) })
}

// finishedByHand is a person who has finished a cut swap.
func (n *node) finishedByHand() {
	s, _ := readScript(n.c.script)
	n.version, n.active = s.to, slices.Clone(s.packages)
	n.writeActive()
	for _, name := range dcos.SwapNames() {
		n.tree.remove(dcos.SwapPath(name) + swap.New)
	}
	n.tree.remove(dcos.InstallProgress)
	n.c.note(n, "finished-swap", string(n.version))
}
