//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// guardSetup makes a node's second sshd on port 2222, which only takes
// certificates and allows neither forwarding nor SFTP, and the login guard, of
// whom sudo wants a password every time. On some nodes sudo wants a
// terminal too, and on some the login shell prints.
const guardSetup = `
set -e
id guard 2>/dev/null || useradd --create-home --shell /bin/bash guard
chpasswd </root/guard.password
printf 'Defaults:guard timestamp_timeout=0\nguard ALL=(ALL) ALL\n' >/etc/sudoers.d/guard
case $(hostname) in
m2|a2) printf 'Defaults:guard requiretty\n' >>/etc/sudoers.d/guard ;;
m3|a3) echo 'echo Welcome to $(hostname), authorised users only; echo You have mail >&2' >/home/guard/.bashrc ;;
esac
{ echo 'AllowTcpForwarding no'; echo 'TrustedUserCAKeys /etc/ssh/guard_ca.pub'; echo 'AuthorizedKeysFile none'; grep -v Subsystem /etc/ssh/sshd_config; } >/etc/ssh/sshd_guard
systemctl is-active -q sshd-guard || systemd-run --unit=sshd-guard /usr/sbin/sshd -D -p 2222 -f /etc/ssh/sshd_guard
# Whatever shows the password to others on this node leaves a line.
systemctl is-active -q guard-watch || systemd-run --unit=guard-watch bash -c '{ cut -d: -f2 /root/guard.password; cat /root/guard.keys; } >/root/guard.needle
while :; do grep -laFf /root/guard.needle /proc/[0-9]*/cmdline /proc/[0-9]*/environ; sleep 0.2; done >>/root/guard.seen 2>/dev/null'
`

// guardedCluster is the lab as a careful operator's: a bastion that alone may
// log in, certificates, a password for sudo, no forwarding, no SFTP. Nothing
// goes wrong but the first password, and a second apply, by the usual way in,
// finds nothing to do.
func guardedCluster(ctx context.Context, t *testing.T, l *lab) {
	password := guardPassword(t)
	l.guard(ctx, t, password)
	secrets := slices.Concat([]string{password}, ownLines(t, l.guardFile("key")), ownLines(t, l.keyFile()))
	before := l.all(ctx, t)
	c := controller{lab: l, inventory: l.guardedInventory(ctx, t), state: t.TempDir()}

	t.Setenv("LAB_SUDO", "not "+password)
	refused := c.start(ctx, t, "plan")
	refused.wantExit(t, 3)
	if text := refused.out.String(); !strings.Contains(text, "sudo") {
		t.Errorf("a wrong password for sudo: %s", text)
	}
	wantSilent(t, "a refused plan", refused, secrets)
	t.Setenv("LAB_SUDO", password)
	for _, args := range [][]string{{"plan"}, {"check", "m2"}, {"check", "a3"}, {"stage", "--yes"}} {
		p := c.start(ctx, t, args...)
		p.wantExit(t, 0)
		wantSilent(t, args[0], p, secrets)
	}
	staged := l.all(ctx, t)
	for _, n := range l.nodes {
		wantUntouched(t, n, before[n.Name], staged[n.Name])
		wantFetched(ctx, t, n)
	}

	p := c.start(ctx, t, "apply", "--yes")
	p.wantExit(t, 0)
	l.wantWholePatch(ctx, t, before)
	after := l.all(ctx, t)
	l.wantProbed(t, after)
	wantSilent(t, "apply", p, secrets)
	for _, n := range l.nodes {
		wantHidden(ctx, t, n)
	}
	wantNotInFiles(t, c.state, secrets)

	l.controller(t).want(ctx, t, 0, "apply", "--yes")
	again := l.all(ctx, t)
	for _, n := range l.nodes {
		wantUntouched(t, n, after[n.Name], again[n.Name])
	}
}

func guardPassword(t *testing.T) string {
	t.Helper()
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		t.Fatal(err)
	}
	return "s3cr3t's $HOME " + hex.EncodeToString(b[:])
}

