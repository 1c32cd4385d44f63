package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// fillDisk lets every further write to the newest run's journal fail as on a
// full disk: what the product writes to is /dev/full.
func (l *lab) fillDisk() {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		l.Fatal(err)
	}
	defer full.Close()
	want := l.journal()
	fds, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		l.Fatal(err)
	}
	for _, link := range fds {
		var fd int
		if to, err := os.Readlink(link); err != nil || to != want {
			continue
		}
		if _, err := fmt.Sscan(filepath.Base(link), &fd); err != nil {
			l.Fatal(err)
		}
		if info, err := os.ReadFile("/proc/self/fdinfo/" + filepath.Base(link)); err != nil || !writable(string(info)) {
			continue // a reader's, who closes it at any moment
		}
		if err := syscall.Dup3(int(full.Fd()), fd, syscall.O_CLOEXEC); err != nil {
			l.Fatal(err)
		}
		return
	}
	l.Fatalf("nobody has %s open", want)
}

// writable reports whether the flags of /proc/self/fdinfo are of a file that
// is written to.
func writable(info string) bool {
	_, after, _ := strings.Cut(info, "flags:")
	var flags int
	if _, err := fmt.Sscanf(strings.TrimSpace(after), "%o", &flags); err != nil {
		return false
	}
	return flags&(os.O_WRONLY|os.O_RDWR) != 0
}
