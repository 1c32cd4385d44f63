//go:build !unix

package sshexec

// exposed tells nothing where files have no mode.
func exposed(string) error { return nil }
