package bench

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/dcos-patch/dcos-patch/internal/sshd"
)

// idle is a node that knows "true" and "echo", and nothing else.
type idle struct{}

func (idle) Exec(_ context.Context, line string, _ io.Reader, stdout, _ io.Writer) int {
	if said, ok := strings.CutPrefix(line, "echo "); ok {
		fmt.Fprintln(stdout, strings.Trim(said, "'"))
	}
	return 0
}
func (idle) Dial(context.Context, string) (net.Conn, error) { return nil, errors.New("no") }
func (idle) Files() sftp.Handlers                           { return sftp.Handlers{} }

func key(b testing.TB) (ssh.Signer, []byte) {
	_, k, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	s, err := ssh.NewSignerFromKey(k)
	if err != nil {
		b.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(k, "")
	if err != nil {
		b.Fatal(err)
	}
	return s, pem.EncodeToMemory(block)
}

// Benchmark200Connections holds 200 connections, each after a command, in a
// process of their own, and reports its resident memory. The goal is 25 MB.
func Benchmark200Connections(b *testing.B) {
	dir := b.TempDir()
	bin := filepath.Join(dir, "hold")
	if out, err := exec.Command("go", "build", "-o", bin, "./hold").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	hostKey, _ := key(b)
	userKey, private := key(b)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &sshd.Server{HostKey: hostKey, User: "ops", Authorized: []ssh.PublicKey{userKey.PublicKey()}, Handler: idle{}}
	go server.ServeListener(b.Context(), l)
	host, port, _ := net.SplitHostPort(l.Addr().String())
	known := fmt.Sprintf("[%s]:%s %s", host, port, ssh.MarshalAuthorizedKey(hostKey.PublicKey()))
	for name, content := range map[string]string{"id": string(private), "known_hosts": known} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	total := 0
	for b.Loop() {
		out, err := exec.Command(bin, l.Addr().String(), filepath.Join(dir, "id"), filepath.Join(dir, "known_hosts"), "200").CombinedOutput()
		if err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		kb, err := strconv.Atoi(strings.TrimSpace(string(out)))
		if err != nil {
			b.Fatal(err)
		}
		total += kb
	}
	b.ReportMetric(float64(total)/float64(b.N)/1024, "MB-RSS")
}
