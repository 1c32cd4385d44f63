package simcluster

import (
	"io/fs"
	"path"
	"sort"
	"strings"
	"time"
)

// inode is a file, directory or symbolic link of a simulated node.
type inode struct {
	name    string
	mode    fs.FileMode // permission bits, with ModeDir or ModeSymlink
	uid     int         // 0 root, loginUID the login user
	data    []byte
	target  string // of a link
	changed time.Time
	kids    map[string]*inode
}

// loginUID is the uid of the login user.
const loginUID = 1000

// fileTree is one node's files. Guarded by Cluster.mu.
type fileTree struct {
	root *inode
	now  func() time.Time
}

func newTree(now func() time.Time) *fileTree {
	return &fileTree{now: now, root: &inode{name: "/", mode: fs.ModeDir | 0o755, kids: map[string]*inode{}}}
}

func split(p string) []string {
	return strings.FieldsFunc(path.Clean("/"+p), func(r rune) bool { return r == '/' })
}

// get finds an inode without following a link in the last place.
func (t *fileTree) get(p string) *inode {
	n := t.root
	for _, part := range split(p) {
		if n = n.kids[part]; n == nil {
			return nil
		}
	}
	return n
}

func (t *fileTree) exists(p string) bool { return t.get(p) != nil }

// read gives a file's bytes; ok is false for what is no file.
func (t *fileTree) read(p string) (data []byte, ok bool) {
	n := t.get(p)
	if n == nil || n.mode&(fs.ModeDir|fs.ModeSymlink) != 0 {
		return nil, false
	}
	return n.data, true
}

// mkdir makes a directory and what is missing above it, owned by uid.
func (t *fileTree) mkdir(p string, perm fs.FileMode, uid int) *inode {
	n := t.root
	for _, part := range split(p) {
		kid := n.kids[part]
		if kid == nil {
			kid = &inode{name: part, mode: fs.ModeDir | perm, uid: uid, changed: t.now(), kids: map[string]*inode{}}
			n.kids[part] = kid
			n.changed = t.now()
		}
		n = kid
	}
	return n
}

// put makes or replaces an inode below an existing or new directory.
func (t *fileTree) put(p string, n *inode) *inode {
	dir := t.mkdir(path.Dir(path.Clean("/"+p)), 0o755, 0)
	n.name = path.Base(p)
	n.changed = t.now()
	if dir.kids == nil {
		dir.kids = map[string]*inode{}
	}
	dir.kids[n.name] = n
	dir.changed = t.now()
	return n
}

func (t *fileTree) write(p string, data []byte, perm fs.FileMode) *inode {
	return t.put(p, &inode{mode: perm, data: data})
}

func (t *fileTree) link(p, target string) {
	t.put(p, &inode{mode: fs.ModeSymlink | 0o777, target: target})
}

func (t *fileTree) remove(p string) bool {
	dir := t.get(path.Dir(path.Clean("/" + p)))
	base := path.Base(p)
	if dir == nil || dir.kids[base] == nil {
		return false
	}
	delete(dir.kids, base)
	dir.changed = t.now()
	return true
}

// list gives the names in a directory, sorted.
func (t *fileTree) list(p string) []*inode {
	dir := t.get(p)
	if dir == nil {
		return nil
	}
	out := make([]*inode, 0, len(dir.kids))
	for _, k := range dir.kids {
		out = append(out, k)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].name < out[j].name })
	return out
}

// mayWrite reports whether the login user may make or remove entries of the
// directory that p is in.
func (t *fileTree) mayWrite(p string, uid int) bool {
	if uid == 0 {
		return true
	}
	dir := t.get(path.Dir(path.Clean("/" + p)))
	return dir != nil && (dir.uid == uid || dir.mode&0o002 != 0)
}

// rename moves an inode; what is at to is replaced.
func (t *fileTree) rename(from, to string) bool {
	n := t.get(from)
	if n == nil || !t.remove(from) {
		return false
	}
	t.put(to, n)
	return true
}
