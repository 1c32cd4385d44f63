//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/proof"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// referenceSetup is one machine with an sshd for every demand. Its host key is
// signed; core has two keys that let it in, other has none.
const referenceSetup = `
set -e
useradd -m -s /bin/bash -p '*' core
useradd -m -s /bin/bash -p '*' other
mkdir -p /run/sshd /home/core/.ssh
cp /keys/authorized /home/core/.ssh/authorized_keys
chown -R core: /home/core/.ssh
until [ -e /keys/host-cert.pub ]; do sleep 0.1; done # which names the address of this machine
cp /keys/host /keys/host-cert.pub /keys/ca.pub /etc/ssh/
chmod 600 /etc/ssh/host
serve() { # PORT, lines
	printf 'Port %s\nHostKey /etc/ssh/host\nPidFile none\nMaxStartups 100\n' "$1" >/etc/ssh/at$1
	printf "$2" >>/etc/ssh/at$1
	/usr/sbin/sshd -f /etc/ssh/at$1
}
serve 2201 ''
serve 2202 'MaxAuthTries 3\n'
serve 2203 'KexAlgorithms diffie-hellman-group-exchange-sha256\n'
serve 2204 'KexAlgorithms diffie-hellman-group16-sha512\n'
serve 2205 'Ciphers aes128-cbc\n'
serve 2206 'AuthenticationMethods publickey,password\n'
serve 2207 'AuthenticationMethods publickey,publickey\n'
serve 2208 'TrustedUserCAKeys /etc/ssh/ca.pub\nAuthorizedKeysFile none\n'
serve 2209 'HostCertificate /etc/ssh/host-cert.pub\n'
serve 2210 'ListenAddress 127.0.0.1\n'
echo ready
exec sleep infinity
`

// reference compares us with ssh itself, against the same sshd.
type reference struct {
	container
	dir string
}

func (r reference) file(name string) string { return filepath.Join(r.dir, name) }

