package sshexec_test

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/memnet"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// TestMaxStartups is an sshd that drops the first connections, as OpenSSH does
// with more than MaxStartups that have not logged in.
func TestMaxStartups(t *testing.T) {
	k := newKeys(t)
	for _, row := range []struct {
		name    string
		drops   int
		says    string // before it hangs up
		reached bool
	}{
		{"five drops are sat out", 5, "", true},
		{"five drops with a word are too", 5, "Exceeded MaxStartups\r\n", true},
		{"an sshd that is never free is given up", 1000, "", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLab(t, k)
				cfg, left := l.config(), row.drops
				dial := cfg.NetDial
				cfg.NetDial = func(ctx context.Context, network, addr string) (net.Conn, error) {
					if left--; left >= 0 {
						near, far := memnet.Pipe("us", memnet.Addr(addr))
						go func() {
							_, _ = io.WriteString(far, row.says)
							far.Close()
						}()
						return near, nil
					}
					return dial(ctx, network, addr)
				}
				start := time.Now()
				c, err := sshexec.Dial(t.Context(), l.target("m1"), cfg)
				if c != nil {
					defer c.Close()
				}
				if (err == nil) != row.reached || time.Since(start) > time.Minute {
					t.Fatalf("%v after %s", err, time.Since(start))
				}
				if err != nil && !strings.Contains(err.Error(), "MaxStartups") {
					t.Errorf("%v", err)
				}
			})
		})
	}
}

// A node whose name service does not answer lets sshd wait for it (UseDNS)
// before it says anything.
func TestAnSSHDThatIsSlowToSpeakIsWaitedFor(t *testing.T) {
	k := newKeys(t)
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, k)
		cfg := l.config()
		dial := cfg.NetDial
		cfg.NetDial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			time.Sleep(10 * time.Second)
			return dial(ctx, network, addr)
		}
		c, err := sshexec.Dial(t.Context(), l.target("m1"), cfg)
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
	})
}
