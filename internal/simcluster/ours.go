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
