package mutants

import (
	"context"
	"flag"
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
// package catch by themselves. All of it takes some half hour on two cores.
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
	if *update && word == "all" && only == "" {
		if err := os.WriteFile(page, []byte(Page(verdicts)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// tryAll tries as many edits at once as there are processors.
func tryAll(t *testing.T, table []Mutant) []Verdict {
	verdicts := make([]Verdict, len(table))
	places := make(chan struct{}, runtime.NumCPU())
	var wg sync.WaitGroup
	for i, m := range table {
		wg.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			v, err := Try(context.Background(), root(t), m)
			if err != nil {
				t.Error(err)
				v = Verdict{Mutant: m}
			}
			verdicts[i] = v
			t.Logf("%-10s %s: %s", map[bool]string{true: "caught", false: "not caught"}[v.Killed], m.Name, v.By)
		})
	}
	wg.Wait()
	return verdicts
}
