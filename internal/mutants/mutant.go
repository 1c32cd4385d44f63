package mutants

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Mutant is one edit of our source and the tests that must fail under it.
type Mutant struct {
	Name string // what the edited program does wrong, in a few words
	File string // from the root of the module
	Old  string // stands in the file exactly once
	New  string

	Packages []string // tested under the edit; empty: the package of File
	Run      string   // of go test -run; empty: all tests of the packages
	Survives string   // why no test can fail under it; empty: one must
}

// Edited is the content of the mutant's file with its edit.
func (m Mutant) Edited(root string) ([]byte, error) {
	content, err := os.ReadFile(filepath.Join(root, m.File))
	if err != nil {
		return nil, err
	}
	if n := bytes.Count(content, []byte(m.Old)); n != 1 || m.Old == m.New || m.Old == "" {
		return nil, fmt.Errorf("%s: the text to replace is in %s %d times, want once: %q", m.Name, m.File, n, m.Old)
	}
	return bytes.Replace(content, []byte(m.Old), []byte(m.New), 1), nil
}

// tested are the packages whose tests run under the edit.
func (m Mutant) tested() []string {
	if len(m.Packages) == 0 {
		return []string{"./" + filepath.Dir(m.File)}
	}
	return m.Packages
}

// Table lists every edit, in the order of docs/mutants.md.
func Table() []Mutant {
	return slices.Concat(lockMutants(), launchMutants(), engineMutants(), proofMutants(), gateMutants(), nodeMutants(), journalMutants(), sshMutants(), machineMutants(), swapMutants(), mesosMutants())
}

// in makes the edits of one file.
func in(file string, edits ...Mutant) []Mutant {
	for i := range edits {
		edits[i].File = file
	}
	return edits
}

// matching are the mutants whose name or file contains the word.
func matching(table []Mutant, word string) []Mutant {
	return slices.DeleteFunc(slices.Clone(table), func(m Mutant) bool {
		return !strings.Contains(m.Name, word) && !strings.Contains(m.File, word)
	})
}
