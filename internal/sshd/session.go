package sshd

import (
	"context"
	"io"
	"sync"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// session serves one channel: a single command or SFTP.
func (s *Server) session(ctx context.Context, nc ssh.NewChannel) {
	ch, requests, err := nc.Accept()
	if err != nil {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	var work sync.WaitGroup
	defer work.Wait()
	defer cancel() // requests end when the client has closed the channel
	started, terminal := false, false
	for r := range requests {
		if r.Type == "pty-req" {
			terminal = true
			_ = r.Reply(!started, nil)
			continue
		}
		s.asked(r)
		run := s.program(r, terminal)
		ok := run != nil && !started
		if r.WantReply {
			_ = r.Reply(ok || r.Type == "env", nil)
		}
		if !ok {
			continue
		}
		started = true
		work.Go(func() {
			defer ch.Close()
			end(ch, run(ctx, ch))
		})
	}
}

// asked tells of a command that is asked for.
func (s *Server) asked(r *ssh.Request) {
	var arg struct{ Value string }
	if s.Asked != nil && r.Type == "exec" && ssh.Unmarshal(r.Payload, &arg) == nil {
		s.Asked(arg.Value)
	}
}

// program is what a request asks to run, or nil when it is refused.
func (s *Server) program(r *ssh.Request, terminal bool) func(context.Context, ssh.Channel) int {
	var arg struct{ Value string }
	if ssh.Unmarshal(r.Payload, &arg) != nil {
		return nil
	}
	to, relays := relayAddr(arg.Value)
	script, hasTerminal := terminalOf(arg.Value)
	switch {
	case r.Type == "exec" && s.wantsTerminal(arg.Value, terminal):
		return func(_ context.Context, ch ssh.Channel) int {
			_, _ = io.WriteString(ch.Stderr(), refusal)
			return 1
		}
	case r.Type == "exec" && terminal && hasTerminal:
		return func(ctx context.Context, ch ssh.Channel) int { return s.terminal(ctx, script, ch) }
	case r.Type == "exec" && relays:
		return func(ctx context.Context, ch ssh.Channel) int { return s.relay(ctx, ch, to) }
	case r.Type == "exec":
		return func(ctx context.Context, ch ssh.Channel) int {
			return s.Handler.Exec(ctx, arg.Value, ch, ch, ch.Stderr())
		}
	case r.Type == "subsystem" && arg.Value == "sftp" && !s.RefuseSFTP:
		return s.files
	}
	return nil
}

func (s *Server) files(_ context.Context, ch ssh.Channel) int {
	replies := &replies{Channel: ch}
	server := sftp.NewRequestServer(replies, s.Handler.Files())
	defer server.Close()
	err := server.Serve()
	replies.end()
	if err != nil {
		return 255
	}
	return 0
}

// replies is a channel that is not written to any more once the SFTP server
// has ended. The server's last reply may still be on its way then, and
// x/crypto lets nobody end a channel's output beside a write.
type replies struct {
	ssh.Channel
	mu   sync.Mutex
	over bool
}

func (r *replies) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return 0, io.EOF
	}
	return r.Channel.Write(p)
}

func (r *replies) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = true
}

// end tells the client how the command ended.
func end(ch ssh.Channel, code int) {
	_ = ch.CloseWrite()
	if code >= 0 {
		_, _ = ch.SendRequest("exit-status", false, ssh.Marshal(struct{ Code uint32 }{uint32(code)}))
		return
	}
	_, _ = ch.SendRequest("exit-signal", false, ssh.Marshal(struct {
		Signal        string
		Core          bool
		Text, LangTag string
	}{Signal: signalName(-code)}))
}

// signalName is a name of RFC 4254 section 6.10, without the SIG.
func signalName(n int) string {
	names := map[int]string{1: "HUP", 2: "INT", 3: "QUIT", 6: "ABRT", 9: "KILL", 11: "SEGV", 13: "PIPE", 14: "ALRM", 15: "TERM"}
	if name, known := names[n]; known {
		return name
	}
	return "KILL"
}
