package dcos

import (
	"fmt"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// Version is a DC/OS release as dcos-version.json writes it: "2.1.0",
// "1.13.10", "2.2.0-beta1".
type Version string

// ParseVersion checks that s can be compared.
func ParseVersion(s string) (Version, error) {
	if _, err := semver.StrictNewVersion(pad(s)); err != nil {
		return "", fmt.Errorf("%q is not a DC/OS version: want MAJOR.MINOR.PATCH", s)
	}
	return Version(s), nil
}

// Compare orders two versions; one that cannot be parsed sorts first.
func (v Version) Compare(w Version) int {
	a, errA := semver.StrictNewVersion(pad(string(v)))
	b, errB := semver.StrictNewVersion(pad(string(w)))
	switch {
	case errA != nil && errB != nil:
		return 0
	case errA != nil:
		return -1
	case errB != nil:
		return 1
	}
	return a.Compare(b)
}

// Minor is "2.1" of "2.1.4"; empty when the version cannot be parsed.
func (v Version) Minor() string {
	p, err := semver.StrictNewVersion(pad(string(v)))
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%d.%d", p.Major(), p.Minor())
}

// NeedsAllMasters reports whether a master of this version returns only while
// every other master serves: its bootstrap waits for the whole ensemble up to
// 1.13.9, 2.0.5 and 2.1.0 (COPS-1754, D2IQ-4248).
func (v Version) NeedsAllMasters() bool {
	switch v.Minor() {
	case "2.0":
		return v.Compare("2.0.5") <= 0
	case "2.1":
		return v.Compare("2.1.0") <= 0
	case "1.13":
		return v.Compare("1.13.9") <= 0
	default:
		return v.Compare("1.13.9") <= 0
	}
}

// pad makes "2.1" and "2.1-dev" comparable: builds that are no release have no
// patch number, and people leave it out.
func pad(s string) string {
	number, rest := s, ""
	if at := strings.IndexAny(s, "-+"); at >= 0 {
		number, rest = s[:at], s[at:]
	}
	if strings.Count(number, ".") == 1 {
		number += ".0"
	}
	return number + rest
}
