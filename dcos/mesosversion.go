package dcos

// MesosVersion is what a running Mesos daemon says it is. It is the running
// process that answers, not the binary that the last patch put in its place.
type MesosVersion struct {
	Version string
	GitSHA  string // empty in a build from a release archive
}

// ParseMesosVersion reads the body of GET /version.
func ParseMesosVersion(b []byte) (MesosVersion, error) {
	const what = "Mesos version"
	var raw struct {
		Version *string `json:"version"`
		GitSHA  string  `json:"git_sha"`
	}
	if err := decode(what, b, &raw); err != nil {
		return MesosVersion{}, err
	}
	if raw.Version == nil || *raw.Version == "" {
		return MesosVersion{}, missing(what, "version")
	}
	return MesosVersion{*raw.Version, raw.GitSHA}, nil
}
