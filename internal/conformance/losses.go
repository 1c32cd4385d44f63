package conformance

import (
	"errors"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

var losses = map[string]func(*testing.T, World){
	"a connection cut under a command has lost it": func(t *testing.T, w World) {
		need(t, w.Cut != nil, "cut connections")
		c := w.connect(t, w.Target)
		lost := sleeping(t, c)
		w.Cut()
		if e := wantAs[*sshexec.LostError](t, <-lost); e.Cmd != "sleep 20" || e.Node != w.Target.Name {
			t.Errorf("%+v", e)
		}
		<-c.Done()
		if c.Err() == nil {
			t.Error("the connection is gone without a reason")
		}
		_, err := run(t, c, "true")
		wantAs[*sshexec.NotRunError](t, err)
	},
	"a node that falls silent is given up in the stated time": func(t *testing.T, w World) {
		need(t, w.Silence != nil, "fall silent")
		w.Config.KeepAlive, w.Config.KeepAliveMisses = time.Second, 2
		c := w.connect(t, w.Target)
		lost := sleeping(t, c)
		start := time.Now()
		w.Silence()
		if e := wantAs[*sshexec.LostError](t, <-lost); !errors.Is(e, sshexec.ErrDeadPeer) {
			t.Errorf("%v, want a dead peer", e)
		}
		if took := time.Since(start); took < 2*time.Second || took > 4*time.Second {
			t.Errorf("given up after %v, want 2 s to 3 s", took)
		}
	},
	"closing the connection loses what is in flight": func(t *testing.T, w World) {
		c := w.connect(t, w.Target)
		lost := sleeping(t, c)
		c.Close()
		if e := wantAs[*sshexec.LostError](t, <-lost); !errors.Is(e, sshexec.ErrClosed) {
			t.Errorf("%v, want ErrClosed", e)
		}
	},
	"a pool keeps a connection, and dials again once it is dead": func(t *testing.T, w World) {
		pool := sshexec.NewPool(w.Config, func(string) (sshexec.Target, error) { return w.Target, nil })
		t.Cleanup(pool.Close)
		first, err := pool.Get(limited(t), w.Target.Name)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := pool.Get(limited(t), w.Target.Name); again != first || err != nil {
			t.Errorf("another connection, %v; want the kept one", err)
		}
		first.Close()
		second, err := pool.Get(limited(t), w.Target.Name)
		if err != nil || second == first {
			t.Fatalf("%v, want a new connection", err)
		}
		if _, err := run(t, second, "true"); err != nil {
			t.Error(err)
		}
	},
}

// sleeping starts "sleep 20" and returns when it has had time to begin.
func sleeping(t *testing.T, c *sshexec.Conn) <-chan error {
	ctx := limited(t)
	lost := make(chan error, 1)
	go func() {
		_, err := c.Run(ctx, sshexec.Cmd{Argv: []string{"sleep", "20"}})
		lost <- err
	}()
	<-time.After(500 * time.Millisecond)
	return lost
}
