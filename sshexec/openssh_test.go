//go:build e2e

package sshexec_test

import (
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"

	"github.com/dcos-patch/dcos-patch/internal/conformance"
	"github.com/dcos-patch/dcos-patch/internal/memnet"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// opensshSetup makes three servers of one machine: 22 is whole, 23 forbids
// forwarding, 24 has no SFTP. pat may use sudo, plain may not, ask must say a
// password, term and askterm need a terminal for it; noisy's shell prints.
const opensshSetup = `
set -e
for u in pat plain ask term askterm noisy; do
  useradd -m -s /bin/bash -p '*' $u
  mkdir -p /home/$u/.ssh
  echo "$PUBLIC" > /home/$u/.ssh/authorized_keys
done
echo 'pat ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/pat
echo 'noisy ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/noisy
echo 'ask ALL=(ALL) ALL' > /etc/sudoers.d/ask
printf 'Defaults:term requiretty\nterm ALL=(ALL) NOPASSWD: ALL\n' > /etc/sudoers.d/term
printf 'Defaults:askterm requiretty\nDefaults:askterm timestamp_timeout=0\naskterm ALL=(ALL) ALL\n' > /etc/sudoers.d/askterm
printf 'ask:%s\naskterm:%s\n' "$PASSWORD" "$PASSWORD" | chpasswd
printf 'echo Welcome, noisy one\necho You have mail >&2\n' > /home/noisy/.bashrc
mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N '' -f /tmp/hostkey
common='HostKey /tmp/hostkey
StrictModes no
PidFile none'
printf '%s\nPort 22\nSubsystem sftp internal-sftp\n' "$common" > /tmp/22
printf '%s\nPort 23\nSubsystem sftp internal-sftp\nAllowTcpForwarding no\n' "$common" > /tmp/23
printf '%s\nPort 24\n' "$common" > /tmp/24
cat > /tmp/nginx.conf <<'END'
events {}
http { server { listen 127.0.0.1:8080; location / { default_type text/plain; return 200 $uri; } } }
END
nginx -c /tmp/nginx.conf
/usr/sbin/sshd -f /tmp/23
/usr/sbin/sshd -f /tmp/24
cat /tmp/hostkey.pub
echo ready
exec /usr/sbin/sshd -D -e -f /tmp/22
`

// TestOpenSSH runs the suite against the real server, in a container of the
// image named by DCOS_PATCH_OPENSSH_IMAGE, which has sshd, sudo and nginx.
func TestOpenSSH(t *testing.T) {
	image := os.Getenv("DCOS_PATCH_OPENSSH_IMAGE")
	if image == "" {
		t.Skip("DCOS_PATCH_OPENSSH_IMAGE is not set")
	}
	const password = "s3cr3t of $HOME \\'x"
	k := newKeys(t)
	public := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(k.user.PublicKey())))
	id := docker(t, "run", "-d", "--rm", "-e", "PUBLIC="+public, "-e", "PASSWORD="+password, image, "sh", "-c", opensshSetup)
	t.Cleanup(func() { docker(t, "rm", "-f", id) })
	hostKey := awaitReady(t, id)
	ip := docker(t, "inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", id)

	var lines strings.Builder
	for _, port := range []string{"22", "23", "24"} {
		lines.WriteString(knownhosts.Line([]string{knownhosts.Normalize("m1:" + port)}, hostKey) + "\n")
	}
	known := filepath.Join(k.dir, "known_hosts")
	if err := os.WriteFile(known, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	at := func(user, port string) sshexec.Target {
		return sshexec.Target{Name: "m1", Addr: "m1:" + port, User: user}
	}
	plain, noForward, noSFTP := at("plain", "22"), at("pat", "23"), at("pat", "24")
	ask, term, askTerm, noisy := at("ask", "22"), at("term", "22"), at("askterm", "22"), at("noisy", "22")
	conformance.Run(t, conformance.Lab{Enter: func(t *testing.T, try func(*testing.T, conformance.World)) {
		var wire memnet.Network
		for _, port := range []string{"22", "23", "24"} {
			relay(t, &wire, "m1:"+port, net.JoinHostPort(ip, port))
		}
		try(t, conformance.World{
			Target: at("pat", "22"), NoSudo: &plain, NoForward: &noForward, NoSFTP: &noSFTP,
			AskSudo: &ask, Terminal: &term, AskTerminal: &askTerm, Noisy: &noisy,
			SudoPassword: sshexec.NewSecret(password), Canary: password,
			Config: sshexec.Config{Identities: []string{k.identity}, KnownHosts: []string{known}, NetDial: wire.DialContext},
			Web:    "127.0.0.1:8080", Dir: "/home/pat",
			Stat:    func(name string) ([]byte, fs.FileMode, error) { return statIn(id, name) },
			Cut:     func() { wire.Cut("m1:22") },
			Silence: func() { wire.Silence("m1:22") },
		})
	}})
}

// relay joins a name in memory, which can be cut, with a real address.
func relay(t *testing.T, n *memnet.Network, name, addr string) {
	t.Helper()
	at, err := n.Listen(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { at.Close() })
	go func() {
		for {
			near, err := at.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", addr)
			if err != nil {
				near.Close()
				continue
			}
			go func() { _, _ = io.Copy(near, far); near.Close() }()
			go func() { _, _ = io.Copy(far, near); far.Close() }()
		}
	}()
}

func docker(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("docker", args...).Output()
	if err != nil {
		t.Fatalf("docker %s: %v", args[0], err)
	}
	return strings.TrimSpace(string(out))
}

// awaitReady waits until the servers run, and returns their host key.
func awaitReady(t *testing.T, id string) ssh.PublicKey {
	t.Helper()
	for range 100 {
		if key, _, ready := strings.Cut(docker(t, "logs", id), "\nready"); ready {
			public, _, _, _, err := ssh.ParseAuthorizedKey([]byte(key))
			if err != nil {
				t.Fatal(err)
			}
			return public
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the container did not become ready")
	return nil
}

func statIn(id, name string) ([]byte, fs.FileMode, error) {
	mode, err := exec.Command("docker", "exec", id, "stat", "-c", "%a", name).Output()
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	bits, err := strconv.ParseUint(strings.TrimSpace(string(mode)), 8, 32)
	if err != nil {
		return nil, 0, err
	}
	content, err := exec.Command("docker", "exec", id, "cat", name).Output()
	return content, fs.FileMode(bits), err
}
