package sshexec_test

import (
	"runtime"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

// A channel that is asked for in the instant in which the connection breaks
// must not wait for an answer for ever: Close would wait with it.
func TestAChannelAskedForAsTheConnectionBreaksComesToAnEnd(t *testing.T) {
	k := newKeys(t)
	for round := range 600 {
		synctest.Test(t, func(t *testing.T) {
			l := newLab(t, k)
			c, err := sshexec.Dial(t.Context(), l.target("m1"), l.config())
			if err != nil {
				t.Fatal(err)
			}
			var asking sync.WaitGroup
			for range 16 {
				asking.Go(func() {
					for {
						near, err := c.DialContext(t.Context(), "tcp", "10.0.0.1:80")
						if err == nil {
							near.Close()
						}
						select {
						case <-c.Done():
							return
						default:
						}
					}
				})
			}
			for range round % 300 {
				runtime.Gosched()
			}
			l.net.Cut("m1:22")
			asking.Wait()
			c.Close()
		})
	}
}