// guard sets every node up. Certificates hold for logins from the bastion
// only, so that nothing can get around it.
func (l *lab) guard(ctx context.Context, t *testing.T, password string) {
	t.Helper()
	for _, args := range [][]string{
		{"-q", "-t", "ed25519", "-N", "", "-f", l.guardFile("ca")},
		{"-q", "-t", "ed25519", "-N", "", "-f", l.guardFile("key")},
		{"-q", "-s", l.guardFile("ca"), "-I", "lab", "-n", "guard", "-O", "source-address=" + l.bootstrap.IP, l.guardFile("key.pub")},
	} {
		if _, err := run(ctx, "ssh-keygen", args...); err != nil {
			t.Fatal(err)
		}
	}
	authority, err := os.ReadFile(l.guardFile("ca.pub"))
	if err != nil {
		t.Fatal(err)
	}
	keys := append(ownLines(t, l.guardFile("key")), ownLines(t, l.keyFile())...)
	err = l.each(func(c container, role dcos.Role) error {
		if role == dcos.RoleUnknown {
			return nil
		}
		if err := c.put(ctx, "/etc/ssh/guard_ca.pub", authority); err != nil {
			return err
		}
		if err := c.put(ctx, "/root/guard.password", []byte("guard:"+password+"\n")); err != nil {
			return err
		}
		if err := c.put(ctx, "/root/guard.keys", []byte(strings.Join(keys, "\n")+"\n")); err != nil {
			return err
		}
		_, err := c.sh(ctx, "chmod 0600 /root/guard.password /root/guard.keys;"+guardSetup)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// ownLines are the lines of a private key file that no other key has.
func ownLines(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) < 4 {
		t.Fatalf("%s has %d lines", file, len(lines))
	}
	return lines[2 : len(lines)-1] // the one before them says how it is encrypted
}

func (l *lab) guardFile(name string) string { return filepath.Join(l.dir, "guard_"+name) }

// guardedInventory is the lab's inventory with another way in. The port and
// the bastion are in the ssh configuration.
func (l *lab) guardedInventory(ctx context.Context, t *testing.T) string {
	t.Helper()
	config := fmt.Sprintf("Host bastion\n  HostName %s\n  Port 22\n  User ops\n  IdentityFile %s\nHost *\n  Port 2222\n  User nobody\n", l.bootstrap.IP, l.keyFile())
	if err := os.WriteFile(l.guardFile("ssh_config"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	plain, err := l.writeInventory()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(plain)
	if err != nil {
		t.Fatal(err)
	}
	ssh := fmt.Sprintf("ssh: {user: guard, identity: %s, known_hosts: %s, jump: [bastion], config: %s, sudo: {password: {env: LAB_SUDO}}}",
		l.guardFile("key"), l.knownHosts(), l.guardFile("ssh_config"))
	guarded := regexp.MustCompile(`(?m)^ssh: .*$`).ReplaceAll(text, []byte(ssh))
	if bytes.Equal(guarded, text) {
		t.Fatal("the inventory has no ssh line")
	}
	file := l.guardFile("inventory.yaml")
	if err := os.WriteFile(file, guarded, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// wantFetched fails unless the new packages are on the node.
func wantFetched(ctx context.Context, t *testing.T, n node) {
	t.Helper()
	if out, err := n.sh(ctx, "ls -d /opt/mesosphere/packages/mesos--* | wc -l"); err != nil || out != "2\n" {
		t.Errorf("%s holds %q packages of Mesos, %v; want the old and the new one", n.Name, out, err)
	}
}

// wantSilent fails if a command has printed a secret.
func wantSilent(t *testing.T, what string, p *process, secrets []string) {
	t.Helper()
	for _, secret := range secrets {
		if strings.Contains(p.out.String(), secret) {
			t.Errorf("%s shows a secret", what)
		}
	}
}

// wantHidden fails if the password, or a line of a private key, is to be seen
// anywhere on the node that is not its own place.
func wantHidden(ctx context.Context, t *testing.T, n node) {
	t.Helper()
	out, err := n.sh(ctx, `systemctl is-active guard-watch; systemctl stop guard-watch; cat /root/guard.seen
journalctl -q | grep -cFf /root/guard.needle
grep -rlFf /root/guard.needle /var/log /var/lib/dcos-patch /tmp /home /run 2>/dev/null; true`)
	if want := "active\n0\n"; err != nil || out != want {
		t.Errorf("%s: a secret was seen: %q, %v; want %q", n.Name, out, err, want)
	}
}

// wantNotInFiles fails if a file of a directory, or in a pack there, holds a
// secret.
func wantNotInFiles(t *testing.T, dir string, secrets []string) {
	t.Helper()
	files := 0
	look := func(path, content string) {
		files++
		for _, secret := range secrets {
			if strings.Contains(content, secret) {
				t.Errorf("%s holds a secret", path)
			}
		}
	}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		look(path, string(content))
		if err == nil && strings.HasSuffix(path, ".tar.gz") {
			var packed map[string]string
			packed, err = unpacked(content)
			for name, body := range packed {
				look(path+": "+name, body)
			}
		}
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("%d files looked through: %v", files, err)
	}
}
