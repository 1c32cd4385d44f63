package sshexec_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

// A channel that is asked for in the instant in which the connection breaks
// must not wait for an answer for ever: Close would wait with it.
func TestAChannelAskedForAsTheConnectionBreaksComesToAnEnd(t *testing.T) {
	k := newKeys(t)
	for round := range 400 {
		synctest.Test(t, func(t *testing.T) {
			l := newLab(t, k)
			c, err := sshexec.Dial(t.Context(), l.target("m1"), l.config())
			if err != nil {
				t.Fatal(err)
			}
			var asking sync.WaitGroup
			var opened atomic.Int32
			for range 16 {
				asking.Go(func() {
					for {
						near, err := c.DialContext(t.Context(), "tcp", "10.0.0.1:80")
						if err != nil {
							return
						}
						near.Close()
						if int(opened.Add(1)) == round%100 {
							l.net.Cut("m1:22")
						}
					}
				})
			}
			if round%100 == 0 {
				l.net.Cut("m1:22")
			}
			asking.Wait()
			c.Close()
		})
	}
}
