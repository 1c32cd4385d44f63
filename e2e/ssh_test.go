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
// do all that the suite asks for. For every login shell: a login that sudo obeys,
// one without sudo, one without forwarding, those whose sudo wants a password, a
// terminal or both, and one whose shell prints. A banner before every login.
const sshSetup = `
set -e
cd /
login() { # NAME SHELL
	id $1 2>/dev/null || useradd --create-home --shell "$2" --password '*' $1
	install -d -m 0700 -o $1 -g $1 /home/$1/.ssh
	install -m 0600 -o $1 -g $1 /home/ops/.ssh/authorized_keys /home/$1/.ssh/authorized_keys
}
for shell in bash ` + otherShells + `; do
	path=$(command -v $shell)
	for kind in open plain fixed ask term both noisy; do login $kind-$shell $path; done
	printf "open-$shell ALL=(ALL) NOPASSWD: ALL\nfixed-$shell ALL=(ALL) NOPASSWD: ALL\nnoisy-$shell ALL=(ALL) NOPASSWD: ALL\nask-$shell ALL=(ALL) ALL\n" >/etc/sudoers.d/$shell
	printf "Defaults:term-$shell requiretty\nterm-$shell ALL=(ALL) NOPASSWD: ALL\n" >>/etc/sudoers.d/$shell
	printf "Defaults:both-$shell requiretty\nDefaults:both-$shell timestamp_timeout=0\nboth-$shell ALL=(ALL) ALL\n" >>/etc/sudoers.d/$shell
	printf 'ask-%s:%s\nboth-%s:%s\n' $shell '` + suitePassword + `' $shell '` + suitePassword + `' | chpasswd
	case $shell in
	bash) profile=.bashrc ;;
	zsh) profile=.zshenv ;;
	fish) profile=.config/fish/config.fish ;;
	*csh) profile=.cshrc ;;
	esac
	install -D -m 0644 /dev/null /home/noisy-$shell/$profile
	echo "echo Welcome, noisy one; sh -c 'echo You have mail >&2'" >/home/noisy-$shell/$profile
done
login slow /bin/bash
echo 'sleep 3' >/home/slow/.bashrc
echo 'Authorised users only. All that you do is on record.' >/etc/issue.net
printf 'Banner /etc/issue.net\nMatch User fixed-*\n\tAllowTcpForwarding no\n' >/etc/ssh/sshd_config.d/zz-fixed.conf
systemctl restart ssh
printf 'server {\n\tlisten 8099;\n\tlocation / { default_type text/plain; return 200 $uri; }\n}\n' >/etc/nginx/conf.d/echo.conf
systemctl reload nginx
`

// otherShells are login shells that are no POSIX shell, but for zsh, which is
// nearly one.
const otherShells = "fish tcsh bsd-csh zsh"

const suitePassword = "s3cr3t of $HOME"

// sshSuite runs the suite that every stand-in of sshd passes against OpenSSH,
// and what goes through a login shell with each of them.
func sshSuite(ctx context.Context, t *testing.T, l *lab) {
	if _, err := l.bootstrap.sh(ctx, sshSetup); err != nil {
		t.Fatal(err)
	}
	w := l.ways(ctx, t)
	conformance.Run(t, l.suite(ctx, "bash", w))
	for _, shell := range strings.Fields(otherShells) {
		t.Run("through "+shell, func(t *testing.T) {
			t.Parallel()
			conformance.RunThroughShell(t, l.suite(ctx, shell, w))
		})
	}
}

// suite is the bootstrap node for the suite, by the logins of a shell.
func (l *lab) suite(ctx context.Context, shell string, w conformance.World) conformance.Lab {
	boot := l.bootstrap
	return conformance.Lab{Enter: func(t *testing.T, try func(*testing.T, conformance.World)) {
		at := func(kind string, port int) *sshexec.Target {
			return &sshexec.Target{Name: boot.Name, Addr: fmt.Sprintf("%s:%d", boot.IP, port), User: kind + "-" + shell}
		}
		w.Target = *at("open", 22)
		dir, err := boot.sh(ctx, fmt.Sprintf("d=/home/%[1]s/suite; install -d -m 0755 -o %[1]s -g %[1]s $d; new=$(mktemp -d $d/XXXXXXXX); chown %[1]s: $new; echo $new", w.Target.User))
		if err != nil {
			t.Fatal(err)
		}
		w.Config = sshexec.Config{Identities: []string{l.keyFile()}, KnownHosts: []string{l.knownHosts()}}
		w.NoSudo, w.NoForward, w.NoSFTP = at("plain", 22), at("fixed", 22), at("open", portNoSFTP)
		w.AskSudo, w.Terminal, w.AskTerminal, w.Noisy = at("ask", 22), at("term", 22), at("both", 22), at("noisy", 22)
		w.SudoPassword, w.Canary = sshexec.NewSecret(suitePassword), suitePassword
		w.Web, w.Dir = "127.0.0.1:8099", strings.TrimSpace(dir)
		w.Stat = func(name string) ([]byte, fs.FileMode, error) { return boot.stat(ctx, name) }
		w.Cut = func() {
			if _, err := boot.sh(ctx, "pkill -KILL -f '^sshd: (open|plain|fixed)' || true"); err != nil {
				t.Error(err)
			}
		}
		w.Silence = func() {
			t.Cleanup(func() {
				if _, err := docker(context.WithoutCancel(ctx), "unpause", boot.ID); err != nil {
					t.Error(err)
				}
			})
			if _, err := docker(ctx, "pause", boot.ID); err != nil {
				t.Error(err)
			}
		}
		try(t, w)
	}}
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
