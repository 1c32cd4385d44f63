package bench

import (
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/dcos-patch/dcos-patch/node"
)

// liar is a node that belongs to somebody else. It answers as an honest one
// would up to where it lies, and then without end.
type liar struct {
	lie
	most int64 // bytes of each answer
	key  ssh.Signer

	sent atomic.Int64 // bytes of lies
}

// lie is where a node lies, and how. The zero lie is a node that knows nothing.
type lie struct {
	command string // in the command line; "sftp" is the subsystem
	request string // in the head of an HTTP request
	begin   string // of the answer
	again   string // what follows without end
	banner  bool   // before the login
	hello   bool   // before SSH
	honest  map[string]string
	copy    func() string // of a journal, as it is read piece by piece; nil: there is none
}

func (l *liar) serve(t testing.TB) (host, port string) {
	t.Helper()
	at, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			c, err := at.Accept()
			if err != nil {
				return
			}
			conns.Go(func() { l.conn(ctx, c) })
		}
	})
	t.Cleanup(func() { cancel(); at.Close(); conns.Wait() })
	host, port, _ = net.SplitHostPort(at.Addr().String())
	return host, port
}

func (l *liar) conn(ctx context.Context, c net.Conn) {
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	if l.hello {
		l.pour(c)
	}
	cfg := &ssh.ServerConfig{PublicKeyCallback: func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) { return nil, nil }}
	if l.banner {
		cfg.PreAuthConnCallback = func(pre ssh.ServerPreAuthConn) {
			l.pour(writer(func(p []byte) (int, error) { return len(p), pre.SendAuthBanner(string(p)) }))
		}
	}
	cfg.AddHostKey(l.key)
	conn, channels, requests, err := ssh.NewServerConn(c, cfg)
	if err != nil {
		return
	}
	defer conn.Close()
	go func() {
		for r := range requests {
			_ = r.Reply(true, nil)
		}
	}()
	for nc := range channels {
		go l.channel(nc)
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

func (l *liar) channel(nc ssh.NewChannel) {
	ch, requests, err := nc.Accept()
	if err != nil {
		return
	}
	defer ch.Close()
	if nc.ChannelType() == "direct-tcpip" {
		go ssh.DiscardRequests(requests)
		l.http(ch)
		return
	}
	for r := range requests {
		var line struct{ Value string }
		_ = ssh.Unmarshal(r.Payload, &line)
		_ = r.Reply(r.Type == "exec" || r.Type == "subsystem", nil)
		if r.Type != "exec" && r.Type != "subsystem" {
			continue
		}
		go ssh.DiscardRequests(requests)
		code := l.run(ch, line.Value)
		_ = ch.CloseWrite()
		_, _ = ch.SendRequest("exit-status", false, ssh.Marshal(struct{ Code uint32 }{code}))
		return
	}
}

// run answers a command line, or the request for SFTP.
func (l *liar) run(ch ssh.Channel, line string) uint32 {
	if word, greeting := strings.CutPrefix(line, "echo "); greeting {
		fmt.Fprintln(ch, word)
		return 0
	}
	if l.command != "" && strings.Contains(line, l.command) {
		var both sync.WaitGroup
		if line != "sftp" {
			both.Go(func() { l.pour(ch.Stderr()) })
		}
		l.pour(ch)
		both.Wait()
		return 0
	}
	for part, answer := range l.honest {
		if strings.Contains(line, part) {
			_, _ = io.WriteString(ch, answer)
			return 0
		}
	}
	if _, offset, ok := strings.Cut(line, " run r1 journal.jsonl "); ok && l.copy != nil {
		text := l.copy()
		at, err := strconv.Atoi(offset)
		if err != nil || at > len(text) {
			return 1
		}
		n, _ := io.WriteString(ch, text[at:min(at+node.RunLimit, len(text))])
		l.sent.Add(int64(n))
		return 0
	}
	return 1
}

// http answers one request.
func (l *liar) http(ch ssh.Channel) {
	head := make([]byte, 4096)
	n, _ := ch.Read(head)
	if l.request != "" && strings.Contains(string(head[:n]), l.request) {
		l.pour(ch)
		return
	}
	for part, answer := range l.honest {
		if strings.Contains(string(head[:n]), part) {
			fmt.Fprintf(ch, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(answer), answer)
			return
		}
	}
}

// pour writes a lie.
func (l *liar) pour(w io.Writer) {
	block := []byte(strings.Repeat(l.again, max(1, 32<<10/len(l.again))))
	n, err := io.WriteString(w, l.begin)
	l.sent.Add(int64(n))
	for left := l.most; err == nil && left > 0; left -= int64(n) {
		n, err = w.Write(block)
		l.sent.Add(int64(n))
	}
}
