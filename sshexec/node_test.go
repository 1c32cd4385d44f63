package sshexec_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"net"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pkg/sftp"

	"github.com/dcos-patch/dcos-patch/internal/memnet"
	"github.com/dcos-patch/dcos-patch/internal/sshd"
)

// node is the smallest node that internal/conformance can talk to.
type node struct {
	net    *memnet.Network
	noSudo bool
	asks   string // the password that sudo wants
	motd   string // what the login shell prints

	shell time.Duration // what the login shell takes to begin

	fails   map[string]string // by program: what it says as it fails
	df      [2]string         // what it says of kB and of inodes
	noWrite bool              // SFTP's writes fail

	mu     sync.Mutex
	dirs   map[string]bool
	files  map[string]file
	ran    []string          // every command line
	damage func(path string) // called after each file that came by SFTP
}

type file struct {
	content []byte
	mode    fs.FileMode
}

func newNode(n *memnet.Network) *node {
	return &node{net: n, dirs: map[string]bool{"/tmp": true, "/home": true}, files: map[string]file{}}
}

func (n *node) Exec(ctx context.Context, line string, stdin io.Reader, stdout, stderr io.Writer) int {
	n.mu.Lock()
	n.ran = append(n.ran, line)
	n.mu.Unlock()
	if n.shell > 0 {
		select {
		case <-time.After(n.shell):
		case <-ctx.Done():
			return -15
		}
	}
	_, _ = io.WriteString(stdout, n.motd)
	if rest, begins := strings.CutPrefix(line, "echo dcos-patch-begin; "); begins {
		fmt.Fprintln(stdout, "dcos-patch-begin")
		line = rest
	}
	argv, err := sshd.Words(line)
	if err != nil || len(argv) == 0 {
		fmt.Fprintln(stderr, "sh:", err)
		return 2
	}
	uid := 1000
	if argv[0] == "sudo" {
		if n.noSudo {
			fmt.Fprintln(stderr, "sudo: a password is required")
			return 1
		}
		if argv[1] == "-S" { // -S -p PROMPT /bin/sh -c SCRIPT sh COMMAND...
			if n.asks != "" && !asked(argv[3], n.asks, stdin, stderr) {
				return 1
			}
			fmt.Fprintln(stderr, "dcos-patch-sudo-begun")
			argv = argv[6:]
		} else if n.asks != "" {
			fmt.Fprintln(stderr, "sudo: a password is required")
			return 1
		}
		argv, uid = argv[2:], 0
	}
	if words := n.fails[argv[0]]; words != "" {
		fmt.Fprintln(stderr, words)
		return 1
	}
	switch verb, args := argv[0], argv[1:]; verb {
	case "true":
		return 0
	case "df":
		fmt.Fprintln(stdout, n.df[map[string]int{"-Pk": 0, "-Pi": 1}[args[0]]])
		return 0
	case "false":
		return 1
	case "killed":
		return -15
	case "complain":
		fmt.Fprintln(stderr, strings.Join(args, " "))
		return 1
	case "rant": // more on standard error than is kept, and the reason at its end
		for range 3000 {
			fmt.Fprintln(stderr, "downloading, and a long line of progress of no use to anybody")
		}
		fmt.Fprintln(stderr, "ERROR: Unable to fetch package mesos--2: 404")
		fmt.Fprintln(stderr, "pkgpanda fetch: exit code 1")
		return 1
	case "echo":
		fmt.Fprintln(stdout, strings.Join(args, " "))
		return 0
	case "id":
		fmt.Fprintln(stdout, uid)
		return 0
	case "cat":
		_, _ = io.Copy(stdout, stdin)
		return 0
	case "yes":
		for ctx.Err() == nil {
			if _, err := fmt.Fprintln(stdout, "y"); err != nil {
				break
			}
		}
		return 0
	case "sleep":
		seconds, _ := strconv.Atoi(args[0])
		select {
		case <-time.After(time.Duration(seconds) * time.Second):
		case <-ctx.Done():
		}
		return 0
	default:
		return n.fileCommand(argv, stdin, stdout, stderr)
	}
}

