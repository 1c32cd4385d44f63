package controller

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/flight"
	"github.com/dcos-patch/dcos-patch/journal"
)

// A controller died as it wrote the first line of a step's samples. Whoever judges
// samples by an exit code must not take that for samples that agree.
func TestSamplesOfWhichNoneIsWholeAreNone(t *testing.T) {
	const run, step = "1129-0807-ewko", "masters/m1/serve"
	r := Runs{Store: journal.Store{Dir: t.TempDir()}}
	dir := r.Path(run, journal.SamplesDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, flight.Name(step)), []byte(`{"began":{"for`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, of := range []string{step, ""} {
		if _, takes, err := r.Samples(run, of); len(takes) != 0 || err == nil || !strings.Contains(err.Error(), "no whole samples") {
			t.Errorf("step %q: %v, %v", of, takes, err)
		}
	}
}
