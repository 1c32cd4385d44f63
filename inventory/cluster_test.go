package inventory

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcos-patch/dcos-patch/dcos"
)

func TestAnExclusionHoldsToTheEndOfItsLastDay(t *testing.T) {
	c := load(t, base+"exclude: [{node: a1, reason: PSU, until: 2026-12-01}, {node: a2, reason: gone}]\n")
	berlin := time.FixedZone("Berlin", 3600)
	for _, tc := range []struct {
		name  string
		node  NodeName
		today time.Time
		want  string
	}{
		{"long before", "a1", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), "PSU"},
		{"on the last day", "a1", time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), "PSU"},
		{"late on the last day", "a1", time.Date(2026, 12, 1, 23, 59, 59, 0, time.UTC), "PSU"},
		{"late on the last day where the operator is", "a1", time.Date(2026, 12, 1, 23, 59, 59, 0, berlin), "PSU"},
		{"at the first moment of the next day", "a1", time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC), ""},
		{"at the first moment of the operator's next day", "a1", time.Date(2026, 12, 2, 0, 0, 0, 0, berlin), ""},
		{"without an end", "a2", time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC), "gone"},
		{"of another node", "a3", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			x, holds := c.Excluded(tc.node, tc.today)
			if x.Reason != tc.want || holds != (tc.want != "") {
				t.Errorf("%v %+v, want %q", holds, x, tc.want)
			}
		})
	}
}

func TestWhatIsNotSaidIsTheDefault(t *testing.T) {
	c := load(t, base)
	want := DefaultPolicy("2.1.1")
	if diff := cmp.Diff(want, c.Policy); diff != "" {
		t.Errorf("policy of the cluster:\n%s", diff)
	}
	if diff := cmp.Diff(DefaultGroupPolicy("2.1.1", nil), c.Groups[0].Policy); diff != "" {
		t.Errorf("policy of the group:\n%s", diff)
	}
	if want.MaxOut.Set {
		t.Error("max_out has a default here; the plan computes it")
	}
	wantSSH := SSH{
		Port: 22, KnownHosts: []string{"/home/op/.ssh/known_hosts"}, Config: "/home/op/.ssh/config",
		Dial: 15 * time.Second, DialAttempts: 3, Keepalive: 15 * time.Second, KeepaliveMiss: 3,
	}
	if diff := cmp.Diff(wantSSH, c.SSH); diff != "" {
		t.Errorf("ssh:\n%s", diff)
	}
}

func TestScriptsThatWaitByThemselvesAreWatchedLonger(t *testing.T) {
	for version, want := range map[dcos.Version]time.Duration{
		"1.11.4": 30 * time.Minute, "1.12.1": 15 * time.Minute, "2.1.1": 15 * time.Minute, "2.2.0": 30 * time.Minute, "": 15 * time.Minute,
	} {
		if got := DefaultPolicy(version).Timeouts.Script; got != want {
			t.Errorf("%s: %s, want %s", version, got, want)
		}
	}
	c := load(t, with(t, "from: 2.1.0, to: 2.1.1", "from: 2.2.0, to: 2.2.1"))
	if got := c.Groups[0].Policy.Timeouts.Script; got != 30*time.Minute {
		t.Errorf("group at 2.2.1: %s", got)
	}
}