// asked is a sudo that wants a password, and takes three.
func asked(prompt, want string, stdin io.Reader, stderr io.Writer) bool {
	for range 3 {
		fmt.Fprint(stderr, "[lecture] ", prompt)
		var line []byte
		one := make([]byte, 1)
		for len(line) == 0 || line[len(line)-1] != '\n' {
			if _, err := io.ReadFull(stdin, one); err != nil {
				fmt.Fprintln(stderr, "\nsudo: no password was provided")
				return false
			}
			line = append(line, one[0])
		}
		if string(line) == want+"\n" {
			return true
		}
		fmt.Fprintln(stderr, "Sorry, try again.")
	}
	fmt.Fprintln(stderr, "sudo: 3 incorrect password attempts")
	return false
}

// fileCommand runs what needs the files.
func (n *node) fileCommand(argv []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var sent []byte
	if argv[0] == "tee" {
		sent, _ = io.ReadAll(stdin)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	switch last := argv[len(argv)-1]; argv[0] {
	case "mktemp":
		dir := strings.TrimRight(last, "X") + fmt.Sprintf("%08d", len(n.ran))
		n.dirs[dir] = true
		fmt.Fprintln(stdout, dir)
	case "sha256sum":
		f, ok := n.files[last]
		if !ok {
			fmt.Fprintf(stderr, "sha256sum: %s: No such file or directory\n", last)
			return 1
		}
		fmt.Fprintf(stdout, "%x  %s\n", sha256.Sum256(f.content), last)
	case "rm":
		delete(n.dirs, last)
		for name := range n.files {
			if strings.HasPrefix(name, last+"/") {
				delete(n.files, name)
			}
		}
	case "install": // -m MODE FILE DST
		mode, _ := strconv.ParseUint(argv[2], 8, 32)
		f, ok := n.files[argv[3]]
		if !ok || !n.dirs[path.Dir(last)] {
			fmt.Fprintf(stderr, "install: cannot create regular file %q\n", last)
			return 1
		}
		n.files[last] = file{f.content, fs.FileMode(mode)}
	case "tee":
		n.files[last] = file{sent, 0o600}
		_, _ = stdout.Write(sent)
	default:
		fmt.Fprintln(stderr, "sh: not found:", argv[0])
		return 127
	}
	return 0
}

func (n *node) Dial(ctx context.Context, addr string) (net.Conn, error) { return n.net.Dial(ctx, addr) }

func (n *node) Files() sftp.Handlers { return sftp.Handlers{FilePut: n} }

// Filewrite takes one file over SFTP.
func (n *node) Filewrite(r *sftp.Request) (io.WriterAt, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case !n.dirs[path.Dir(r.Filepath)]:
		return nil, sftp.ErrSSHFxNoSuchFile
	case n.noWrite:
		return nil, sftp.ErrSSHFxFailure
	}
	n.files[r.Filepath] = file{mode: 0o600}
	return &upload{n, r.Filepath}, nil
}

// halve damages a file as a full disk does.
func (n *node) halve(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	f := n.files[name]
	f.content = f.content[:len(f.content)/2]
	n.files[name] = f
}

func (n *node) stat(name string) ([]byte, fs.FileMode, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	f, ok := n.files[name]
	if !ok {
		return nil, 0, fs.ErrNotExist
	}
	return f.content, f.mode, nil
}

func (n *node) privateDirs() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var left []string
	for dir := range n.dirs {
		if strings.HasPrefix(dir, "/tmp/") {
			left = append(left, dir)
		}
	}
	return left
}

type upload struct {
	n    *node
	path string
}

func (u *upload) WriteAt(p []byte, off int64) (int, error) {
	u.n.mu.Lock()
	defer u.n.mu.Unlock()
	f := u.n.files[u.path]
	if need := int(off) + len(p); need > len(f.content) {
		f.content = append(f.content, make([]byte, need-len(f.content))...)
	}
	copy(f.content[off:], p)
	u.n.files[u.path] = f
	return len(p), nil
}

func (u *upload) Close() error {
	if u.n.damage != nil {
		u.n.damage(u.path)
	}
	return nil
}
