package patcher

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// shellNode is a node in a directory: the real node program under a real shell.
type shellNode struct {
	name   inventory.NodeName
	root   string
	before func(verb string)       // called before each verb of the node program; may be nil
	after  func(verb string) error // called after it; an error is what is heard of it instead; may be nil
}

func newShellNode(t *testing.T, name inventory.NodeName) *shellNode {
	t.Helper()
	n := &shellNode{name: name, root: t.TempDir()}
	for path, content := range map[string]string{
		"proc/1/stat": "1 (systemd) S 0 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 77 1 2 3", "proc/stat": "btime 1\n", "proc/uptime": "5000.00 1.00\n",
		"proc/sys/kernel/random/boot_id":         "11111111-2222-3333-4444-555555555555\n",
		"opt/mesosphere/etc/dcos-version.json":   "{\n  \"version\": \"2.1.0\"\n}\n",
		"etc/mesosphere/roles/master":            "",
		"var/lib/dcos/cluster-id":                "3f0c1e2a-77d0-4c1b-9a55-0e6f2f1b8d11\n",
		"opt/mesosphere/active/.keep":            "",
		"etc/systemd/system/dcos.target.wants/x": "", "run/units/.keep": "",
	} {
		n.write(t, path, content)
	}
	return n
}

func (n *shellNode) write(t *testing.T, path, content string) {
	t.Helper()
	path = filepath.Join(n.root, path)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o700)); err != nil {
		t.Fatal(err)
	}
}

// Run is the login shell, sudo and all.
func (n *shellNode) Run(ctx context.Context, c sshexec.Cmd) (sshexec.Result, error) {
	argv := append([]string{}, c.Argv...)
	verb := ""
	switch {
	case len(argv) > 2 && argv[1] == node.InstalledPath():
		argv[1], verb = filepath.Join(n.root, argv[1]), argv[2]
	case len(argv) > 3: // sh -s -- VERB
		verb = argv[3]
	}
	if n.before != nil {
		n.before(verb)
	}
	stubs, err := filepath.Abs("../node/testdata/path")
	if err != nil {
		return sshexec.Result{}, err
	}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	var stdout, stderr bytes.Buffer
	cmd.Env = []string{"DCOS_PATCH_ROOT=" + n.root, "PATH=" + stubs + ":/usr/bin:/bin"}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = c.Stdin, &stdout, &stderr
	err = cmd.Run()
	if n.after != nil {
		if lost := n.after(verb); lost != nil {
			return sshexec.Result{}, lost
		}
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return sshexec.Result{}, &sshexec.ExitError{Node: string(n.name), Cmd: fmt.Sprint(c.Argv), Code: exit.ExitCode(), Stderr: stderr.Bytes()}
	}
	return sshexec.Result{Stdout: stdout.Bytes(), Stderr: stderr.Bytes()}, err
}

// Put uploads to the node's /tmp and installs from there.
func (n *shellNode) Put(ctx context.Context, f sshexec.PutFile) error {
	tmp := "/tmp/upload"
	path := filepath.Join(n.root, tmp)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, f.Content, 0o600)); err != nil {
		return err
	}
	_, err := n.Run(ctx, f.Install(tmp))
	return err
}

func (n *shellNode) DialContext(context.Context, string, string) (net.Conn, error) {
	return nil, errors.New("no network here")
}

// shellNodes are several; those that are missing cannot be reached.
type shellNodes map[inventory.NodeName]*shellNode

func (s shellNodes) Node(_ context.Context, name inventory.NodeName) (Host, error) {
	if n, ok := s[name]; ok {
		return n, nil
	}
	return nil, fmt.Errorf("%s: connection refused", name)
}

func masterNames(n int) []inventory.NodeName {
	var names []inventory.NodeName
	for i := range n {
		names = append(names, inventory.NodeName(fmt.Sprintf("m%d", i+1)))
	}
	return names
}

func newShellNodes(t *testing.T, names ...inventory.NodeName) shellNodes {
	t.Helper()
	s := shellNodes{}
	for _, name := range names {
		s[name] = newShellNode(t, name)
	}
	return s
}

func (shellNodes) Visit(inventory.NodeName) (leave func()) { return func() {} }
