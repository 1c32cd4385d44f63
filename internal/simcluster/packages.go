package simcluster

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// packageNames are names of packages that DC/OS has; the list of the real one
// is longer, and the same for every role, as here.
func packageNames() []string {
	return []string{"adminrouter", "boost-libs", "bootstrap", "check-time", "cni", "cockroach", "cosmos", "curl", "dcos-checks",
		"dcos-config", "dcos-diagnostics", "dcos-image", "dcos-log", "dcos-metadata", "dcos-net", "exhibitor", "java",
		"marathon", "mesos", "mesos-dns", "openssl", "python", "telegraf", "etcd", "bouncer"}
}

// has reports whether the release has a package.
func (r release) has(name string) bool {
	switch name {
	case "etcd":
		return r.etcd()
	case "cockroach", "bouncer":
		return r.iam()
	case "telegraf":
		return r.from("1.12.0")
	}
	return true
}

// packagesOf gives the package ids of a release, sorted. A quarter of them is
// the same in every release, as in a real patch.
func packagesOf(r release) []string {
	var ids []string
	for i, name := range packageNames() {
		if !r.has(name) {
			continue
		}
		of := string(r.version)
		if i%4 == 1 {
			of = "any"
		}
		sum := sha256.Sum256([]byte(name + " " + of))
		setup := ""
		if name == "dcos-config" || name == "dcos-metadata" {
			setup = "setup_"
		}
		ids = append(ids, fmt.Sprintf("%s--%s%s", name, setup, hex.EncodeToString(sum[:20])))
	}
	slices.Sort(ids)
	return ids
}

// packageNamed finds the id of a package in a list of ids.
func packageNamed(ids []string, name string) string {
	for _, id := range ids {
		if len(id) > len(name)+2 && id[:len(name)+2] == name+"--" {
			return id
		}
	}
	return ""
}

// saysVariant reports whether dcos-version.json has the variant. 1.11 has none;
// which releases of 1.12 and 1.13 began is not established, so that here
// a patch brings it.
func (r release) saysVariant() bool {
	switch r.version.Minor() {
	case "1.11":
		return false
	case "1.12":
		return r.from("1.12.4")
	case "1.13":
		return r.from("1.13.9")
	}
	return true
}

// versionJSON is the content of dcos-version.json.
func versionJSON(r release) []byte {
	v := r.version
	sum := sha256.Sum256([]byte("image " + v))
	boot := sha256.Sum256([]byte("bootstrap " + v))
	text := fmt.Sprintf("{\n  \"version\": \"%s\",\n  \"dcos-image-commit\": \"%s\",\n  \"bootstrap-id\": \"%s\"",
		v, hex.EncodeToString(sum[:20]), hex.EncodeToString(boot[:20]))
	if r.saysVariant() {
		text += fmt.Sprintf(",\n  \"dcos-variant\": \"%s\"", r.variant)
	}
	return []byte(text + "\n}\n")
}