// TestWeGetInWhereSSHDoes goes the same way by ssh and by sshexec: with the same
// configuration, keys, agent and known_hosts, both get in as the same user, from the
// same machine, at the same port, or neither does.
func TestWeGetInWhereSSHDoes(t *testing.T) {
	if !proof.Whole() {
		t.Skip("make proof does it")
	}
	r := startReference(t)
	base := fmt.Sprintf("Host *\n  UserKnownHostsFile %s\n  GlobalKnownHostsFile /dev/null\nHost %s* at* hop*\n  HostName %s\n  User core\n", r.file("known_hosts"), r.IP, r.IP)
	at := func(port int, lines string) string {
		return fmt.Sprintf("Host at\n  Port %d\n%s", port, lines) + base
	}
	good, ring := "  IdentityFile "+r.file("good")+"\n", []string{"k1", "k2", "k3", "k4", "k5", "k6", "k7", "good"}
	for _, row := range []struct {
		name, config string
		agent        []string
		in           bool
		says         string // of us, where neither gets in
	}{
		{"a key file", at(2201, good), nil, true, ""},
		{"the agent", at(2201, ""), []string{"good"}, true, ""},
		{"no key that fits", at(2201, ""), []string{"k1"}, false, "accepted none of our keys"},
		{"a full agent", at(2202, ""), ring, false, "MaxAuthTries"},
		{"a full agent, and the key named by its public half", at(2202, "  IdentityFile "+r.file("good.pub")+"\n"), ring, true, ""},
		{"a full agent, and only the key of a file that it does not hold", at(2202, "  IdentitiesOnly yes\n"+good), ring[:7], true, ""},
		{"an agent of the configuration", at(2201, "  IdentityAgent ${DCOS_PATCH_AGENT}\n"), []string{"good"}, true, ""},
		{"no agent by the configuration", at(2201, "  IdentityAgent none\n"), []string{"good"}, false, "no key to log in with"},
		{"group exchange only", at(2203, good), nil, true, ""},
		{"group16 only", at(2204, good), nil, true, ""},
		{"CBC only", at(2205, good), nil, false, "the node takes aes128-cbc"},
		{"CBC only, and allowed", at(2205, good+"  Ciphers +aes128-cbc\n"), nil, true, ""},
		{"a password besides", at(2206, good), nil, false, "wants password as well"},
		{"two keys", at(2207, good+"  IdentityFile "+r.file("second")+"\n"), nil, true, ""},
		{"two keys, and one is there", at(2207, good), nil, false, "AuthenticationMethods"},
		{"a certificate beside its key", at(2208, "  IdentityFile "+r.file("certified")+"\n"), nil, true, ""},
		{"a certificate, its key in the agent", at(2208, "  CertificateFile "+r.file("certified-cert.pub")+"\n"), []string{"k1", "certified"}, true, ""},
		{"a key without its certificate", at(2208, good), nil, false, "accepted none of our keys"},
		{"a host certificate of a known authority", at(2209, good+"  UserKnownHostsFile "+r.file("authority")+"\n"), nil, true, ""},
		{"a host certificate, and the plain key is known", at(2209, good), nil, true, ""},
		{"a host certificate, and nothing is known", at(2209, good+"  UserKnownHostsFile /dev/null\n"), nil, false, "is not known"},
		{"another host key is known", at(2201, good+"  UserKnownHostsFile "+r.file("wrong_hosts")+"\n"), nil, false, "has changed"},
		{"a host key for all", at(2201, good+"  UserKnownHostsFile "+r.file("wild_hosts")+"\n"), nil, true, ""},
		{"a hashed host", at(2201, good+"  UserKnownHostsFile "+r.file("hashed_hosts")+"\n"), nil, true, ""},
		{"a host key that is revoked", at(2201, good+"  UserKnownHostsFile "+r.file("known_hosts")+" "+r.file("revoked_hosts")+"\n"), nil, false, "is revoked"},
		{"an alias of the host key", at(2201, good+"  HostKeyAlias the-one\n  UserKnownHostsFile "+r.file("alias_hosts")+"\n"), nil, true, ""},
		{"through a jump host with a key of its own", "Host at\n  HostName 127.0.0.1\n  Port 2210\n  ProxyJump hop1\n  IdentityFile " + r.file("second") + "\nHost hop1\n  Port 2201\n" + good + base, nil, true, ""},
		{"through two, one of them named by the other", "Host at\n  HostName 127.0.0.1\n  Port 2210\n  ProxyJump hop2\nHost hop2\n  HostName 127.0.0.1\n  Port 2210\n  ProxyJump hop1\nHost hop1\n  Port 2201\n" + base, []string{"good"}, true, ""},
		{"through a jump host that does not let us in", "Host at\n  HostName 127.0.0.1\n  Port 2210\n  ProxyJump other@hop1\nHost hop1\n  Port 2201\n" + base, []string{"good"}, false, "accepted none of our keys"},
		{"Match and Include", base + "Include " + r.file("included") + "\nMatch originalhost at user core\n  Port 2201\n", nil, true, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			config := filepath.Join(t.TempDir(), "config")
			if err := os.WriteFile(config, []byte(row.config), 0o600); err != nil {
				t.Fatal(err)
			}
			socket := r.agent(t, row.agent)
			t.Setenv("DCOS_PATCH_AGENT", socket)
			theirs, theirErr := r.bySSH(t, config, socket)
			ours, err := r.byUs(t, config, socket)
			if (theirErr == nil) != row.in || (err == nil) != row.in || ours != theirs {
				t.Fatalf("ssh: %q, %v\nwe: %q, %v", theirs, theirErr, ours, err)
			}
			if err != nil && !strings.Contains(err.Error(), row.says) {
				t.Errorf("%v, want %q", err, row.says)
			}
			t.Logf("ssh and we: %s%v", ours, err)
		})
	}
}

// asked is what tells who has come, from where, to which port.
const asked = `set -- $SSH_CONNECTION; echo "$(id -un) from $1 at $3:$4"`

func (r reference) bySSH(t *testing.T, config, socket string) (string, error) {
	cmd := exec.CommandContext(t.Context(), "ssh", "-F", config, "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", "ConnectTimeout=20", "at", asked)
	cmd.Env = append(os.Environ(), "SSH_AUTH_SOCK="+socket)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, errs.String())
	}
	return string(out), nil
}

func (r reference) byUs(t *testing.T, config, socket string) (string, error) {
	s, err := sshexec.ReadSSHConfig(config)
	if err != nil {
		return "", err
	}
	target, err := s.Complete(sshexec.Target{Name: "at"})
	if err != nil {
		return "", err
	}
	c, err := sshexec.Dial(t.Context(), target, sshexec.Config{AgentSocket: socket})
	if err != nil {
		return "", err
	}
	defer c.Close()
	res, err := c.Run(t.Context(), sshexec.Cmd{Argv: []string{"bash", "-c", asked}})
	return string(res.Stdout), err
}

