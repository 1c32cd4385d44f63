package dcos

import "fmt"

// Release is what /opt/mesosphere/etc/dcos-version.json says.
type Release struct {
	Version     Version
	ImageCommit string
	BootstrapID string
	Variant     string // "open" or "enterprise"; empty in 1.11 and in some 1.12 and 1.13, which do not say
}

// ParseRelease reads dcos-version.json. All fields but the variant are demanded.
func ParseRelease(b []byte) (Release, error) {
	const what = "dcos-version.json"
	var raw map[string]*string
	if err := decode(what, b, &raw); err != nil {
		return Release{}, err
	}
	for _, field := range []string{"version", "dcos-image-commit", "bootstrap-id"} {
		if v := raw[field]; v == nil || *v == "" {
			return Release{}, missing(what, field)
		}
	}
	variant, said := raw["dcos-variant"]
	if !said {
		variant = new(string)
	} else if variant == nil || *variant == "" {
		return Release{}, missing(what, "dcos-variant")
	}
	version, err := ParseVersion(*raw["version"])
	if err != nil {
		return Release{}, fmt.Errorf("%s: field version: %w", what, err)
	}
	return Release{version, *raw["dcos-image-commit"], *raw["bootstrap-id"], *variant}, nil
}
