package conformance

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

var tunnels = map[string]func(*testing.T, World){
	"HTTP goes through the connection": func(t *testing.T, w World) {
		need(t, w.Web != "", "answer HTTP")
		client := through(t, w.connect(t, w.Target))
		var g errgroup.Group
		for i := range 8 {
			g.Go(func() error {
				p := fmt.Sprintf("/path/%d", i)
				for range 3 {
					if body, err := get(t, client, "http://"+w.Web+p); err != nil || body != p {
						return fmt.Errorf("%s: %q, %w", p, body, err)
					}
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			t.Error(err)
		}
	},
	"nobody listening is an error, and no loss of the connection": func(t *testing.T, w World) {
		c := w.connect(t, w.Target)
		if conn, err := c.DialContext(limited(t), "tcp", "127.0.0.1:1"); err == nil {
			conn.Close()
			t.Error("connected to port 1")
		}
		if _, err := run(t, c, "true"); err != nil {
			t.Error(err)
		}
	},
	"a deadline of a tunnel passes": func(t *testing.T, w World) {
		need(t, w.Web != "", "answer HTTP")
		conn, err := w.connect(t, w.Target).DialContext(limited(t), "tcp", w.Web)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := conn.SetDeadline(time.Now().Add(200 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		var timeout interface{ Timeout() bool }
		if _, err := conn.Read(make([]byte, 1)); !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("%v, want a timeout", err)
		}
	},
	"HTTP goes through a command where forwarding is forbidden": func(t *testing.T, w World) {
		need(t, w.NoForward != nil && w.Web != "", "refuse forwarding, and answer HTTP")
		c := w.connect(t, *w.NoForward)
		client := through(t, c)
		var g errgroup.Group
		for i := range 12 { // more than there are places for commands
			g.Go(func() error {
				p := fmt.Sprintf("/path/%d", i)
				if body, err := get(t, client, "http://"+w.Web+p); err != nil || body != p {
					return fmt.Errorf("%s: %q, %w", p, body, err)
				}
				client.CloseIdleConnections()
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			t.Error(err)
		}
		if _, err := run(t, c, "true"); err != nil {
			t.Error(err)
		}
	},
	"nobody listening says so where forwarding is forbidden": func(t *testing.T, w World) {
		need(t, w.NoForward != nil, "refuse forwarding")
		c := w.connect(t, *w.NoForward)
		for range 20 { // more than there are places for commands
			conn, err := c.DialContext(limited(t), "tcp", "127.0.0.1:1")
			if err == nil {
				conn.Close()
				t.Fatal("connected to port 1")
			}
			if e := wantAs[*sshexec.TunnelError](t, err); errors.Is(err, sshexec.ErrNoForwarding) || !strings.Contains(e.Error(), "refused") {
				t.Fatalf("%v, want that it was refused", err)
			}
		}
		if _, err := run(t, c, "true"); err != nil {
			t.Error(err)
		}
	},
	"a jump host that forbids forwarding is not got around": func(t *testing.T, w World) {
		need(t, w.NoForward != nil, "refuse forwarding")
		target := w.Target
		target.Jump = append(slices.Clone(w.NoForward.Jump), sshexec.Hop{Name: w.NoForward.Name, Addr: w.NoForward.Addr, User: w.NoForward.User})
		c, err := sshexec.Dial(limited(t), target, w.Config)
		if err == nil {
			c.Close()
			t.Fatal("connected through it")
		}
		if !errors.Is(err, sshexec.ErrNoForwarding) {
			t.Errorf("%v, want ErrNoForwarding", err)
		}
	},
}

// through is an HTTP client whose connections go through c.
func through(t *testing.T, c *sshexec.Conn) *http.Client {
	transport := &http.Transport{DialContext: c.DialContext}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func get(t *testing.T, client *http.Client, url string) (string, error) {
	req, err := http.NewRequestWithContext(limited(t), http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}
