package simcluster

import (
	"path"
	"sort"
)

// Files lists the files on a node below a directory, sorted: what a run has
// left there.
func (c *Cluster) Files(name, dir string) []string {
	defer c.enter()()
	n := c.byName[name]
	if n == nil {
		return nil
	}
	var out []string
	var walk func(at string, i *inode)
	walk = func(at string, i *inode) {
		if i.kids == nil {
			out = append(out, at)
		}
		for name, kid := range i.kids {
			walk(path.Join(at, name), kid)
		}
	}
	if top := n.tree.get(dir); top != nil {
		walk(dir, top)
	}
	sort.Strings(out)
	return out
}

// File gives the bytes of a file on a node; false when there is none.
func (c *Cluster) File(name, file string) ([]byte, bool) {
	defer c.enter()()
	n := c.byName[name]
	if n == nil {
		return nil, false
	}
	data, ok := n.tree.read(file)
	return append([]byte(nil), data...), ok
}

// SetFile makes or replaces a file on a node, root's, behind everybody's back.
func (c *Cluster) SetFile(name, file string, content []byte) {
	defer c.enter()()
	if n := c.byName[name]; n != nil {
		n.tree.write(file, append([]byte(nil), content...), 0o600)
	}
}