func TestDeclaredZonesMeanOneZoneAtATime(t *testing.T) {
	zoned := with(t, `"10.0.1.[1-3]"}`, `"10.0.1.[1-3]", zone: a}`)
	for name, tc := range map[string]struct {
		inventory string
		want      map[string]int
	}{
		"zones, and nothing said":        {zoned, map[string]int{"zone": 1}},
		"zones, and the cluster says":    {zoned + "policy: {spread: {zone: 2}}\n", map[string]int{"zone": 2}},
		"no zones, though the cluster":   {base + "policy: {spread: {zone: 2}}\n", nil},
		"no zones, and nothing is said ": {base, nil},
	} {
		if diff := cmp.Diff(tc.want, load(t, tc.inventory).Groups[0].Policy.Spread); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestTheGroupsPolicyWinsOverTheClusters(t *testing.T) {
	c := load(t, with(t, "{width: 1}", "{width: 10%, canary: [a2]}")+
		"policy: {width: 2, settle: 4m, max_out: 8, timeouts: {tasks: 7m, leader: 6m}}\n")
	g := c.Groups[0].Policy
	want := Merge(Policy{
		Width: Percent(10), Canary: []NodeName{"a2"}, Settle: 4 * time.Minute, MaxOut: Count(8),
		Timeouts: Timeouts{Tasks: 7 * time.Minute, Leader: 6 * time.Minute},
	}, DefaultGroupPolicy("2.1.1", nil))
	if diff := cmp.Diff(want, g); diff != "" {
		t.Error(diff)
	}
	if c.Policy.Width != Count(2) || c.Policy.Canary != nil {
		t.Errorf("the cluster's policy took from the group's: %+v", c.Policy)
	}
}

func TestNodesKnowWhatTheyAre(t *testing.T) {
	c := load(t, `version: 1
cluster: {name: c}
agents:
  z: {nodes: [{name: "a[09-10]", address: "A[9-10].example.com", port: 2222, zone: 7}], role: public}
  b: {nodes: [{name: b1, address: "fe80::1"}], role: private}
masters: [{name: "m[2-3]", address: "10.0.0.[2-3]"}, {name: m1, address: 10.0.0.1, zone: r1}]
ssh: {port: 2200}
`)
	want := []Node{
		{Name: "m1", Address: "10.0.0.1", Port: 2200, PortSaid: true, Role: dcos.Master, Zone: "r1", Group: "masters"},
		{Name: "m2", Address: "10.0.0.2", Port: 2200, PortSaid: true, Role: dcos.Master, Group: "masters"},
		{Name: "m3", Address: "10.0.0.3", Port: 2200, PortSaid: true, Role: dcos.Master, Group: "masters"},
		{Name: "a09", Address: "A9.example.com", Port: 2222, PortSaid: true, Role: dcos.PublicAgent, Zone: "7", Group: "z"},
		{Name: "a10", Address: "A10.example.com", Port: 2222, PortSaid: true, Role: dcos.PublicAgent, Zone: "7", Group: "z"},
		{Name: "b1", Address: "fe80::1", Port: 2200, PortSaid: true, Role: dcos.PrivateAgent, Group: "b"},
	}
	if diff := cmp.Diff(want, c.Nodes()); diff != "" {
		t.Error(diff)
	}
	if (c.Target != Target{}) {
		t.Errorf("a target out of nothing: %+v", c.Target)
	}
}

func TestOneAddressIsOneNodeHoweverItIsWritten(t *testing.T) {
	for _, pair := range [][2]string{
		{"address: 10.0.0.9", "address: \"::ffff:10.0.0.9\""},
		{"address: n9.example.com", "address: N9.Example.com."},
		{"address: 10.0.0.9", "address: 10.0.0.9, port: 22"},
		{"address: \"fe80::9\"", "address: \"fe80:0:0::9\""},
	} {
		nodes := "[{name: x, " + pair[0] + "}, {name: y, " + pair[1] + "}]"
		if _, err := read(with(t, `[{name: "a[1-3]", address: "10.0.1.[1-3]"}]`, nodes), nil); err == nil {
			t.Errorf("%s and %s are taken for two nodes", pair[0], pair[1])
		}
	}
	load(t, with(t, `[{name: "a[1-3]", address: "10.0.1.[1-3]"}]`,
		"[{name: x, address: 127.0.0.1, port: 2201}, {name: y, address: 127.0.0.1, port: 2202}]")) // a simulated cluster
}

func TestPathsStartAtTheInventory(t *testing.T) {
	c, err := read(with(t, `{url: "http://b/s.sh", from: 2.1.0, to: 2.1.1}`, "target-x.yaml")+
		"ssh: {identity: [~/.ssh/ops, keys/a, /k/b], known_hosts: ./known_hosts}\n",
		map[string]string{"etc/target-x.yaml": "{url: \"http://b/s.sh\", from: 2.1, to: 2.1.10, mesos: 1.10}"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"/home/op/.ssh/ops", "etc/keys/a", "/k/b"}, c.SSH.Identities); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"etc/known_hosts"}, c.SSH.KnownHosts); diff != "" {
		t.Error(diff)
	}
	want := Target{Source: "etc/target-x.yaml", URL: "http://b/s.sh", From: "2.1", To: "2.1.10", Mesos: "1.10"} // not 1.1
	if diff := cmp.Diff(want, c.Target); diff != "" {
		t.Error(diff)
	}
}

func TestWithoutAHomeNoHostKeyIsKnown(t *testing.T) {
	c, err := parse(source{name: "i.yaml", dir: ".", readFile: onDisk, home: noHome}, []byte(base))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.SSH.KnownHosts) > 0 {
		t.Errorf("known_hosts %q", c.SSH.KnownHosts)
	}
}

func TestAPortThatNobodySaidIsTold(t *testing.T) {
	c := load(t, base)
	if c.SSH.PortSaid || c.Nodes()[0].PortSaid || c.Nodes()[0].Port != 22 {
		t.Errorf("%+v, want port 22, and that it was not said", c.Nodes()[0])
	}
	c = load(t, base+"ssh: {port: 22}\n")
	if !c.SSH.PortSaid || !c.Nodes()[0].PortSaid || c.Nodes()[0].Port != 22 {
		t.Errorf("%+v, want port 22, and that it was said", c.Nodes()[0])
	}
}

func TestASecretIsReferredTo(t *testing.T) {
	c := load(t, base+"ssh: {sudo: {password: {env: OPS_SUDO}}, config: none}\n")
	if (c.SSH.SudoPassword != SecretRef{Env: "OPS_SUDO"}) || c.SSH.Config != "" {
		t.Errorf("%+v", c.SSH)
	}
	c = load(t, base+"ssh: {sudo: {password: {file: secrets/sudo}}, config: ./ssh_config}\n")
	if (c.SSH.SudoPassword != SecretRef{File: "etc/secrets/sudo"}) || c.SSH.Config != "etc/ssh_config" {
		t.Errorf("%+v", c.SSH)
	}
}
