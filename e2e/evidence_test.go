//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// evidence is what a node says about what has happened to it. All of the lab
// has one clock, the kernel's, so that moments of different nodes compare.
type evidence struct {
	version     string
	exe         string        // of the Mesos daemon that runs
	unitSince   time.Duration // when its unit became active, on the monotonic clock
	activations []time.Time   // starts of pkgpanda activate
	activated   []time.Time   // its ends
	serving     []time.Time   // Exhibitor turned serving, or the agent registered
	receipts    []string      // exit code of each attempt of any script that was not called off before it began, "running" without one
	libltdl     bool
	tasks       string // processes of the tasks
	probed      int    // tasks that were launched here by a framework, and ended well
}

// evidenceScript prints "key value" lines. It reads nothing of the journal's
// and nothing that the node program answers.
const evidenceScript = `
echo version $(sed -n 's/.*"version": "\(.*\)".*/\1/p' /opt/mesosphere/etc/dcos-version.json)
for unit in dcos-mesos-master dcos-mesos-slave dcos-mesos-slave-public; do
	pid=$(systemctl show -p MainPID --value $unit)
	[ "$pid" = 0 ] || { echo exe $(readlink /proc/$pid/exe); echo since $(systemctl show -p ActiveEnterTimestampMonotonic --value $unit); }
done
sed 's/^/event /' /var/log/dcos-standin.log
for attempt in /var/lib/dcos-patch/receipts/*/*; do
	[ -d "$attempt" ] && [ ! -e "$attempt/begun/called-off" ] && echo receipt $(cut -d' ' -f1 "$attempt/exit" 2>/dev/null || echo running)
done
[ -e /opt/mesosphere/lib/libltdl.so.7 ] && echo libltdl
for t in /var/lib/mesos/slave/standin-tasks/*; do
	[ -f "$t" ] && pid=$(cat "$t") && echo task ${t##*/} $pid $(cut -d' ' -f22 /proc/$pid/stat)
done
exit 0`

// read asks a node for its evidence.
func (n node) read(ctx context.Context, t *testing.T) evidence {
	t.Helper()
	out, err := n.sh(ctx, evidenceScript)
	if err != nil {
		t.Fatal(err)
	}
	var e evidence
	for line := range strings.Lines(out) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch key {
		case "version":
			e.version = value
		case "exe":
			e.exe = value
		case "since":
			us, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			e.unitSince = time.Duration(us) * time.Microsecond
		case "event":
			e.addEvent(t, value)
		case "receipt":
			e.receipts = append(e.receipts, value)
		case "libltdl":
			e.libltdl = true
		case "task":
			e.tasks += value + "\n"
		default:
			t.Fatalf("%s: evidence %q", n.Name, line)
		}
	}
	return e
}

func (e *evidence) addEvent(t *testing.T, line string) {
	t.Helper()
	ns, what, _ := strings.Cut(line, " ")
	n, err := strconv.ParseInt(ns, 10, 64)
	if err != nil {
		t.Fatalf("event %q: %v", line, err)
	}
	at := time.Unix(0, n)
	switch {
	case strings.HasPrefix(what, "pkgpanda activate "):
		e.activations = append(e.activations, at)
	case strings.HasPrefix(what, "pkgpanda activated"):
		e.activated = append(e.activated, at)
	case what == "mesos-agent ran a task: TASK_FINISHED":
		e.probed++
	case strings.HasPrefix(what, "exhibitor serving"), strings.HasPrefix(what, "mesos-agent registered"):
		e.serving = append(e.serving, at)
	}
}

// all asks every node.
func (l *lab) all(ctx context.Context, t *testing.T) map[string]evidence {
	t.Helper()
	out := map[string]evidence{}
	for _, n := range l.nodes {
		out[n.Name] = n.read(ctx, t)
	}
	return out
}

// servedAgain is when the node first served after its activation.
func (e evidence) servedAgain() (time.Time, error) {
	for _, at := range e.serving {
		if len(e.activations) > 0 && at.After(e.activations[len(e.activations)-1]) {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("has not served since its activation")
}

// wantPatched fails unless the node was patched by one run of one script, and
// runs what it has activated.
func wantPatched(t *testing.T, n node, before, after evidence) {
	t.Helper()
	if after.version != string(toVersion) {
		t.Errorf("%s: version %s, want %s", n.Name, after.version, toVersion)
	}
	if len(after.activations) != 1 || len(after.activated) != 1 {
		t.Errorf("%s: %d activations began and %d ended, want one of each", n.Name, len(after.activations), len(after.activated))
	}
	if len(after.receipts) != 1 || after.receipts[0] != "0" {
		t.Errorf("%s: receipts %v, want one with exit code 0", n.Name, after.receipts)
	}
	if after.exe == "" || after.exe == before.exe || after.unitSince <= before.unitSince {
		t.Errorf("%s: runs %s since %s, before the patch %s since %s: not a new program of a new start",
			n.Name, after.exe, after.unitSince, before.exe, before.unitSince)
	}
	if n.Role.IsAgent() && after.libltdl {
		t.Errorf("%s: libltdl.so.7 is still there", n.Name)
	}
	if after.tasks != before.tasks {
		t.Errorf("%s: tasks\n%swere before the patch\n%s", n.Name, after.tasks, before.tasks)
	}
}

// wantUntouched fails unless nothing was activated or restarted on the node.
func wantUntouched(t *testing.T, n node, before, after evidence) {
	t.Helper()
	if after.version != before.version || after.exe != before.exe || after.unitSince != before.unitSince ||
		len(after.activations) != len(before.activations) || len(after.receipts) != len(before.receipts) {
		t.Errorf("%s was touched:\nbefore %+v\nafter  %+v", n.Name, before, after)
	}
}

// wantOrder fails unless each master was activated only when the one before
// it served again, and every agent after all masters.
func (l *lab) wantOrder(t *testing.T, seen map[string]evidence) {
	t.Helper()
	for _, a := range l.nodes {
		back, err := seen[a.Name].servedAgain()
		if err != nil {
			t.Errorf("%s %v", a.Name, err)
			continue
		}
		for _, b := range l.nodes {
			if a.Role != dcos.Master || a.Name == b.Name || len(seen[a.Name].activations) == 0 || len(seen[b.Name].activations) == 0 {
				continue
			}
			first, second := seen[a.Name].activations[0], seen[b.Name].activations[0]
			if b.Role != dcos.Master && second.Before(first) {
				t.Errorf("agent %s was activated at %s, before master %s at %s", b.Name, second, a.Name, first)
			}
			if second.After(first) && second.Before(back) {
				t.Errorf("%s was activated at %s, while master %s was away from %s to %s", b.Name, second, a.Name, first, back)
			}
		}
	}
}
