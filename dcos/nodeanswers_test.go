package dcos_test

import (
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/google/go-cmp/cmp"
)

func TestExhibitorStatus(t *testing.T) {
	const two = `[ { "code": 3, "description": "serving", "hostname": "172.31.12.169", "isLeader": true },
  { "code": 1, "description": "down", "hostname": "172.31.13.255", "isLeader": false } ]`
	want := []dcos.ExhibitorServer{{3, "serving", "172.31.12.169", true}, {1, "down", "172.31.13.255", false}}
	got, err := dcos.ParseExhibitorStatus([]byte(two))
	if err != nil || !cmp.Equal(got, want) {
		t.Fatalf("%v\n%s", err, cmp.Diff(want, got))
	}
	if !got[0].Serving() || got[1].Serving() || (dcos.ExhibitorServer{Code: 1, Description: "serving"}).Serving() {
		t.Error("serving is not what code and description agree on")
	}
	if got, err := dcos.ParseExhibitorStatus([]byte(`[]`)); err != nil || got == nil || len(got) != 0 {
		t.Errorf("an empty list is %v, %v", got, err)
	}
	for _, c := range []struct{ name, text, says string }{
		{"null", `null`, "null"},
		{"an object in place of the list", `{"switches":{},"state":3,"description":"serving","isLeader":false}`, "want a list"},
		{"a null server", `[null]`, "server 1 of 1: null"},
		{"no code", `[{"description":"serving","hostname":"a","isLeader":true}]`, "field code"},
		{"no description", `[{"code":3,"hostname":"a","isLeader":true}]`, "field description"},
		{"no hostname", `[{"code":3,"description":"serving","isLeader":true}]`, "field hostname"},
		{"no leader word", `[{"code":3,"description":"serving","hostname":"a"}]`, "field isLeader"},
		{"a code in words", `[{"code":"3","description":"serving","hostname":"a","isLeader":true}]`, "code"},
		{"an error page", `<html><title>Error 500</title></html>`, "an HTML page: Error 500"},
		{"nothing", ``, "an empty answer"},
		{"cut off", `[{"code":3,`, "cut off"},
	} {
		if _, err := dcos.ParseExhibitorStatus([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want an error with %q", c.name, err, c.says)
		}
	}
}

func TestCheckReport(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       dcos.CheckReport
	}{
		{
			"one critical, one timed out",
			`{ "status": 3, "checks": { "bad": { "output": "boom\n", "status": 2 }, "slow": { "output": "command [/bin/sleep 5] exceeded timeout 1s and was killed", "status": 3 } } }`,
			dcos.CheckReport{Status: 3, Checks: map[string]dcos.CheckResult{
				"bad": {2, "boom\n"}, "slow": {3, "command [/bin/sleep 5] exceeded timeout 1s and was killed"},
			}},
		},
		{
			"one could not be executed, and the runner exits 0",
			`{ "error": "One or more requested checks failed to execute.", "checks": [ "missing: fork/exec /nonexistent: no such file or directory" ] }`,
			dcos.CheckReport{Status: dcos.CheckUnknown, Error: "One or more requested checks failed to execute.", NotRun: []string{"missing: fork/exec /nonexistent: no such file or directory"}},
		},
		{
			"one could not be found, and the runner exits 0",
			`{ "error": "One or more requested checks could not be found on this node.", "checks": [ "cluster: Check not found" ] }`,
			dcos.CheckReport{Status: dcos.CheckUnknown, Error: "One or more requested checks could not be found on this node.", NotRun: []string{"cluster: Check not found"}},
		},
		{"no checks are defined", `{"status":0,"checks":{}}`, dcos.CheckReport{Checks: map[string]dcos.CheckResult{}}},
		{
			"codes outside 0 to 3 count as unknown in the total, and each check keeps its own",
			`{"status":3,"checks":{"ip":{"output":"sh: detect: not found\n","status":127},"log":{"output":"","status":4},"oom":{"output":"","status":-1},"xz":{"output":"","status":0}}}`,
			dcos.CheckReport{Status: 3, Checks: map[string]dcos.CheckResult{
				"ip": {127, "sh: detect: not found\n"}, "log": {4, ""}, "oom": {-1, ""}, "xz": {0, ""},
			}},
		},
		{
			"a runner that passes the highest code on",
			`{"status":127,"checks":{"ip":{"output":"","status":127}}}`,
			dcos.CheckReport{Status: 3, Checks: map[string]dcos.CheckResult{"ip": {127, ""}}},
		},
	} {
		got, err := dcos.ParseCheckReport([]byte(c.text))
		if err != nil || !cmp.Equal(got, c.want) {
			t.Errorf("%s: %v\n%s", c.name, err, cmp.Diff(c.want, got))
		}
	}
	for _, c := range []struct{ name, text, says string }{
		{"neither shape", `{"checks":{}}`, "field status"},
		{"both shapes", `{"status":0,"error":"x","checks":[]}`, "both status and error"},
		{"no checks", `{"status":0}`, "field checks"},
		{"checks are null", `{"status":0,"checks":null}`, "field checks"},
		{"an empty error", `{"error":"","checks":[]}`, "field error"},
		{"an error with results in place of the list", `{"error":"x","checks":{}}`, "want a list"},
		{"results in a list", `{"status":0,"checks":[]}`, "want an object"},
		{"a check without a status", `{"status":0,"checks":{"xz":{"output":""}}}`, "xz.status"},
		{"a check without output", `{"status":0,"checks":{"xz":{"status":0}}}`, "xz.output"},
		{"a code of no meaning that the total does not count", `{"status":2,"checks":{"xz":{"status":127,"output":""}}}`, "check xz has 127"},
		{"better together than one alone", `{"status":0,"checks":{"xz":{"status":2,"output":"no"}}}`, "check xz has 2"},
		{"the usage text", "Usage:\n  dcos-check-runner check", "text that begins"},
		{"null", `null`, "null"},
	} {
		if _, err := dcos.ParseCheckReport([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want an error with %q", c.name, err, c.says)
		}
	}
}

const twoUnits = `Id=dcos-mesos-master.service
LoadState=loaded
ActiveState=active
SubState=running
Result=success
MainPID=4711
NRestarts=2
ActiveEnterTimestampMonotonic=123456789
StartTicks=12345
Exe=/opt/mesosphere/packages/mesos--1a2b/bin/mesos-master
BootID=0f0e

Id=dcos-telegraf.socket
LoadState=loaded
ActiveState=inactive
SubState=dead
Result=success
ActiveEnterTimestampMonotonic=0
BootID=0f0e
`

func TestUnits(t *testing.T) {
	want := []dcos.Unit{
		{
			Name: "dcos-mesos-master.service", Load: "loaded", Active: "active", Sub: "running", Result: "success", MainPID: 4711,
			StartTicks: 12345, Exe: "/opt/mesosphere/packages/mesos--1a2b/bin/mesos-master", BootID: "0f0e", Restarts: dcos.KnownCount(2),
			ActiveEnterMonotonic: 123456789,
		},
		{Name: "dcos-telegraf.socket", Load: "loaded", Active: "inactive", Sub: "dead", Result: "success", BootID: "0f0e"},
	}
	got, err := dcos.ParseUnits([]byte(twoUnits))
	if err != nil || !cmp.Equal(got, want) {
		t.Fatalf("%v\n%s", err, cmp.Diff(want, got))
	}
	if p := got[0].Process(); p != "0f0e/4711/12345" || !got[0].Running() {
		t.Errorf("process is %q", p)
	}
	if p := got[1].Process(); p != "" || got[1].Running() {
		t.Errorf("a socket's process is %q", p)
	}
	gone := got[0]
	gone.StartTicks = 0
	if gone.Process() != "" {
		t.Error("a process that ended while being looked at has an identity")
	}
	for _, c := range []struct{ name, old, new, says string }{
		{"no name", "Id=dcos-mesos-master.service\n", "", "field Id"},
		{"no state", "ActiveState=active\n", "", "field ActiveState"},
		{"no boot", "BootID=0f0e\n\n", "\n", "field BootID"},
		{"no stamp", "ActiveEnterTimestampMonotonic=123456789\n", "", "ActiveEnterTimestampMonotonic"},
		{"a pid in words", "MainPID=4711", "MainPID=x", "field MainPID"},
		{"a key twice", "SubState=running", "SubState=running\nSubState=dead", "each key once"},
		{"a line that is none", "SubState=running", "SubState", "want KEY=VALUE"},
		{"a unit twice", "dcos-telegraf.socket", "dcos-mesos-master.service", "listed twice"},
	} {
		if _, err := dcos.ParseUnits([]byte(strings.Replace(twoUnits, c.old, c.new, 1))); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want an error with %q", c.name, err, c.says)
		}
	}
	if _, err := dcos.ParseUnits(nil); err == nil {
		t.Error("nothing is taken for units")
	}
}

