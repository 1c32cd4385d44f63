package inventory

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
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
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, &Problems{List: []Problem{{File: path, What: "cannot be read: " + reason(err), Err: err}}}
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, &Problems{List: []Problem{{File: path, What: "has no absolute path: " + err.Error(), Err: err}}}
	}
	return parse(source{name: path, dir: filepath.Dir(full), readFile: os.ReadFile, home: os.UserHomeDir}, data)
}

// Parse reads an inventory from memory. Relative paths start at the folder of
// name; readFile is asked for the target file only. The error is a *Problems,
// and each Problem has its line.
func Parse(name string, data []byte, readFile func(string) ([]byte, error)) (*Cluster, error) {
	return parse(source{name: name, dir: filepath.Dir(name), readFile: readFile, home: os.UserHomeDir}, data)
}

func parse(src source, data []byte) (*Cluster, error) {
	problems := &Problems{}
	b := newBuilder(src, problems)
	if root, ok := readDocument(&document{file: src.name, problems: problems}, data); ok {
		b.read(root)
		b.finish()
	}
	if err := problems.orNil(); err != nil {
		return nil, err
	}
	return b.cluster, nil
}

// readDocument parses YAML: exactly one document.
func readDocument(doc *document, data []byte) (value, bool) {
	root := value{doc: doc, node: &yaml.Node{Line: 1}}
	var first, second yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	err := dec.Decode(&first)
	switch {
	case errors.Is(err, io.EOF):
		root.refuse("is empty", "see examples/minimal/inventory.yaml")
		return root, false
	case err != nil:
		doc.problems.add(syntaxProblem(doc.file, data, err))
		return root, false
	}
	root.node = first.Content[0]
	switch err := dec.Decode(&second); {
	case err == nil:
		value{doc: doc, node: &second}.refuse("has a second document (---)", "one file holds one document")
		return root, false
	case !errors.Is(err, io.EOF):
		doc.problems.add(syntaxProblem(doc.file, data, err))
		return root, false
	}
	return root, true
}

// syntaxAt finds the line in a syntax error of yaml.v3. The package has no
// other way to tell it; when this does not match, line 1 is told.
var syntaxAt = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

func syntaxProblem(file string, data []byte, err error) Problem {
	p := Problem{File: file, Line: 1, Err: err, What: "is no YAML: " + printable(syntaxAt.ReplaceAllString(err.Error(), ""))}
	if m := syntaxAt.FindStringSubmatch(err.Error()); len(m) > 1 && m[1] != "" {
		if n, err := strconv.Atoi(m[1]); err == nil && n > 0 {
			p.Line = n
		}
	}
	lines := strings.Split(string(data), "\n")
	from, to := max(p.Line-2, 0), min(p.Line+1, len(lines))
	p.Hint = "the mistake is in this line or next to it"
	for _, near := range lines[min(from, to):to] {
		switch {
		case strings.HasPrefix(strings.TrimLeft(near, " "), "\t"):
			p.Hint = "indent with spaces: YAML has no tabs there"
		case strings.Contains(near, "{") && strings.Contains(near, "["):
			p.Hint = "inside { } write a range in quotes: {name: \"a[001-035]\"}"
		}
	}
	return p
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
	return d
}

// show is a resolved path as messages name it: as the inventory is named.
func (s source) show(path string) string {
	if rel, err := filepath.Rel(s.dir, path); err == nil && !strings.HasPrefix(rel, "..") {
		return filepath.Join(filepath.Dir(s.name), rel)
	}
	return path
}
