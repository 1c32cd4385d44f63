//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/conformance"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// The further sshds of the bootstrap node.
const (
	portNoSFTP   = 2222
	portFew      = 2223
	portSlowDNS  = 2224
	portBusy     = 2225
	portSigned   = 2226
	portManyKeys = 2227
)

// waysSetup starts them. The name service of portSlowDNS hears every question
// and answers none.
const waysSetup = `
set -e
further() { # PORT FIRST LAST, lines; of most the first one wins, of MaxStartups the last
	{ printf "$2"; grep -v Subsystem /etc/ssh/sshd_config; [ $1 = 2222 ] || echo 'Subsystem sftp internal-sftp'; printf "$3"; } >/etc/ssh/sshd_$1
	/usr/sbin/sshd -t -f /etc/ssh/sshd_$1
	systemctl is-active -q sshd-$1 || systemd-run --unit=sshd-$1 /usr/sbin/sshd -D -p $1 -f /etc/ssh/sshd_$1
}
further 2222
further 2223 'MaxSessions 2\n'
further 2224 'UseDNS yes\n'
further 2225 '' 'MaxStartups 2:100:2\n'
further 2226 'HostCertificate /etc/ssh/suite_host-cert.pub\nTrustedUserCAKeys /etc/ssh/suite_ca.pub\nAuthorizedKeysFile none\n'
for type in rsa ecdsa; do
	[ -e /etc/ssh/suite_$type ] || ssh-keygen -q -t $type -N '' -f /etc/ssh/suite_$type
done
further 2227 'HostKey /etc/ssh/suite_rsa\nHostKey /etc/ssh/suite_ecdsa\n'
systemctl is-active -q deaf.socket || systemd-run --unit=deaf --socket-property=ListenDatagram=127.0.0.99:53 sleep infinity
[ -e /root/resolv.conf ] || cp /etc/resolv.conf /root/resolv.conf
printf 'nameserver 127.0.0.99\noptions timeout:2 attempts:2\n' >/etc/resolv.conf
`

// ways sets the bootstrap node's further ways in up, and is a world that has
// them and nothing else.
func (l *lab) ways(ctx context.Context, t *testing.T) conformance.World {
	t.Helper()
	file := func(name string) string { return filepath.Join(l.dir, "suite_"+name) }
	must := func(_ string, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	boot := l.bootstrap
	must(boot.sh(ctx, "cat /etc/ssh/ssh_host_ed25519_key.pub >/etc/ssh/suite_host.pub"))
	host, err := boot.sh(ctx, "cat /etc/ssh/suite_host.pub")
	must(host, err)
	must("", os.WriteFile(file("host.pub"), []byte(host), 0o600))
	for _, args := range [][]string{
		{"-q", "-t", "ed25519", "-N", "", "-f", file("ca")},
		{"-q", "-t", "ed25519", "-N", "", "-f", file("key")},
		{"-q", "-s", file("ca"), "-I", "host", "-h", "-n", boot.IP, file("host.pub")},
		{"-q", "-s", file("ca"), "-I", "user", "-n", "open-bash", file("key.pub")},
	} {
		must(run(ctx, "ssh-keygen", args...))
	}
	for _, name := range []string{"ca.pub", "host-cert.pub"} {
		content, err := os.ReadFile(file(name))
		must("", err)
		must("", boot.put(ctx, "/etc/ssh/suite_"+name, content))
	}
	must(boot.sh(ctx, waysSetup))
	t.Cleanup(func() { _, _ = boot.sh(context.WithoutCancel(ctx), "cat /root/resolv.conf >/etc/resolv.conf") })

	authority, err := os.ReadFile(file("ca.pub"))
	must("", err)
	must("", os.WriteFile(file("authority"), append([]byte("@cert-authority * "), authority...), 0o600))
	ecdsa, err := boot.sh(ctx, "cat /etc/ssh/suite_ecdsa.pub")
	must(ecdsa, err)
	must("", os.WriteFile(file("many"), fmt.Appendf(nil, "[%s]:%d %s", boot.IP, portManyKeys, ecdsa), 0o600))

	at := func(user string, port int) *sshexec.Target {
		return &sshexec.Target{Name: boot.Name, Addr: fmt.Sprintf("%s:%d", boot.IP, port), User: user}
	}
	w := conformance.World{
		Few: at("open-bash", portFew), SlowDNS: at("open-bash", portSlowDNS), Busy: at("open-bash", portBusy), SlowShell: at("slow", 22),
		Certified: at("open-bash", portSigned), CertifiedHosts: file("authority"),
		ManyKeys: at("open-bash", portManyKeys), ManyKeysHosts: file("many"),
		ByCertificate: at("open-bash", portSigned), CertificateIdentity: file("key"),
	}
	w.Certified.Identities = []string{file("key")}
	w.ByCertificate.KnownHosts = []string{file("authority")}
	for _, m := range l.masters()[:2] {
		w.Hops = append(w.Hops, sshexec.Hop{Name: m.Name, Addr: m.IP + ":22", User: "ops"})
	}
	return w
}
