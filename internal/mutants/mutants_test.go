package mutants

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "write docs/mutants.md")

const page = "../../docs/mutants.md"

func root(t *testing.T) string {
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestEveryEditFitsItsFile keeps the table in step with the source.
func TestEveryEditFitsItsFile(t *testing.T) {
	table := Table()
	if len(table) < 60 {
		t.Errorf("%d edits, want at least 60", len(table))
	}
	seen := map[string]bool{}
	for _, m := range table {
		if _, err := m.Edited(root(t)); err != nil {
			t.Error(err)
		}
		if key := m.File + " " + m.Name; seen[key] {
			t.Errorf("%s: twice in the table", key)
		} else {
			seen[key] = true
		}
	}
}

// TestMutants tries every edit; DCOS_PATCH_MUTANTS is "all", or a word of a
// name or file. DCOS_PATCH_MUTANTS_BY=./internal/prove shows what the tests of one
// package catch by themselves. The first time all of it takes an hour on two cores.
func TestMutants(t *testing.T) {
	word := os.Getenv("DCOS_PATCH_MUTANTS")
	if word == "" {
		t.Skip("set DCOS_PATCH_MUTANTS=all (make mutants)")
	}
	table := Table()
	if word != "all" {
		table = matching(table, word)
	}
	only := os.Getenv("DCOS_PATCH_MUTANTS_BY")
	if only != "" {
		for i := range table {
			table[i].Packages, table[i].Run = []string{only}, ""
		}
	}
	verdicts := tryAll(t, table)
	killed, unexplained := 0, 0
	for _, v := range verdicts {
		switch {
		case v.Killed && v.Survives != "":
			t.Errorf("%s: caught by %s, and the table says why it cannot be: %s", v.Name, v.By, v.Survives)
			killed++
		case v.Killed:
			killed++
		case v.Survives == "":
			unexplained++
			t.Errorf("%s (%s): no test failed", v.Name, v.File)
		}
	}
	t.Logf("%d of %d edits caught", killed, len(verdicts))
	if 100*killed < 95*len(verdicts) {
		t.Errorf("%d of %d edits caught, want 95 %%", killed, len(verdicts))
	}
	if *update && word == "all" && only == "" && !t.Failed() {
		if err := os.WriteFile(page, []byte(Page(verdicts)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// caught keeps in a file which edits were caught, so that a run may be cut off
// and gone on with.
type caught struct {
	mu   sync.Mutex
	root string // of the module
	path string // empty: nothing is kept
	by   map[string]string
}

func readCaught(t *testing.T, path string) *caught {
	c := &caught{root: root(t), path: path, by: map[string]string{}}
	b, err := os.ReadFile(path)
	if err != nil {
		return c // none yet
	}
	if err := json.Unmarshal(b, &c.by); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return c
}

func (c *caught) of(m Mutant) (by string, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	by, known = c.by[c.key(m)]
	return by, known
}

// key binds what is kept to the file that was edited and to the packages that were
// tested: what was caught in another version of them is tried again.
func (c *caught) key(m Mutant) string {
	edited, err := m.Edited(c.root)
	if err != nil {
		return "" // and TestEveryEditFitsItsFile says so
	}
	h := sha256.New()
	h.Write(edited)
	for _, pkg := range m.tested() {
		files, err := filepath.Glob(filepath.Join(c.root, pkg, "*.go"))
		if err != nil {
			return ""
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				return ""
			}
			h.Write(b)
		}
	}
	return fmt.Sprintf("%s %s %x", m.File, m.Name, h.Sum(nil))
}

func (c *caught) add(t *testing.T, v Verdict) {
	if c.path == "" || !v.Killed {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by[c.key(v.Mutant)] = v.By
	b, err := json.MarshalIndent(c.by, "", "  ")
	if err == nil {
		err = os.WriteFile(c.path, b, 0o644)
	}
	if err != nil {
		t.Error(err)
	}
}

// tryAll tries as many edits at once as there are processors.
func tryAll(t *testing.T, table []Mutant) []Verdict {
	verdicts := make([]Verdict, len(table))
	places := make(chan struct{}, runtime.NumCPU())
	kept := readCaught(t, os.Getenv("DCOS_PATCH_MUTANTS_KEEP"))
	written, err := os.ReadFile(page)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	before := caughtBy(string(written))
	var wg sync.WaitGroup
	for i, m := range table {
		wg.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			if by, known := kept.of(m); known {
				verdicts[i] = Verdict{Mutant: m, Killed: true, By: by}
				return
			}
			v, err := Try(context.Background(), root(t), m, before[[2]string{m.File, m.Name}])
			if err != nil {
				t.Error(err)
				v = Verdict{Mutant: m}
			}
			verdicts[i] = v
			kept.add(t, v)
			t.Logf("%-10s %s: %s", map[bool]string{true: "caught", false: "not caught"}[v.Killed], m.Name, v.By)
		})
	}
	wg.Wait()
	return verdicts
}

// TestThePageTellsWhichTestToTryFirst: what Page writes, caughtBy reads.
func TestThePageTellsWhichTestToTryFirst(t *testing.T) {
	vs := []Verdict{
		{Mutant: Mutant{File: "a/b.go", Name: "a lock is not held"}, Killed: true, By: "TestALock/of_a_run"},
		{Mutant: Mutant{File: "a/c.go", Name: "nothing is synced", Survives: "no test cuts the power"}},
		{Mutant: Mutant{File: "a/d.go", Name: "a launch is late"}},
	}
	got := caughtBy(Page(vs))
	if want := map[[2]string]string{{"a/b.go", "a lock is not held"}: "TestALock/of_a_run"}; !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
