package dcos

import "errors"

// MesosVersion is what a running Mesos daemon says it is.
type MesosVersion struct {
	Version string
	GitSHA  string // empty in a build from a tarball
}

// ParseMesosVersion reads the body of GET /version.
func ParseMesosVersion(b []byte) (MesosVersion, error) {
	return MesosVersion{}, errors.New("not written yet")
}
