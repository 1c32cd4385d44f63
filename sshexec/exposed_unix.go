//go:build unix

package sshexec

import (
	"fmt"
	"os"
	"syscall"
)

// exposed says why a private key may not be used, as ssh does: the file is the
// user's own, and others may read or write it.
func exposed(file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if of, ok := info.Sys().(*syscall.Stat_t); ok && int(of.Uid) == os.Getuid() && info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("others may read it (mode %04o), so that it is not used, as ssh does not either: chmod 600 %s", info.Mode().Perm(), Quote([]string{file}))
	}
	return nil
}