func TestZooKeeper(t *testing.T) {
	const srvr = "Zookeeper version: 3.4.14-4c25d480e66aadd371de8bd2fd8da255ac140bcf, built on 03/06/2019 16:18 GMT\n" +
		"Latency min/avg/max: 0/0/12\nReceived: 42\nSent: 41\nConnections: 3\nOutstanding: 0\nZxid: 0x100000002\nMode: follower\nNode count: 4\n"
	const mntr = "zk_version\t3.4.14-4c25d48, built on 03/06/2019 16:18 GMT\nzk_server_state\tleader\nzk_followers\t2\nzk_synced_followers\t1\nzk_pending_syncs\t0\n"
	got, err := dcos.ParseSrvr([]byte(srvr))
	if want := (dcos.ZooKeeperServer{Mode: "follower", Version: "3.4.14-4c25d480e66aadd371de8bd2fd8da255ac140bcf"}); err != nil || got != want {
		t.Errorf("srvr: %+v, %v", got, err)
	}
	got, err = dcos.ParseMntr([]byte(mntr))
	want := dcos.ZooKeeperServer{Mode: "leader", Version: "3.4.14-4c25d48", Followers: dcos.KnownCount(2), SyncedFollowers: dcos.KnownCount(1)}
	if err != nil || got != want {
		t.Errorf("mntr: %+v, %v", got, err)
	}
	for name, text := range map[string]string{
		"with the newer name": strings.Replace(mntr, "zk_followers", "zk_learners", 1),
		"with 2.0 for 2":      strings.Replace(mntr, "\t2\n", "\t2.0\n", 1),
	} {
		if got, err := dcos.ParseMntr([]byte(text)); err != nil || got != want {
			t.Errorf("mntr %s: %+v, %v", name, got, err)
		}
	}
	for mode, serves := range map[string][2]bool{ // alone, among three
		"leader": {true, true}, "follower": {true, true}, "standalone": {true, false},
		"read-only": {}, "observer": {}, "lead": {}, "Leader": {}, "": {},
	} {
		s := dcos.ZooKeeperServer{Mode: mode}
		if got := [2]bool{s.Serves(1), s.Serves(3)}; got != serves {
			t.Errorf("mode %q: serves alone and among three: %v, want %v", mode, got, serves)
		}
	}
	const down = "This ZooKeeper instance is not currently serving requests\n"
	for word, parse := range map[string]func([]byte) (dcos.ZooKeeperServer, error){"srvr": dcos.ParseSrvr, "mntr": dcos.ParseMntr} {
		if got, err := parse([]byte(down)); err != nil || got.Serves(3) || got.Mode != "" {
			t.Errorf("%s of a server that does not serve: %+v, %v", word, got, err)
		}
		for name, bad := range map[string]string{
			"nothing":     "",
			"not allowed": word + " is not executed because it is not in the whitelist.\n",
			"a web page":  "<html><title>Bad Request</title></html>",
			"cut off":     "Zookeeper version: 3.4.14\nzk_version\t3.4.14\n",
		} {
			if got, err := parse([]byte(bad)); err == nil {
				t.Errorf("%s, %s: %+v", word, name, got)
			}
		}
	}
	if got, err := dcos.ParseMntr([]byte(strings.Replace(mntr, "zk_synced_followers\t1\n", "", 1))); err == nil {
		t.Errorf("a leader that does not count its followers: %+v", got)
	}
	follower := "zk_version\t3.4.14\nzk_server_state\tfollower\n"
	if got, err := dcos.ParseMntr([]byte(follower)); err != nil || got.Followers.Known || got.SyncedFollowers.Known {
		t.Errorf("a follower: %+v, %v", got, err)
	}
}