// agent starts a real ssh-agent that holds the keys; without any there is none.
func (r reference) agent(t *testing.T, keys []string) string {
	t.Helper()
	if len(keys) == 0 {
		return ""
	}
	socket := filepath.Join(t.TempDir(), "agent")
	cmd := exec.CommandContext(t.Context(), "ssh-agent", "-D", "-a", socket)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() })
	if err := until(t.Context(), time.Minute, "the agent", func() error { _, err := os.Stat(socket); return err }); err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		add := exec.CommandContext(t.Context(), "ssh-add", "-q", r.file(key))
		if key == "certified" { // the certificate is what the test gives
			add = exec.CommandContext(t.Context(), "ssh-add", "-q", r.file("certified-alone"))
		}
		add.Env = append(os.Environ(), "SSH_AUTH_SOCK="+socket)
		if out, err := add.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	return socket
}

func startReference(t *testing.T) reference {
	t.Helper()
	if _, err := exec.LookPath("ssh"); err != nil {
		t.Fatal("no ssh client here: install openssh-client")
	}
	ctx := t.Context()
	image, err := run(ctx, "./image.sh")
	if err != nil {
		t.Fatal(err)
	}
	r := reference{dir: t.TempDir(), container: container{Name: "reference", ID: fmt.Sprintf("dcos-patch-e2e-reference-%d", os.Getpid())}}
	r.makeKeys(t)
	if _, err := docker(ctx, "run", "-d", "--name", r.ID, "-v", r.dir+":/keys:ro", strings.TrimSpace(image), "bash", "-c", referenceSetup); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := docker(context.WithoutCancel(ctx), "rm", "-f", r.ID); err != nil {
			t.Error(err)
		}
	})
	ip, err := docker(ctx, "inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", r.ID)
	if err != nil {
		t.Fatal(err)
	}
	r.IP = strings.TrimSpace(ip)
	r.writeHosts(t)
	if err := until(ctx, 2*time.Minute, "the reference", func() error {
		out, err := docker(ctx, "logs", r.ID)
		if err == nil && !strings.Contains(out, "ready") {
			err = errors.New("it is not ready: " + out)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return r
}

// makeKeys makes the keys of users, of the host, and of the authority that signs
// one of each.
func (r reference) makeKeys(t *testing.T) {
	t.Helper()
	for _, name := range []string{"good", "second", "certified", "host", "other-host", "ca", "k1", "k2", "k3", "k4", "k5", "k6", "k7"} {
		r.keygen(t, "-t", "ed25519", "-N", "", "-C", name, "-f", r.file(name))
	}
	r.copy(t, "certified", "certified-alone")
	r.keygen(t, "-s", r.file("ca"), "-I", "user", "-n", "core", r.file("certified.pub"))
	r.write(t, "authorized", r.read(t, "good.pub")+r.read(t, "second.pub"))
	r.write(t, "included", "Match originalhost at\n  IdentityFile "+r.file("good")+"\nMatch originalhost nowhere\n  Port 1\n")
}

// writeHosts writes known_hosts files.
func (r reference) writeHosts(t *testing.T) {
	t.Helper()
	line := func(hosts, key string) string { return hosts + " " + r.read(t, key) }
	var all, wrong strings.Builder
	for port := 2201; port <= 2210; port++ {
		all.WriteString(line(fmt.Sprintf("[%s]:%d,[127.0.0.1]:%d", r.IP, port, port), "host.pub"))
		wrong.WriteString(line(fmt.Sprintf("[%s]:%d", r.IP, port), "other-host.pub"))
	}
	r.write(t, "known_hosts", all.String())
	r.write(t, "wrong_hosts", wrong.String())
	r.write(t, "alias_hosts", line("the-one", "host.pub"))
	r.write(t, "wild_hosts", line("*", "host.pub"))
	r.write(t, "revoked_hosts", line("@revoked *", "host.pub"))
	r.write(t, "hashed_hosts", all.String())
	r.keygen(t, "-H", "-f", r.file("hashed_hosts"))
	r.keygen(t, "-s", r.file("ca"), "-I", "host", "-h", "-n", r.IP, r.file("host.pub"))
	r.write(t, "authority", line("@cert-authority *", "ca.pub"))
}

func (r reference) keygen(t *testing.T, args ...string) {
	t.Helper()
	if _, err := run(t.Context(), "ssh-keygen", append([]string{"-q"}, args...)...); err != nil {
		t.Fatal(err)
	}
}

func (r reference) read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(r.file(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (r reference) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(r.file(name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (r reference) copy(t *testing.T, from, to string) {
	t.Helper()
	r.write(t, to, r.read(t, from))
}
