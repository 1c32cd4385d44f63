package simcluster

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/pkg/sftp"
)

// sftpFiles serves a node's file tree as the login user.
type sftpFiles struct{ n *node }

// Fileread opens a file for reading.
func (f sftpFiles) Fileread(r *sftp.Request) (io.ReaderAt, error) {
	defer f.n.c.enter()()
	data, ok := f.n.tree.read(r.Filepath)
	if !ok || !f.n.mayRead(r.Filepath, loginUID) {
		return nil, os.ErrNotExist
	}
	return bytes.NewReader(bytes.Clone(data)), nil
}

// Filewrite opens a file for writing.
func (f sftpFiles) Filewrite(r *sftp.Request) (io.WriterAt, error) {
	defer f.n.c.enter()()
	t := f.n.tree
	switch {
	case !t.mayWrite(r.Filepath, loginUID):
		return nil, os.ErrPermission
	case f.n.noRoom():
		return nil, sftp.ErrSSHFxFailure // all that OpenSSH says of ENOSPC
	}
	old := t.get(r.Filepath)
	flags := r.Pflags()
	switch {
	case old != nil && flags.Excl:
		return nil, os.ErrExist
	case old != nil && !flags.Trunc:
		return fileWriter{f.n, old}, nil
	default:
		return fileWriter{f.n, t.put(r.Filepath, &inode{mode: 0o644, uid: loginUID})}, nil
	}
}

// fileWriter writes into an inode.
type fileWriter struct {
	n    *node
	file *inode
}

// WriteAt grows the file as needed.
func (w fileWriter) WriteAt(p []byte, off int64) (int, error) {
	defer w.n.c.enter()()
	if need := int(off) + len(p); need > len(w.file.data) {
		w.file.data = append(w.file.data, make([]byte, need-len(w.file.data))...)
	}
	w.file.changed = w.n.c.now()
	return copy(w.file.data[off:], p), nil
}

// Filecmd does what changes no content.
func (f sftpFiles) Filecmd(r *sftp.Request) error {
	defer f.n.c.enter()()
	t := f.n.tree
	n := t.get(r.Filepath)
	if r.Method == "Mkdir" {
		if n != nil {
			return os.ErrExist
		}
		if !t.mayWrite(r.Filepath, loginUID) {
			return os.ErrPermission
		}
		t.mkdir(r.Filepath, 0o755, loginUID)
		return nil
	}
	if n == nil {
		return os.ErrNotExist
	}
	if !t.mayWrite(r.Filepath, loginUID) {
		return os.ErrPermission
	}
	return f.change(r, n)
}

func (f sftpFiles) change(r *sftp.Request, n *inode) error {
	t := f.n.tree
	switch r.Method {
	case "Setstat":
		if r.AttrFlags().Permissions {
			n.mode = n.mode&^0o777 | r.Attributes().FileMode().Perm()
		}
		if size := int(r.Attributes().Size); r.AttrFlags().Size && size <= len(n.data) {
			n.data = n.data[:size]
		}
		return nil
	case "Rename", "PosixRename":
		if !t.mayWrite(r.Target, loginUID) {
			return os.ErrPermission
		}
		if r.Method == "Rename" && t.exists(r.Target) {
			return os.ErrExist
		}
		t.remove(r.Filepath)
		t.put(r.Target, n)
		return nil
	case "Remove", "Rmdir":
		if len(n.kids) > 0 {
			return errors.New("directory not empty")
		}
		t.remove(r.Filepath)
		return nil
	default:
		return sftp.ErrSSHFxOpUnsupported
	}
}

// Filelist lists and stats.
func (f sftpFiles) Filelist(r *sftp.Request) (sftp.ListerAt, error) {
	defer f.n.c.enter()()
	n := f.n.tree.get(r.Filepath)
	if n == nil {
		return nil, os.ErrNotExist
	}
	switch r.Method {
	case "List":
		var l lister
		for _, k := range f.n.tree.list(r.Filepath) {
			l = append(l, infoOf(k))
		}
		return l, nil
	case "Stat":
		return lister{infoOf(n)}, nil
	default:
		return nil, sftp.ErrSSHFxOpUnsupported
	}
}

type lister []fs.FileInfo

// ListAt is io.ReaderAt for file infos.
func (l lister) ListAt(out []fs.FileInfo, off int64) (int, error) {
	if off >= int64(len(l)) {
		return 0, io.EOF
	}
	n := copy(out, l[off:])
	if n < len(out) {
		return n, io.EOF
	}
	return n, nil
}

// fileInfo is a snapshot of an inode.
type fileInfo struct {
	name    string
	size    int64
	mode    fs.FileMode
	changed time.Time
}

func infoOf(n *inode) fileInfo {
	return fileInfo{name: n.name, size: int64(len(n.data)), mode: n.mode, changed: n.changed}
}

func (i fileInfo) Name() string       { return i.name }
func (i fileInfo) Size() int64        { return i.size }
func (i fileInfo) Mode() fs.FileMode  { return i.mode }
func (i fileInfo) ModTime() time.Time { return i.changed }
func (i fileInfo) IsDir() bool        { return i.mode.IsDir() }
func (i fileInfo) Sys() any           { return nil }
