//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/conformance"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// sshSetup makes the bootstrap node, which has no part in the cluster, able to
// do all that the suite asks for: a login without sudo, one without
// forwarding, those whose sudo wants a password, a terminal or both, one
// whose shell prints, a second sshd without SFTP, and a web server that echoes paths.
const sshSetup = `
set -e
for user in plain fixed ask term askterm noisy; do
	id $user 2>/dev/null || useradd --create-home --shell /bin/bash --password '*' $user
	install -d -m 0700 -o $user -g $user /home/$user/.ssh
	install -m 0600 -o $user -g $user /home/ops/.ssh/authorized_keys /home/$user/.ssh/authorized_keys
done
echo 'fixed ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/fixed
echo 'ask ALL=(ALL) ALL' >/etc/sudoers.d/ask
printf 'Defaults:term requiretty\nterm ALL=(ALL) NOPASSWD: ALL\n' >/etc/sudoers.d/term
printf 'Defaults:askterm requiretty\nDefaults:askterm timestamp_timeout=0\naskterm ALL=(ALL) ALL\n' >/etc/sudoers.d/askterm
printf 'ask:%s\naskterm:%s\n' '` + suitePassword + `' '` + suitePassword + `' | chpasswd
printf 'echo Welcome, noisy one\necho You have mail >&2\n' >/home/noisy/.bashrc
printf 'Match User fixed\n\tAllowTcpForwarding no\n' >/etc/ssh/sshd_config.d/zz-fixed.conf
grep -v Subsystem /etc/ssh/sshd_config >/etc/ssh/sshd_nosftp
systemctl restart ssh
systemctl is-active -q sshd-nosftp || systemd-run --unit=sshd-nosftp /usr/sbin/sshd -D -p 2222 -f /etc/ssh/sshd_nosftp
printf 'server {\n\tlisten 8099;\n\tlocation / { default_type text/plain; return 200 $uri; }\n}\n' >/etc/nginx/conf.d/echo.conf
systemctl reload nginx
`

const suitePassword = "s3cr3t of $HOME"

// sshSuite runs the suite that every stand-in of sshd passes against OpenSSH.
func sshSuite(ctx context.Context, t *testing.T, l *lab) {
	boot := l.bootstrap
	if _, err := boot.sh(ctx, sshSetup); err != nil {
		t.Fatal(err)
	}
	conformance.Run(t, conformance.Lab{Enter: func(t *testing.T, try func(*testing.T, conformance.World)) {
		target := func(user string, port int) sshexec.Target {
			return sshexec.Target{Name: boot.Name, Addr: fmt.Sprintf("%s:%d", boot.IP, port), User: user}
		}
		noSudo, noForward, noSFTP := target("plain", 22), target("fixed", 22), target("ops", 2222)
		ask, term, askTerm, noisy := target("ask", 22), target("term", 22), target("askterm", 22), target("noisy", 22)
		dir, err := boot.sh(ctx, "install -d -m 0755 -o ops -g ops /home/ops/suite; mktemp -d /home/ops/suite/XXXXXXXX | tee /dev/stderr | xargs chown ops: && ls -td /home/ops/suite/* | head -1")
		if err != nil {
			t.Fatal(err)
		}
		try(t, conformance.World{
			Target:    target("ops", 22),
			Config:    sshexec.Config{Identities: []string{l.keyFile()}, KnownHosts: []string{l.knownHosts()}},
			NoSudo:    &noSudo,
			NoForward: &noForward,
			NoSFTP:    &noSFTP,
			AskSudo:   &ask, Terminal: &term, AskTerminal: &askTerm, Noisy: &noisy,
			SudoPassword: sshexec.NewSecret(suitePassword), Canary: suitePassword,
			Web:  "127.0.0.1:8099",
			Dir:  strings.TrimSpace(dir),
			Stat: func(name string) ([]byte, fs.FileMode, error) { return boot.stat(ctx, name) },
			Cut: func() {
				if _, err := boot.sh(ctx, "pkill -KILL -f '^sshd: (ops|plain|fixed)' || true"); err != nil {
					t.Error(err)
				}
			},
			Silence: func() {
				t.Cleanup(func() {
					if _, err := docker(context.WithoutCancel(ctx), "unpause", boot.ID); err != nil {
						t.Error(err)
					}
				})
				if _, err := docker(ctx, "pause", boot.ID); err != nil {
					t.Error(err)
				}
			},
		})
	}})
}

// stat reads a file on the machine past SSH.
func (c container) stat(ctx context.Context, name string) ([]byte, fs.FileMode, error) {
	out, err := docker(ctx, "exec", c.ID, "sh", "-c", `[ -e "$1" ] || { echo absent; exit 0; }; stat -c %a "$1" && cat "$1"`, "sh", name)
	if err != nil {
		return nil, 0, err
	}
	head, content, _ := strings.Cut(out, "\n")
	if head == "absent" {
		return nil, 0, fs.ErrNotExist
	}
	mode, err := strconv.ParseUint(head, 8, 32)
	return []byte(content), fs.FileMode(mode), err
}
