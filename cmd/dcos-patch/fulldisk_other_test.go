//go:build !linux

package main

// fillDisk needs what only Linux has.
func (l *lab) fillDisk() {
	l.Fatal("a full disk is made of /dev/full and /proc/self/fd: run this test on Linux")
}
