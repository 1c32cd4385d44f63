package sshexec

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"

	"golang.org/x/crypto/ssh"
)

// relayScript joins standard input and output with a connection that bash
// makes. Either end ends it. (Every node of DC/OS has bash: its own scripts
// need it. There may be no nc.)
const relayScript = `exec 3<>"/dev/tcp/$1/$2" || exit 1; exec 4<&0; printf "` + relayMark + `\n"; ` +
	`cat <&3 & r=$!; { cat <&4 >&3; kill "$r"; } >/dev/null 2>&1 & w=$!; wait "$r"; kill "$w" 2>/dev/null; exit 0`

const relayMark = "dcos-patch-relay"

// relay is a tunnel through a command on the node, for an sshd that forbids
// forwarding. It takes the place of a command as long as it is open.
func (c *Conn) relay(ctx context.Context, host, port string) (net.Conn, error) {
	if err := c.enter(ctx); err != nil {
		return nil, err
	}
	ch, requests, err := c.openSession(ctx)
	if err != nil {
		c.leave()
		return nil, err
	}
	ok, err := c.request(ctx, ch, "exec", c.place()+Quote([]string{"bash", "-c", relayScript, "relay", host, port}))
	if err == nil && !ok {
		err = errors.New("the node does not let us run commands")
	}
	words := &capture{limit: 4 << 10}
	if err == nil {
		err = c.awaitRelay(ctx, ch, words)
	}
	if err != nil {
		c.abandon(ch, requests)
		return nil, err
	}
	// sshd counts a session until its command has ended, also when the channel is
	// closed before: so the command is left to end by itself.
	ended := make(chan struct{})
	s, err := c.stream(ch, requests, tunnelAddr(net.JoinHostPort(host, port)), ending{
		hangUp: func(ch ssh.Channel) error { c.givenUp(ended); return ch.CloseWrite() },
		ended:  func() { close(ended); c.leave() },
	})
	if err != nil {
		c.leave()
		return nil, err
	}
	return s, nil
}

// abandon ends a relay that did not come up, and gives its place back when the
// command has ended.
func (c *Conn) abandon(ch ssh.Channel, requests <-chan *ssh.Request) {
	ended := make(chan struct{})
	c.givenUp(ended)
	started := c.spawn(func() {
		defer c.leave()
		defer close(ended)
		_ = ch.CloseWrite()
		ssh.DiscardRequests(requests)
		_ = ch.Close()
	})
	if !started {
		close(ended)
		c.leave()
	}
}

// awaitRelay reads up to the mark: the login shell may have printed before it.
func (c *Conn) awaitRelay(ctx context.Context, ch ssh.Channel, words *capture) error {
	result := make(chan error, 1)
	started := c.spawn(func() {
		var stderr sync.WaitGroup
		stderr.Go(func() { _, _ = io.Copy(words, ch.Stderr()) })
		err := readTo(ch, relayMark+"\n")
		if err != nil && c.endedByNode() {
			stderr.Wait() // it says why
		}
		result <- err
		stderr.Wait()
	})
	if !started {
		return ErrClosed
	}
	select {
	case err := <-result:
		if err == nil || !c.endedByNode() {
			return c.whyOr(err)
		}
		text, _ := words.soFar()
		return errors.New(said(lastLine(string(text))))
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// whyOr is nil for nil, and else the reason for the end of the connection.
func (c *Conn) whyOr(err error) error {
	if err == nil {
		return nil
	}
	return c.why(err)
}

// readTo reads up to the end of mark, byte by byte: what follows is the
// tunnel's.
func readTo(r io.Reader, mark string) error {
	var seen []byte
	one := make([]byte, 1)
	for len(seen) < gateMost {
		if _, err := io.ReadFull(r, one); err != nil {
			return err
		}
		if seen = append(seen, one[0]); bytes.HasSuffix(seen, []byte(mark)) {
			return nil
		}
	}
	return errors.New("the login shell prints without end")
}

// lastLine is the last line of what a shell complains: its reason.
func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}
