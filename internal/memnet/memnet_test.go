package memnet

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"
)

func TestWhatIsWrittenIsReadInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		chunks := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 3000), 0, 20).Draw(t, "chunks")
		size := rapid.IntRange(1, 500).Draw(t, "read size")
		a, b := Pipe("a:1", "b:1")
		var g errgroup.Group
		g.Go(func() error {
			defer a.CloseWrite()
			for _, c := range chunks {
				if n, err := a.Write(c); err != nil || n != len(c) {
					return errors.Join(err, io.ErrShortWrite)
				}
			}
			return nil
		})
		var got bytes.Buffer
		buf := make([]byte, size)
		for {
			n, err := b.Read(buf)
			got.Write(buf[:n])
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		if want := bytes.Join(chunks, nil); !bytes.Equal(got.Bytes(), want) {
			t.Fatalf("read %d bytes, other than the %d written", got.Len(), len(want))
		}
	})
}

func TestConn(t *testing.T) {
	p := make([]byte, 8)
	for name, try := range map[string]func(t *testing.T, a, b *Conn){
		"a half-close ends reading there only after what was written": func(t *testing.T, a, b *Conn) {
			a.Write([]byte("last"))
			a.CloseWrite()
			wantRead(t, b, "last", nil)
			wantRead(t, b, "", io.EOF)
			b.Write([]byte("answer"))
			wantRead(t, a, "answer", nil)
		},
		"after close, the other end reads the rest and cannot write": func(t *testing.T, a, b *Conn) {
			a.Write([]byte("rest"))
			a.Close()
			wantRead(t, b, "rest", nil)
			wantRead(t, b, "", io.EOF)
			if _, err := b.Write(p); !errors.Is(err, syscall.EPIPE) {
				t.Errorf("write to a closed end: %v, want EPIPE", err)
			}
			wantRead(t, a, "", net.ErrClosed)
			if _, err := a.Write(p); !errors.Is(err, net.ErrClosed) {
				t.Errorf("write after close: %v, want net.ErrClosed", err)
			}
		},
		"closing wakes a reader at either end": func(t *testing.T, a, b *Conn) {
			for _, end := range []struct {
				c    *Conn
				want error
			}{{a, net.ErrClosed}, {b, io.EOF}} {
				go func() {
					if _, err := end.c.Read(make([]byte, 1)); !errors.Is(err, end.want) {
						t.Errorf("woken with %v, want %v", err, end.want)
					}
				}()
			}
			synctest.Wait()
			a.Close()
			synctest.Wait()
		},
		"a full connection makes the writer wait for the reader": func(t *testing.T, a, b *Conn) {
			wrote := make(chan error, 1)
			go func() {
				_, err := a.Write(make([]byte, 3*window))
				wrote <- err
			}()
			synctest.Wait()
			select {
			case <-wrote:
				t.Fatal("the writer did not wait")
			default:
			}
			if _, err := io.ReadFull(b, make([]byte, 3*window)); err != nil {
				t.Fatal(err)
			}
			if err := <-wrote; err != nil {
				t.Error(err)
			}
		},
		"closing wakes a writer that waits": func(t *testing.T, a, b *Conn) {
			go func() {
				if _, err := a.Write(make([]byte, 2*window)); !errors.Is(err, syscall.EPIPE) {
					t.Errorf("woken with %v, want EPIPE", err)
				}
			}()
			synctest.Wait()
			b.Close()
			synctest.Wait()
		},
		"a read deadline passes at its time and can be taken back": func(t *testing.T, a, b *Conn) {
			start := time.Now()
			b.SetReadDeadline(start.Add(3 * time.Second))
			wantRead(t, b, "", os.ErrDeadlineExceeded)
			if d := time.Since(start); d != 3*time.Second {
				t.Errorf("passed after %v, want 3s", d)
			}
			b.SetReadDeadline(time.Time{})
			a.Write([]byte("late"))
			wantRead(t, b, "late", nil)
		},
		"a deadline set while somebody waits holds for them": func(t *testing.T, a, b *Conn) {
			start := time.Now()
			go func() {
				synctest.Wait()
				b.SetDeadline(start.Add(time.Second))
			}()
			wantRead(t, b, "", os.ErrDeadlineExceeded)
		},
		"a write deadline passes when nobody reads": func(t *testing.T, a, b *Conn) {
			start := time.Now()
			a.SetWriteDeadline(start.Add(2 * time.Second))
			n, err := a.Write(make([]byte, window+1))
			if n != window || !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != 2*time.Second {
				t.Errorf("wrote %d, %v after %v", n, err, time.Since(start))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, b := Pipe("a:1", "b:1")
				defer a.Close()
				defer b.Close()
				try(t, a, b)
			})
		})
	}
}

