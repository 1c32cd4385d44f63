package inventory

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// source is where an inventory comes from, and how to reach what lies around.
type source struct {
	name     string // as people know the file, for messages
	dir      string // relative paths of the inventory start here
	readFile func(string) ([]byte, error)
	home     func() (string, error)
}

// Load reads the inventory at path and the target file that it names. The
// error is a *Problems with everything that is wrong.
func Load(path string) (*Cluster, error) {
	data, err := ReadFile(path)
	if err != nil {
		return nil, &Problems{List: []Problem{{File: path, What: "cannot be read: " + reason(err), Err: err}}}
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, &Problems{List: []Problem{{File: path, What: "has no absolute path: " + err.Error(), Err: err}}}
	}
	return parse(source{name: path, dir: filepath.Dir(full), readFile: ReadFile, home: os.UserHomeDir}, data)
}

// Parse reads an inventory from memory. Relative paths start at the folder of
// name; readFile is asked for the target file only, and may be nil when there
// is none. The error is a *Problems, and each Problem has its line.
func Parse(name string, data []byte, readFile func(string) ([]byte, error)) (*Cluster, error) {
	if readFile == nil {
		readFile = func(string) ([]byte, error) { return nil, fs.ErrNotExist }
	}
	return parse(source{name: name, dir: filepath.Dir(name), readFile: readFile, home: os.UserHomeDir}, data)
}

func parse(src source, data []byte) (*Cluster, error) {
	problems := &Problems{}
	b := newBuilder(src, problems)
	if root, ok := readDocument(&document{file: src.name, problems: problems}, data); ok {
		b.read(root)
		b.finish()
	}
	if err := problems.orNil(src.name); err != nil {
		return nil, err
	}
	return b.cluster, nil
}

// reason is the cause of a file error without the path, which the problem
// names already.
func reason(err error) string {
	var at *os.PathError
	if errors.As(err, &at) {
		return at.Err.Error()
	}
	return printable(err.Error())
}

// resolve makes a path of the inventory absolute, or relative to where the
// inventory itself is.
func (s source) resolve(path string) (string, error) {
	switch {
	case path == "~" || strings.HasPrefix(path, "~/"):
		home, err := s.home()
		if err != nil {
			return "", fmt.Errorf("%s: there is no home folder: %w", path, err)
		}
		return filepath.Join(home, path[1:]), nil
	case filepath.IsAbs(path):
		return filepath.Clean(path), nil
	}
	return filepath.Join(s.dir, path), nil
}

// defaultSSH is DefaultSSH with its paths resolved. Without a home folder no
// host key is known, and so none will be accepted.
func (s source) defaultSSH() SSH {
	d := DefaultSSH()
	var known []string
	for _, p := range d.KnownHosts {
		if resolved, err := s.resolve(p); err == nil {
			known = append(known, resolved)
		}
	}
	d.KnownHosts = known
	config, err := s.resolve(d.Config)
	if err != nil {
		config = ""
	}
	d.Config = config
	return d
}

// show is a resolved path as messages name it: as the inventory is named.
func (s source) show(path string) string {
	if rel, err := filepath.Rel(s.dir, path); err == nil && !strings.HasPrefix(rel, "..") {
		return filepath.Join(filepath.Dir(s.name), rel)
	}
	return path
}
