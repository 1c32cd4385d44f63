package swap

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Files is the file system that a swap acts on. Paths are absolute on the node.
type Files interface {
	Exists(path string) bool // links are not followed
	Read(path string) (text string, ok bool)
	Names(dir string) []string      // sorted; none for a directory that is missing
	Write(path, text string) error  // replaces
	Link(path, target string) error // a symbolic one; replaces
	Rename(from, to string) error
	Remove(path string) error // a file or a whole directory; a missing one is fine
}

// Dir is a node's file system below a directory of this machine; "" is the
// machine itself.
type Dir string

var _ Files = Dir("")

func (d Dir) at(path string) string { return string(d) + path }

// Exists reports whether there is anything at the path.
func (d Dir) Exists(path string) bool {
	_, err := os.Lstat(d.at(path))
	return err == nil
}

// Read gives a file's text.
func (d Dir) Read(path string) (string, bool) {
	b, err := os.ReadFile(d.at(path))
	return string(b), err == nil
}

// Names lists a directory.
func (d Dir) Names(dir string) []string {
	entries, err := os.ReadDir(d.at(dir))
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// Write replaces a file, and makes its directory.
func (d Dir) Write(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(d.at(path)), 0o755); err != nil {
		return err
	}
	return os.WriteFile(d.at(path), []byte(text), 0o644)
}

// Link replaces a symbolic link, and makes its directory.
func (d Dir) Link(path, target string) error {
	if err := os.MkdirAll(filepath.Dir(d.at(path)), 0o755); err != nil {
		return err
	}
	if err := d.Remove(path); err != nil {
		return err
	}
	return os.Symlink(target, d.at(path))
}

// Rename moves a file or a directory.
func (d Dir) Rename(from, to string) error { return os.Rename(d.at(from), d.at(to)) }

// Remove removes a file or a whole directory.
func (d Dir) Remove(path string) error {
	if err := os.RemoveAll(d.at(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// target is what a symbolic link says; empty for what is none.
func (d Dir) target(path string) string {
	to, err := os.Readlink(d.at(path))
	if err != nil {
		return ""
	}
	return to
}
