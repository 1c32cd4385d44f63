package dcos

import "fmt"

// Release is what /opt/mesosphere/etc/dcos-version.json says.
type Release struct {
	Version     Version
	ImageCommit string
	BootstrapID string
	Variant     string // "open" or "enterprise"
}

// ParseRelease reads dcos-version.json. All four fields are demanded.
func ParseRelease(b []byte) (Release, error) {
	const what = "dcos-version.json"
	var raw map[string]*string
	if err := decode(what, b, &raw); err != nil {
		return Release{}, err
	}
	for _, field := range []string{"version", "dcos-image-commit", "bootstrap-id", "dcos-variant"} {
		if v := raw[field]; v == nil || *v == "" {
			return Release{}, missing(what, field)
		}
	}
	version, err := ParseVersion(*raw["version"])
	if err != nil {
		return Release{}, fmt.Errorf("%s: field version: %w", what, err)
	}
	return Release{version, *raw["dcos-image-commit"], *raw["bootstrap-id"], *raw["dcos-variant"]}, nil
}
