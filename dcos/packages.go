package dcos

// PackageName is "mesos" of the package id "mesos--1a2b"; an id without "--"
// is its own name.
func PackageName(id string) string { return id }

// SamePackages reports whether two lists hold the same set of package ids.
func SamePackages(a, b []string) bool { return false }
