package inventory

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// base is a whole inventory that tests change in one place.
const base = `version: 1
cluster: {name: c}
target: {url: "http://b/s.sh", from: 2.1.0, to: 2.1.1}
masters: [{name: m1, address: 10.0.0.1}]
agents:
  g:
    role: private
    nodes: [{name: "a[1-3]", address: "10.0.1.[1-3]"}]
    policy: {width: 1}
`

// with is base with one piece of text replaced; an empty old appends.
func with(t *testing.T, old, text string) string {
	t.Helper()
	if old == "" {
		return base + text + "\n"
	}
	if !strings.Contains(base, old) {
		t.Fatalf("the base has no %q", old)
	}
	return strings.Replace(base, old, text, 1)
}

// load parses text that must be fine, as if it stood in etc/inventory.yaml of
// somebody whose home is /home/op.
func load(t *testing.T, text string) *Cluster {
	t.Helper()
	c, err := read(text, nil)
	if err != nil {
		t.Fatalf("%v\nin\n%s", err, text)
	}
	return c
}

func read(text string, files map[string]string) (*Cluster, error) {
	return parse(source{name: "etc/inventory.yaml", dir: "etc", readFile: from(files), home: atHome}, []byte(text))
}

func from(files map[string]string) func(string) ([]byte, error) {
	return func(path string) ([]byte, error) {
		if text, ok := files[path]; ok {
			return []byte(text), nil
		}
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
}

func onDisk(path string) ([]byte, error) { return os.ReadFile(path) }

func noHome() (string, error) { return "", errors.New("HOME is not set") }

func atHome() (string, error) { return "/home/op", nil }
