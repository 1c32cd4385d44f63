// Package installed finds the programs that tests need and that a machine may
// lack. A developer's machine may lack them, and the test says that it was
// skipped; in continuous integration (CI=true) one that is missing is a failure,
// so that what is skipped is noticed.
package installed

import (
	"os"
	"os/exec"
	"testing"
)

// Find gives the path of a program, or fails the test in continuous integration;
// elsewhere it reports that there is none.
func Find(t testing.TB, name string) (path string, found bool) {
	t.Helper()
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path, true
	case os.Getenv("CI") == "true":
		t.Errorf("%s is not on this machine, and in continuous integration it must be: .ci/tools installs it", name)
	default:
		t.Logf("NOT TRIED: %s is not on this machine", name)
	}
	return "", false
}

// Need is Find for a test that can do nothing without the program: it is skipped
// where there is none, and fails in continuous integration.
func Need(t testing.TB, name string) string {
	t.Helper()
	path, found := Find(t, name)
	if !found {
		t.SkipNow() // a test that has failed stays failed
	}
	return path
}
