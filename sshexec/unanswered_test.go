package sshexec_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/dcos-patch/dcos-patch/internal/sshd"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// TestACommandWhoseRequestIsNotAnsweredMayBeRunning breaks the connection when
// the node has heard the request: sshd may carry it out all the same.
func TestACommandWhoseRequestIsNotAnsweredMayBeRunning(t *testing.T) {
	k := newKeys(t)
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, k)
		heard := 0
		l.serve(t, "mute:22", l.m1, func(s *sshd.Server) {
			s.Asked = func(line string) {
				if strings.Contains(line, "launch") {
					heard++
					l.net.Cut("mute:22")
				}
			}
		})
		cfg := l.config()
		cfg.LearnTo = filepath.Join(t.TempDir(), "known_hosts")
		c, err := sshexec.Dial(t.Context(), l.target("mute"), cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, err = c.Run(t.Context(), sshexec.Cmd{Argv: []string{"launch"}})
		var lost *sshexec.LostError
		if !errors.As(err, &lost) || heard != 1 {
			t.Errorf("%v (%T), heard %d times; want a LostError of one request", err, err, heard)
		}
	})
}
