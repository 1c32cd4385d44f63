package arch

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var fuzzTarget = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)

// TestEveryFuzzTargetKeepsItsCorpus: inputs that once reached something new are
// tried by every go test. `.ci/fuzz 10s keep` adds some.
func TestEveryFuzzTargetKeepsItsCorpus(t *testing.T) {
	seen := 0
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range fuzzTarget.FindAllStringSubmatch(string(text), -1) {
			seen++
			dir := filepath.Join(filepath.Dir(path), "testdata", "fuzz", m[1])
			if kept, err := os.ReadDir(dir); err != nil || len(kept) == 0 {
				t.Errorf("%s: %s keeps no inputs in %s", path, m[1], dir)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 40 {
		t.Errorf("only %d targets were found: the walk is wrong", seen)
	}
}
