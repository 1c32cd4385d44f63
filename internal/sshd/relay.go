package sshd

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"

	"golang.org/x/crypto/ssh"
)

// relayAddr says where a command line connects to, if it is a bash that joins
// its standard input and output with a TCP connection: "bash -c SCRIPT relay
// HOST PORT". Every real node can do that, and needs no Handler for it.
func relayAddr(line string) (string, bool) {
	argv, err := Words(line)
	if err != nil || len(argv) != 6 || argv[0] != "bash" || argv[1] != "-c" || !strings.Contains(argv[2], "/dev/tcp/") || argv[3] != "relay" {
		return "", false
	}
	return net.JoinHostPort(argv[4], argv[5]), true
}

// relay is what that bash does.
func (s *Server) relay(ctx context.Context, ch ssh.Channel, addr string) int {
	far, err := s.Handler.Dial(ctx, addr)
	if err != nil {
		fmt.Fprintf(ch.Stderr(), "bash: connect: %v\nbash: line 1: /dev/tcp/%s: %v\n", err, addr, err)
		return 1
	}
	defer far.Close()
	defer context.AfterFunc(ctx, func() { far.Close() })()
	fmt.Fprintln(ch, "dcos-patch-relay")
	var back sync.WaitGroup
	defer back.Wait()
	back.Go(func() {
		_, _ = io.Copy(far, ch)
		far.Close()
	})
	_, _ = io.Copy(ch, far)
	_ = ch.Close() // wakes the other direction
	return 0
}
