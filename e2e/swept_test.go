//go:build e2e

package e2e

import (
	"context"
	"testing"
)

// leftScript prints what dcos-patch has left on a node: files but for those of
// receipts, units and processes.
const leftScript = `
find /var/lib/dcos-patch -not -path '*/receipts/*' -printf '%p %M %u\n' | sort
find /tmp /home/ops -maxdepth 1 -name '*dcos-patch*' -printf '%p %M %u\n'
systemctl list-units --all --plain --no-legend 'dcos-patch*' | cut -d' ' -f1
pgrep -fa '/node-[0-9a-f]{12}[.]sh'
true`

// wantSwept fails unless a sweep leaves nothing on the nodes but receipts and
// what keeps old controllers away. Uploads of dead controllers are made old
// first, since others that need no lock may be under way: only old ones are swept.
func (l *lab) wantSwept(ctx context.Context, t *testing.T, c controller) {
	t.Helper()
	l.onNodes(ctx, t, "find /tmp -maxdepth 1 -name 'dcos-patch.*' -exec touch -d '-11 minutes' {} +")
	c.want(ctx, t, 0, "sweep")
	const want = `/var/lib/dcos-patch drwx------ root
/var/lib/dcos-patch/.flock -rw------- root
/var/lib/dcos-patch/claim -rw------- root
/var/lib/dcos-patch/epoch -rw------- root
/var/lib/dcos-patch/receipts drwx------ root
`
	for _, n := range l.nodes {
		left, err := n.sh(ctx, leftScript)
		if err != nil || left != want {
			t.Errorf("%s: a sweep leaves\n%s%v\nwant\n%s", n.Name, left, err, want)
		}
	}
}
