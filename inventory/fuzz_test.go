package inventory

import (
	"errors"
	"os"
	"testing"
)

// FuzzParse holds Parse to its contract: it never panics; a refusal is a
// *Problems, each with a line, and comes without a cluster; what is accepted
// is written by Show as an inventory that loads to the same.
func FuzzParse(f *testing.F) {
	for _, file := range []string{
		"testdata/everything-wrong.yaml",
		"../examples/minimal/inventory.yaml",
		"../examples/production/inventory.yaml",
		"../examples/air-gapped/inventory.yaml",
	} {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(base))
	f.Add([]byte(base + ownGates))
	for _, tc := range problemCases {
		f.Add([]byte(base + tc.text + "\n"))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := read(string(data), targetFiles)
		if err == nil {
			checkRoundTrip(t, c)
			return
		}
		if c != nil {
			t.Error("a cluster came with the error")
		}
		var all *Problems
		if !errors.As(err, &all) || len(all.List) == 0 {
			t.Fatalf("not a list of problems: %v", err)
		}
		for _, p := range all.List {
			if p.Line < 1 || p.What == "" || p.File == "" {
				t.Errorf("a problem that does not say where or what: %#v", p)
			}
		}
	})
}
