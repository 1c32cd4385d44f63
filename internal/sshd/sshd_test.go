package sshd

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/dcos-patch/dcos-patch/internal/memnet"
)

// echoNode is a Handler: "echo X" prints X, "wait" waits for its context,
// "kill" dies by SIGKILL; "e:7" answers what it is told.
type echoNode struct {
	files sftp.Handlers
	net   *memnet.Network
	ended chan string
}

func (n *echoNode) Exec(ctx context.Context, line string, stdin io.Reader, stdout, stderr io.Writer) int {
	verb, arg, _ := strings.Cut(line, " ")
	switch verb {
	case "echo":
		fmt.Fprintln(stdout, arg)
		return 0
	case "cat":
		_, _ = io.Copy(stdout, stdin)
		return 3
	case "wait":
		<-ctx.Done()
		n.ended <- line
		return 0
	case "kill":
		return -9
	}
	fmt.Fprintln(stderr, "unknown")
	return 127
}

func (n *echoNode) Files() sftp.Handlers { return n.files }

func (n *echoNode) Dial(ctx context.Context, addr string) (net.Conn, error) {
	return n.net.Dial(ctx, addr)
}

func key(t *testing.T) ssh.Signer {
	t.Helper()
	_, k, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ssh.NewSignerFromKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// bubble runs try against a served node; leaving it must leave nothing behind,
// which the bubble itself sees to.
func bubble(t *testing.T, change func(*Server), try func(t *testing.T, n *echoNode, login func(ssh.Signer) (*ssh.Client, error))) {
	host, user := key(t), key(t)
	synctest.Test(t, func(t *testing.T) {
		node := &echoNode{files: sftp.InMemHandler(), net: &memnet.Network{}, ended: make(chan string, 1)}
		s := &Server{HostKey: host, User: "core", Authorized: []ssh.PublicKey{user.PublicKey()}, Handler: node}
		change(s)
		l, err := node.net.Listen("m1:22")
		if err != nil {
			t.Fatal(err)
		}
		served := make(chan error)
		go func() { served <- s.ServeListener(t.Context(), l) }()
		login := func(k ssh.Signer) (*ssh.Client, error) {
			c, err := node.net.Dial(t.Context(), "m1:22")
			if err != nil {
				return nil, err
			}
			if k == nil {
				k = user
			}
			conn, chans, reqs, err := ssh.NewClientConn(c, "m1:22", &ssh.ClientConfig{
				User: "core", Auth: []ssh.AuthMethod{ssh.PublicKeys(k)}, HostKeyCallback: ssh.FixedHostKey(host.PublicKey())})
			if err != nil {
				return nil, err
			}
			return ssh.NewClient(conn, chans, reqs), nil
		}
		try(t, node, login)
		l.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

func TestServer(t *testing.T) {
	nothing := func(*Server) {}
	for _, row := range []struct {
		name   string
		change func(*Server)
		try    func(t *testing.T, n *echoNode, c *ssh.Client)
	}{
		{"a command's output and exit code arrive", nothing, func(t *testing.T, n *echoNode, c *ssh.Client) {
			out, err := session(t, c).Output("echo hello")
			if string(out) != "hello\n" || err != nil {
				t.Errorf("%q, %v", out, err)
			}
			var exit *ssh.ExitError
			if err := session(t, c).Run("nonsense"); !errors.As(err, &exit) || exit.ExitStatus() != 127 {
				t.Errorf("%v, want exit code 127", err)
			}
		}},
		{"standard input reaches the command, with its end", nothing, func(t *testing.T, n *echoNode, c *ssh.Client) {
			s := session(t, c)
			s.Stdin = strings.NewReader("words")
			out, err := s.Output("cat")
			var exit *ssh.ExitError
			if string(out) != "words" || !errors.As(err, &exit) || exit.ExitStatus() != 3 {
				t.Errorf("%q, %v", out, err)
			}
		}},
		{"a signal is told by name", nothing, func(t *testing.T, n *echoNode, c *ssh.Client) {
			var exit *ssh.ExitError
			if err := session(t, c).Run("kill"); !errors.As(err, &exit) || exit.Signal() != "KILL" {
				t.Errorf("%v, want SIGKILL", err)
			}
		}},
		{"closing the channel ends the command's context", nothing, func(t *testing.T, n *echoNode, c *ssh.Client) {
			s := session(t, c)
			if err := s.Start("wait"); err != nil {
				t.Fatal(err)
			}
			s.Close()
			<-n.ended
		}},
		{"losing the connection ends the command's context", nothing, func(t *testing.T, n *echoNode, c *ssh.Client) {
			if err := session(t, c).Start("wait"); err != nil {
				t.Fatal(err)
			}
			n.net.Cut("m1:22")
			<-n.ended
		}},
		{"keepalives are answered", nothing, func(t *testing.T, n *echoNode, c *ssh.Client) {
			if ok, _, err := c.SendRequest("keepalive@openssh.com", true, nil); !ok || err != nil {
				t.Errorf("%v, %v", ok, err)
			}
			if ok, _, err := c.SendRequest("tcpip-forward", true, nil); ok || err != nil {
				t.Errorf("remote forwarding: %v, %v; want a no", ok, err)
			}
		}},
		{"files are written and read over SFTP", nothing, func(t *testing.T, n *echoNode, c *ssh.Client) {
			fs, err := sftp.NewClient(c)
			if err != nil {
				t.Fatal(err)
			}
			defer fs.Close()
			f, err := fs.Create("/x")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Write([]byte("content")); err != nil {
				t.Error(err)
			}
			f.Close()
			if info, err := fs.Stat("/x"); err != nil || info.Size() != 7 {
				t.Errorf("%v, %v", info, err)
			}
		}},
		{"SFTP can be refused", func(s *Server) { s.RefuseSFTP = true }, func(t *testing.T, n *echoNode, c *ssh.Client) {
			if fs, err := sftp.NewClient(c); err == nil {
				fs.Close()
				t.Error("SFTP was allowed")
			}
		}},
		{"a tunnel carries bytes and half-closes both ways", nothing, func(t *testing.T, n *echoNode, c *ssh.Client) {
			l, err := n.net.Listen("e:7")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go func() {
				far, err := l.Accept()
				if err != nil {
					return
				}
				defer far.Close()
				_, _ = io.Copy(far, far)
			}()
			near, err := c.Dial("tcp", "e:7")
			if err != nil {
				t.Fatal(err)
			}
			defer near.Close()
			fmt.Fprint(near, "through")
			near.(interface{ CloseWrite() error }).CloseWrite()
			if back, err := io.ReadAll(near); string(back) != "through" || err != nil {
				t.Errorf("%q, %v", back, err)
			}
		}},
		{"a tunnel to nobody is refused", nothing, func(t *testing.T, n *echoNode, c *ssh.Client) {
			var refused *ssh.OpenChannelError
			if _, err := c.Dial("tcp", "e:7"); !errors.As(err, &refused) || refused.Reason != ssh.ConnectionFailed {
				t.Errorf("%v, want connection failed", err)
			}
		}},
		{"forwarding can be refused", func(s *Server) { s.RefuseForwarding = true }, func(t *testing.T, n *echoNode, c *ssh.Client) {
			var refused *ssh.OpenChannelError
			if _, err := c.Dial("tcp", "e:7"); !errors.As(err, &refused) || refused.Reason != ssh.Prohibited {
				t.Errorf("%v, want prohibited", err)
			}
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			bubble(t, row.change, func(t *testing.T, n *echoNode, login func(ssh.Signer) (*ssh.Client, error)) {
				c, err := login(nil)
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				row.try(t, n, c)
			})
		})
	}
}

func TestAnUnknownKeyIsTurnedAway(t *testing.T) {
	other := key(t)
	bubble(t, func(*Server) {}, func(t *testing.T, n *echoNode, login func(ssh.Signer) (*ssh.Client, error)) {
		if c, err := login(other); err == nil {
			c.Close()
			t.Error("logged in")
		}
	})
}

func TestServeReturnsWhenItsContextEnds(t *testing.T) {
	host := key(t)
	synctest.Test(t, func(t *testing.T) {
		near, far := memnet.Pipe("client:1", "m1:22")
		defer near.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := (&Server{HostKey: host, Handler: &echoNode{}}).Serve(ctx, far); err == nil {
			t.Error("a client that says nothing is no handshake")
		}
		if ctx.Err() == nil {
			t.Error("returned before its context ended")
		}
	})
}

func session(t *testing.T, c *ssh.Client) *ssh.Session {
	t.Helper()
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	return s
}
