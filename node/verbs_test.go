package node_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/node/nodetest"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

func agentBench(t *testing.T) *bench {
	b := newBench(t)
	b.Arrange(t, nodetest.Node{Role: dcos.PrivateAgent, Version: "2.1.0", Active: []string{"mesos--1", "dcos-config--setup_1"}})
	return b
}

func TestAnOldSystemdSaysItsVersionAndCountsNoRestarts(t *testing.T) {
	b := agentBench(t)
	b.write(t, "run/systemd-219", "", 0o644)
	s, err := node.TakeSurvey(t.Context(), b)
	if err != nil || s.Systemd != 219 {
		t.Errorf("systemd %d, %v", s.Systemd, err)
	}
	units, err := node.Units(t.Context(), b, "dcos-mesos-slave.service")
	if err != nil || len(units) != 1 || units[0].MainPID != 4242 {
		t.Errorf("%+v, %v", units, err)
	}
}

func TestASurveyFillsEveryField(t *testing.T) {
	b := agentBench(t)
	claim := node.Claim{Epoch: 3, Run: "run-1", Owner: "Zoë Ops on ops1, pid 4312"}
	if err := node.Init(t.Context(), b, claim); err != nil {
		t.Fatal(err)
	}
	if err := node.Lock(t.Context(), b, claim); err != nil {
		t.Fatal(err)
	}
	sha := b.Script(t)
	unit, err := node.Launch(t.Context(), b, node.Start{Claim: claim, SHA256: sha, Attempt: 1, From: "2.1.0", Until: soon(t, b)})
	if err != nil {
		t.Fatal(err)
	}
	b.write(t, "var/lib/dcos/cluster-id", "3f0c1e2a-77d0-4c1b-9a55-0e6f2f1b8d11", 0o644)
	b.write(t, "opt/mesosphere/etc/master_count", "3\n", 0o644)
	b.write(t, "etc/dcos-patch-rehearsal", "", 0o644)
	b.write(t, "etc/mesosphere/roles/something-else", "", 0o644)
	b.mkdir(t, "opt/mesosphere/packages/mesos--2_tmp")
	b.mkdir(t, "opt/mesosphere/packages/copy of mesos--2")
	b.Set(t, nodetest.Node{MidSwap: true})

	got, err := node.TakeSurvey(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	if got.FreeKB <= 0 || time.Since(got.ActiveChange).Abs() > time.Hour {
		t.Errorf("free %d kB, active changed %s", got.FreeKB, got.ActiveChange)
	}
	if !slices.Contains(got.Addresses, "127.0.0.1") || slices.ContainsFunc(got.Addresses, func(a string) bool { return strings.HasSuffix(a, ".255") }) {
		t.Errorf("addresses %q", got.Addresses)
	}
	got.FreeKB, got.ActiveChange, got.Addresses = 0, time.Time{}, nil
	want := node.Survey{
		ClusterID: "3f0c1e2a-77d0-4c1b-9a55-0e6f2f1b8d11", IP: "10.0.0.11", Roles: []dcos.Role{dcos.PrivateAgent}, Version: "2.1.0", Variant: "open",
		Active: []string{"dcos-config--setup_1", "mesos--1"}, Fetched: []string{"dcos-config--setup_1", "mesos--1"}, MidSwap: true, MasterCount: 3,
		CutSwap: dcos.CutSwap{Missing: []string{"include", "dcos.target.wants", "environment", "environment.export", "active.buildinfo.full.json"}, Setup: "inactive"},
		Systemd: 247, BootID: "11111111-2222-3333-4444-000000000001", PID1Start: 77, Rehearsal: true,
		PatchUnits: []node.PatchUnit{{Name: unit, State: "active"}}, Epoch: 3, Lock: &node.LockHolder{Epoch: 3, Run: "run-1", Owner: claim.Owner},
		Receipts: []node.Receipt{{SHA256: sha, Attempt: 1, State: node.Running}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("survey (-want +got):\n%s", diff)
	}
	if got.Role() != dcos.PrivateAgent || got.RunningUnit() != unit {
		t.Errorf("role %s, running %q", got.Role(), got.RunningUnit())
	}
}

func TestABareMachineCanBeSurveyedAndIsLeftAsItWas(t *testing.T) {
	b := newBench(t)
	for _, dir := range []string{"opt", "var/lib/dcos-patch", "etc"} {
		if err := os.RemoveAll(b.path(dir)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := node.TakeSurvey(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	if got.Role() != dcos.RoleUnknown || got.Version != "" || got.Active != nil || got.Receipts != nil {
		t.Errorf("got %+v", got)
	}
	if b.exists("var/lib/dcos-patch") {
		t.Error("a survey has left something behind")
	}
}

func TestNoStateIsGuessedWhileSystemdIsMute(t *testing.T) {
	b := agentBench(t)
	sha := launch(t, b)
	b.write(t, "run/systemd-is-mute", "", 0o644)
	if _, err := node.TakeSurvey(t.Context(), b); exitCode(err) != 1 {
		t.Errorf("survey: %v, want exit code 1", err)
	}
	if _, err := node.Receipts(t.Context(), b, sha); exitCode(err) != 1 {
		t.Errorf("receipt: %v, want exit code 1", err)
	}
}

func TestUnitsCarryTheirProcess(t *testing.T) {
	b := agentBench(t)
	b.write(t, "proc/4242/stat", "4242 (mesos-agent) S 1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 9876 1 2 3", 0o644)
	if err := os.Symlink("/opt/mesosphere/packages/mesos--1/bin/mesos-agent", b.path("proc/4242/exe")); err != nil {
		t.Fatal(err)
	}
	got, err := node.Units(t.Context(), b, "dcos-mesos-slave.service", "dcos-telegraf.socket", "dcos-nothing.service")
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 || got[0].Name != "dcos-mesos-slave.service" || got[0].StartTicks != 9876 || got[0].MainPID != 4242 ||
		got[0].Exe != "/opt/mesosphere/packages/mesos--1/bin/mesos-agent" {
		t.Fatalf("got %+v", got)
	}
	if got[1].Active != "active" || got[1].MainPID != 0 || got[1].StartTicks != 0 || got[2].Load != "not-found" {
		t.Errorf("got %+v", got[1:])
	}
	for _, u := range got {
		if u.BootID != "11111111-2222-3333-4444-000000000001" {
			t.Errorf("%s: boot id %q", u.Name, u.BootID)
		}
	}
}

func TestAllUnitsAreThoseOfTheTarget(t *testing.T) {
	b := agentBench(t)
	if _, err := node.AllUnits(t.Context(), b); exitCode(err) != 1 {
		t.Errorf("without units: %v, want exit code 1", err)
	}
	for _, name := range []string{"dcos-mesos-slave.service", "dcos-telegraf.socket", "dcos-signal.timer", "notes.txt"} {
		b.write(t, "etc/systemd/system/dcos.target.wants/"+name, "", 0o644)
	}
	got, err := node.AllUnits(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, u := range got {
		names = append(names, u.Name)
	}
	slices.Sort(names)
	if want := []string{"dcos-mesos-slave.service", "dcos-signal.timer", "dcos-telegraf.socket"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}

func TestChecksKeepTheRunnersWordsAndCode(t *testing.T) {
	b := agentBench(t)
	raw, exit, err := node.Checks(t.Context(), b, "node-poststart")
	if err != nil || exit != 2 || !strings.HasPrefix(string(raw), "{\n  \"status\": 2,") || !strings.HasSuffix(string(raw), "}\n") {
		t.Errorf("got %q, %d, %v", raw, exit, err)
	}
	if _, exit, err = node.Checks(t.Context(), b, "cluster"); err != nil || exit != 0 {
		t.Errorf("cluster: %d, %v", exit, err)
	}
	if err := os.Remove(b.path("opt/mesosphere/bin/dcos-check-runner")); err != nil {
		t.Fatal(err)
	}
	if raw, exit, err = node.Checks(t.Context(), b, "cluster"); err != nil || exit != 127 || len(raw) != 0 {
		t.Errorf("without a runner: %q, %d, %v; want 127", raw, exit, err)
	}
}

func TestCockroachIsAskedAsItsClusterWantsIt(t *testing.T) {
	for _, c := range []struct{ name, dir, want string }{
		{"open", "", "--insecure"},
		{"enterprise 1.13", "run/dcos/pki/cockroach", "--certs-dir=ROOT/run/dcos/pki/cockroach"},
		{"enterprise 2.1", "run/dcos/pki/bouncer", "--certs-dir=ROOT/run/dcos/pki/bouncer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := agentBench(t)
			if c.dir != "" {
				b.mkdir(t, c.dir)
			}
			out, err := node.Cockroach(t.Context(), b)
			if err != nil || string(out) != "id\taddress\tbuild\n1\t10.0.0.11:26257\t\n" {
				t.Errorf("got %q, %v", out, err)
			}
			want := "node status --ranges --format=tsv --host=10.0.0.11 " + strings.ReplaceAll(c.want, "ROOT", b.root) + "\n"
			if got := b.read(t, "run/cockroach"); got != want {
				t.Errorf("asked %q, want %q", got, want)
			}
			b.write(t, "run/cockroach-is-down", "", 0o644)
			if _, err := node.Cockroach(t.Context(), b); exitCode(err) != 1 {
				t.Errorf("down: %v, want exit code 1", err)
			}
		})
	}
}

func TestExhibitorIsAskedByPlainHTTPOrWithTheNodesKey(t *testing.T) {
	const body = "[ {\"code\":3,\"description\":\"serving\",\"hostname\":\"10.0.0.11\",\"isLeader\":true} ]\n\n"
	b := agentBench(t)
	for _, how := range []string{"http", "tls"} {
		if how == "tls" {
			b.write(t, dcos.ExhibitorTLSDir+"/client-key.pem", "", 0o600)
		}
		status, got, err := node.Exhibitor(t.Context(), b)
		if err != nil || status != 200 || string(got) != body {
			t.Errorf("%s: got %d %q, %v", how, status, got, err)
		}
	}
	b.write(t, "run/exhibitor-is-down", "", 0o644)
	if _, _, err := node.Exhibitor(t.Context(), b); exitCode(err) != 1 {
		t.Errorf("down: %v, want exit code 1", err)
	}
}

func TestEtcdIsAskedByPlainHTTPOrWithTheClientCertificate(t *testing.T) {
	b := agentBench(t)
	for _, how := range []string{"http", "tls"} {
		if how == "tls" {
			b.write(t, "run/dcos/pki/tls/private/etcd-client-root.key", "", 0o600)
		}
		status, got, err := node.Etcd(t.Context(), b)
		if err != nil || status != 200 || string(got) != "{\"health\":\"true\"}\n" {
			t.Errorf("%s: got %d %q, %v", how, status, got, err)
		}
	}
	b.write(t, "run/etcd-is-down", "", 0o644)
	if _, _, err := node.Etcd(t.Context(), b); exitCode(err) != 1 {
		t.Errorf("down: %v, want exit code 1", err)
	}
}

func TestInstallPutsFilesBelowOurDirectoryOnly(t *testing.T) {
	b := agentBench(t)
	b.write(t, "tmp/x/script", "echo hello\n", 0o666)
	dst := node.ScriptPath(strings.Repeat("a", 64))
	if _, err := b.Run(t.Context(), node.InstallCmd("0700", "/tmp/x/script", dst)); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(b.path(dst))
	if err != nil || info.Mode().Perm() != 0o700 || b.read(t, dst) != "echo hello\n" {
		t.Errorf("installed %v, %v", info, err)
	}
	if left, err := os.ReadDir(b.path(node.Dir + "/scripts")); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	for _, wrong := range []string{"/etc/passwd", node.Dir, node.Dir + "/", node.Dir + "/../dcos/x", node.Dir + "/bin/..", node.Dir + "/scripts", "relative"} {
		if _, err := b.Run(t.Context(), node.InstallCmd("0700", "/tmp/x/script", wrong)); exitCode(err) != 64 {
			t.Errorf("%s: %v, want exit code 64", wrong, err)
		}
	}
	if _, err := b.Run(t.Context(), node.InstallCmd("0700", "/tmp/x/nothing", dst)); exitCode(err) != 1 {
		t.Errorf("a source that is not there: %v, want exit code 1", err)
	}
}

// exitCode is what the node said; -1 when it did not say.
func exitCode(err error) int {
	var exit *sshexec.ExitError
	if errors.As(err, &exit) {
		return exit.Code
	}
	return -1
}

func TestALogAndAnOutputAreToldFromTheirEnd(t *testing.T) {
	b := agentBench(t)
	b.write(t, "proc/meminfo", "MemTotal: 1 kB\nMemAvailable: 1 kB\n", 0o644)
	sha := launch(t, b)
	b.End(t, nodetest.Ending{})
	long := strings.Repeat("an early line\n", 10_000) + "the last line\n"
	b.write(t, "run/log/dcos-setup.service", long, 0o644)
	b.write(t, "var/lib/dcos-patch/receipts/"+sha+"/1/output", long, 0o600)
	for _, call := range [][]string{{"log", "dcos-setup.service"}, {"output", sha, "1", "end"}} {
		got, err := node.Read(t.Context(), b, call[0], call[1:]...)
		if err != nil || len(got) != 64<<10 || !strings.HasSuffix(string(got), "the last line\n") {
			t.Errorf("%s: %d bytes, %v", call, len(got), err)
		}
	}
	got, err := node.Read(t.Context(), b, "resources")
	if err != nil || !strings.Contains(string(got), "MemAvailable: 1 kB\n") || strings.Count(string(got), "Filesystem ") != 2 {
		t.Errorf("%v\n%s", err, got)
	}
}
