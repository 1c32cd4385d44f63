package installed

import (
	"strings"
	"testing"
)

// spy is a test that notes how it was ended instead of ending.
type spy struct {
	testing.TB
	failed, skipped bool
}

func (s *spy) Helper()               {}
func (s *spy) Logf(string, ...any)   {}
func (s *spy) Errorf(string, ...any) { s.failed = true }
func (s *spy) SkipNow()              { s.skipped = true }

func TestAMissingProgramFailsInContinuousIntegrationAndIsSkippedElsewhere(t *testing.T) {
	for ci, fails := range map[string]bool{"true": true, "": false, "false": false} {
		t.Setenv("CI", ci)
		s := &spy{TB: t}
		if path := Need(s, "dcos-patch-no-such-program"); path != "" || s.failed != fails || !s.skipped {
			t.Errorf("CI=%q: %q, failed %t, skipped %t", ci, path, s.failed, s.skipped)
		}
		s = &spy{TB: t}
		if path := Need(s, "go"); !strings.Contains(path, "go") || s.failed || s.skipped {
			t.Errorf("CI=%q: %q, failed %t, skipped %t", ci, path, s.failed, s.skipped)
		}
	}
}
