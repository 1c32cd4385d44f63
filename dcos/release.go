package dcos

import "errors"

// Release is what /opt/mesosphere/etc/dcos-version.json says.
type Release struct {
	Version     Version
	ImageCommit string
	BootstrapID string
	Variant     string // "open" or "enterprise"
}

// ParseRelease reads dcos-version.json.
func ParseRelease(b []byte) (Release, error) { return Release{}, errors.New("not written yet") }
