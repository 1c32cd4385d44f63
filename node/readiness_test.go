package node_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcos-patch/dcos-patch/node"
)

const packageAtBoot = "http://boot/packages/mesos/mesos--2.tar.xz"

// tidy takes away what a bench has below /opt/mesosphere/bin and etc that no
// real node has: there, they are links into packages.
func (b *bench) tidy(t *testing.T) {
	t.Helper()
	for _, dir := range []string{"bin", "etc"} {
		files, err := filepath.Glob(b.path("opt/mesosphere/" + dir + "/*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			moved := b.path("opt/mesosphere/packages/mesos--1/" + filepath.Base(f))
			if err := os.Rename(f, moved); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(moved, f); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestReadinessFindsWhatAPatchNeedsAndWhatItTakesAway(t *testing.T) {
	for _, x := range []struct {
		name   string
		change func(t *testing.T, b *bench)
		want   func(r *node.Readiness)
	}{
		{"a tidy node", func(*testing.T, *bench) {}, func(*node.Readiness) {}},
		{"docker has failed", func(t *testing.T, b *bench) { b.write(t, "run/docker-service", "failed", 0o644) },
			func(r *node.Readiness) { r.Docker = "failed" }},
		{"docker is started by its socket", func(t *testing.T, b *bench) { b.write(t, "run/docker-service", "inactive", 0o644) },
			func(r *node.Readiness) { r.Docker = "socket" }},
		{"docker and its socket are inactive", func(t *testing.T, b *bench) {
			b.write(t, "run/docker-service", "inactive", 0o644)
			b.write(t, "run/docker-socket", "inactive", 0o644)
		}, func(r *node.Readiness) { r.Docker = "inactive" }},
		{"a unit of somebody else's", func(t *testing.T, b *bench) {
			b.write(t, "etc/systemd/system/dcos.target.wants/portworx.service", "", 0o644)
		}, func(r *node.Readiness) { r.ForeignUnits = []string{"portworx.service"} }},
		{"a file of somebody else's", func(t *testing.T, b *bench) { b.write(t, "opt/mesosphere/bin/our backup.sh", "", 0o755) },
			func(r *node.Readiness) { r.ForeignFiles = []string{"/opt/mesosphere/bin/our backup.sh"} }},
		{"what pkgpanda writes by itself is its own", func(t *testing.T, b *bench) {
			b.write(t, "opt/mesosphere/etc/dcos-service-configuration.json", "{}", 0o644)
		}, func(*node.Readiness) {}},
		{"a file of that name elsewhere is not", func(t *testing.T, b *bench) {
			b.write(t, "opt/mesosphere/lib/dcos-service-configuration.json", "{}", 0o644)
		}, func(r *node.Readiness) {
			r.ForeignFiles = []string{"/opt/mesosphere/lib/dcos-service-configuration.json"}
		}},
		{"a cache of Python is not worth a warning", func(t *testing.T, b *bench) {
			b.write(t, "opt/mesosphere/lib/python3.6/__pycache__/gen.cpython-36.pyc", "", 0o644)
		}, func(*node.Readiness) {}},
		{"libltdl is nobody else's", func(t *testing.T, b *bench) { b.write(t, "opt/mesosphere/lib/libltdl.so.7", "", 0o755) }, func(*node.Readiness) {}},
		{"Marathon has an event subscriber", func(t *testing.T, b *bench) {
			b.write(t, "opt/mesosphere/packages/mesos--1/marathon.sh", "exec marathon --event_subscriber http_callback", 0o755)
			if err := os.Symlink("../packages/mesos--1/marathon.sh", b.path("opt/mesosphere/bin/marathon.sh")); err != nil {
				t.Fatal(err)
			}
		}, func(r *node.Readiness) { r.EventSubscriber = true }},
		{"curl's loader warns", func(t *testing.T, b *bench) { b.write(t, "run/loader-warns", "", 0o644) }, func(*node.Readiness) {}},
		{"the bootstrap node is not reached", func(t *testing.T, b *bench) { b.write(t, "run/boot-is-down", "", 0o644) },
			func(r *node.Readiness) {
				r.HTTP, r.HTTPError = 0, "curl exit code 7: curl: (7) Failed to connect to boot"
			}},
	} {
		t.Run(x.name, func(t *testing.T) {
			b := agentBench(t)
			b.tidy(t)
			b.write(t, "opt/mesosphere/packages/mesos--1/dcos.target.wants_slave/dcos-mesos-slave.service", "", 0o644)
			b.write(t, "etc/systemd/system/dcos.target.wants/dcos-mesos-slave.service", "", 0o644)
			b.write(t, "opt/mesosphere/packages/mesos--1/large", strings.Repeat("x", 3<<20), 0o644)
			x.change(t, b)
			got, err := node.TakeReadiness(t.Context(), b, packageAtBoot)
			if err != nil {
				t.Fatal(err)
			}
			if got.TmpKB <= 0 || got.LargestKB < 3<<10 || got.LargestKB > got.PackagesKB || got.PackagesKB > 5<<10 {
				t.Errorf("sizes: %+v", got)
			}
			want := node.Readiness{TmpKB: got.TmpKB, PackagesKB: got.PackagesKB, LargestKB: got.LargestKB, Docker: "active", IPSet: got.IPSet, HTTP: 200}
			x.want(&want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAPackageOfUnknownUnitsSaysNothingOfForeignOnes(t *testing.T) {
	b := agentBench(t)
	b.write(t, "etc/systemd/system/dcos.target.wants/dcos-mesos-slave.service", "", 0o644)
	got, err := node.TakeReadiness(t.Context(), b, "")
	if err != nil || len(got.ForeignUnits) > 0 || got.HTTP != 0 || got.HTTPError != "" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAClockIsReadBetweenAskingAndHearing(t *testing.T) {
	b := agentBench(t)
	before := time.Now().Truncate(time.Millisecond)
	got, err := node.Clock(t.Context(), b)
	if err != nil || got.Before(before) || got.After(time.Now()) {
		t.Errorf("%s, %v; want a moment since %s", got, err, before)
	}
}
