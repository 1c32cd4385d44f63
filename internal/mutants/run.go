package mutants

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// Verdict is what became of a mutant.
type Verdict struct {
	Mutant
	Killed bool
	By     string // the first test that failed
}

var (
	failed   = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)
	panicked = regexp.MustCompile(`(?m)^panic: (.*)$`)
	timedOut = regexp.MustCompile(`(?m)^panic: test timed out`)
)

// Try runs a mutant's tests under its edit: before, the test that caught it last
// time, which is likely to do so again; after that, if it did not, all of them. An
// edit that does not compile is an error, and so are tests that do not end in time:
// they would prove nothing.
func Try(ctx context.Context, root string, m Mutant, before string) (Verdict, error) {
	dir, err := os.MkdirTemp("", "mutant-")
	if err != nil {
		return Verdict{}, err
	}
	defer os.RemoveAll(dir)
	overlay, err := writeOverlay(root, dir, m)
	if err != nil {
		return Verdict{}, err
	}
	if out, err := goTool(ctx, root, append([]string{"build", "-overlay", overlay, "-o", os.DevNull}, m.tested()...)...); err != nil {
		return Verdict{}, fmt.Errorf("%s: does not compile: %s", m.Name, out)
	}
	if test, _, _ := strings.Cut(before, "/"); strings.HasPrefix(test, "Test") {
		if v, err := tests(ctx, root, overlay, m, "^"+test+"$"); err != nil || v.Killed {
			return v, err
		}
	}
	return tests(ctx, root, overlay, m, m.Run)
}

// tests runs tests of the mutant's packages, all of them if run is empty.
func tests(ctx context.Context, root, overlay string, m Mutant, run string) (Verdict, error) {
	args := []string{"test", "-overlay", overlay, "-count=1", "-vet=off", "-short", "-failfast", "-timeout", "10m"}
	if run != "" {
		args = append(args, "-run", run)
	}
	out, err := goTool(ctx, root, append(args, m.tested()...)...)
	for _, pkg := range m.tested() { // rapid would try again, in every later run, what an edited program failed on
		if err := os.RemoveAll(filepath.Join(root, pkg, "testdata", "rapid")); err != nil {
			return Verdict{}, err
		}
	}
	var exit *exec.ExitError
	switch {
	case err == nil:
		return Verdict{Mutant: m}, nil
	case !errors.As(err, &exit) || ctx.Err() != nil:
		return Verdict{}, fmt.Errorf("%s: %w", m.Name, errors.Join(err, ctx.Err()))
	}
	by, err := killer(out)
	if err != nil {
		return Verdict{}, fmt.Errorf("%s: %w", m.Name, err)
	}
	return Verdict{Mutant: m, Killed: true, By: by}, nil
}

// killer is the test that failed. Output that tells of none is an error: the
// tests may not have run at all. So are tests that ran into their timeout: that
// may be the machine's doing, and not the edit's.
func killer(out []byte) (string, error) {
	if timedOut.Match(out) {
		return "", fmt.Errorf("the tests did not end in time: %s", out)
	}
	if f := failed.FindSubmatch(out); f != nil {
		return string(f[1]), nil
	}
	if p := panicked.FindSubmatch(out); p != nil {
		return "panic: " + string(p[1]), nil
	}
	return "", fmt.Errorf("the tests failed and named none: %s", out)
}

func writeOverlay(root, dir string, m Mutant) (string, error) {
	edited, err := m.Edited(root)
	if err != nil {
		return "", err
	}
	file, overlay := filepath.Join(dir, filepath.Base(m.File)), filepath.Join(dir, "overlay.json")
	content, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(root, m.File): file}})
	if err != nil {
		return "", err
	}
	return overlay, errors.Join(os.WriteFile(file, edited, 0o600), os.WriteFile(overlay, content, 0o600))
}

func goTool(ctx context.Context, root string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = root
	return cmd.CombinedOutput()
}