func TestNetwork(t *testing.T) {
	for name, try := range map[string]func(t *testing.T, n *Network, l *Listener){
		"nobody listening is refused at once": func(t *testing.T, n *Network, l *Listener) {
			if _, err := n.Dial(t.Context(), "m2:22"); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("%v, want ECONNREFUSED", err)
			}
		},
		"an address is taken once, and free after close": func(t *testing.T, n *Network, l *Listener) {
			if _, err := n.Listen("m1:22"); !errors.Is(err, syscall.EADDRINUSE) {
				t.Errorf("%v, want EADDRINUSE", err)
			}
			l.Close()
			if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
				t.Errorf("accept after close: %v", err)
			}
			again, err := n.Listen("m1:22")
			if err != nil {
				t.Fatal(err)
			}
			again.Close()
		},
		"closing a listener closes what it never accepted": func(t *testing.T, n *Network, l *Listener) {
			c := dial(t, n)
			l.Close()
			wantRead(t, c, "", io.EOF)
		},
		"a cut resets both ends and lets new ones in": func(t *testing.T, n *Network, l *Listener) {
			near, far := dial(t, n), accept(t, l)
			near.Write([]byte("under way"))
			if cut := n.Cut("m1:22"); cut != 1 {
				t.Errorf("cut %d, want 1", cut)
			}
			wantRead(t, near, "", syscall.ECONNRESET)
			wantRead(t, far, "", syscall.ECONNRESET)
			dial(t, n).Write([]byte("new"))
			wantRead(t, accept(t, l), "new", nil)
			if cut := n.Cut("m9:22"); cut != 0 {
				t.Errorf("cut %d of an unknown address", cut)
			}
		},
		"silence delivers nothing until it is healed": func(t *testing.T, n *Network, l *Listener) {
			near, far := dial(t, n), accept(t, l)
			n.Silence("m1:22")
			near.Write([]byte("held"))
			far.SetReadDeadline(time.Now().Add(time.Hour))
			wantRead(t, far, "", os.ErrDeadlineExceeded)
			far.SetReadDeadline(time.Time{})
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if _, err := n.Dial(ctx, "m1:22"); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("dial into silence: %v", err)
			}
			n.Heal("m1:22")
			wantRead(t, far, "held", nil)
			dial(t, n).Write([]byte("new"))
			wantRead(t, accept(t, l), "new", nil)
		},
		"a closed connection is forgotten": func(t *testing.T, n *Network, l *Listener) {
			dial(t, n).Close()
			if cut := n.Cut("m1:22"); cut != 0 {
				t.Errorf("cut %d, want 0", cut)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var n Network
				l, err := n.Listen("m1:22")
				if err != nil {
					t.Fatal(err)
				}
				defer l.Close()
				try(t, &n, l)
			})
		})
	}
}

func dial(t *testing.T, n *Network) net.Conn {
	t.Helper()
	c, err := n.DialContext(t.Context(), "tcp", "m1:22")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func accept(t *testing.T, l *Listener) net.Conn {
	t.Helper()
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func wantRead(t *testing.T, c net.Conn, want string, wantErr error) {
	t.Helper()
	p := make([]byte, 64)
	n, err := c.Read(p)
	if string(p[:n]) != want || !errors.Is(err, wantErr) {
		t.Errorf("read %q, %v; want %q, %v", p[:n], err, want, wantErr)
	}
}
