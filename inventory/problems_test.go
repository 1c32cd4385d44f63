package inventory

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write golden files")

// problemCases are one mistake each: what of base is replaced (nothing: the
// text is appended), and the problems wanted, in full.
var problemCases = []struct{ name, old, text, want string }{
	{"an unknown field is refused with the one that was meant", "", "polcy: {}",
		`etc/inventory.yaml:10:1: polcy: unknown field (did you mean "policy"?)`},
	{"a field in the wrong place is told its place", "", "max_failures: 1",
		`etc/inventory.yaml:10:1: max_failures: unknown field (it belongs in policy)`},
	{"a second key is refused with the line of the first", "", "cluster: {name: d}",
		`etc/inventory.yaml:10:1: cluster: is here twice, first in line 2 (keep one; which of them holds is nothing to guess)`},
	{"a missing field is named", "cluster: {name: c}", "cluster: {id: x}",
		`etc/inventory.yaml:2:10: cluster.name: is missing (write "name: ...")`},
	{"a key without a value is refused", "", "policy:",
		`etc/inventory.yaml:10:8: policy: has no value (fill it in, or remove the line)`},
	{"a text where a mapping belongs is refused", "", "policy: wide",
		`etc/inventory.yaml:10:9: policy: is "wide"; a mapping is wanted (write "field: value" lines below it, or {field: value})`},
	{"a mapping where a list belongs is refused", "[{name: m1, address: 10.0.0.1}]", "{name: m1, address: 10.0.0.1}",
		`etc/inventory.yaml:4:10: masters: is a mapping; a list is wanted (begin each line with "- ", or write [a, b])`},
	{"a truth value is no text", "", "ssh: {user: true}",
		`etc/inventory.yaml:10:13: ssh.user: is the truth value true; a text is wanted`},
	{"an anchor is refused", "{name: c}", "&c {name: c}",
		`etc/inventory.yaml:2:10: cluster: carries a YAML anchor (&c), which an inventory does not have (remove it)`},
	{"a merge key is refused", "", "policy: {<<: {width: 1}}",
		`etc/inventory.yaml:10:10: policy: has a key that is not a plain word (merge keys, anchors and aliases are not read: write the fields out)`},
	{"a tab is refused with its line", "", "policy:\n\twidth: 1",
		`etc/inventory.yaml:11: is no YAML: found character that cannot start any token (indent with spaces: YAML has no tabs there)`},
	{"a bare range in braces is refused with its line", `"a[1-3]"`, `a[1-3]`,
		`etc/inventory.yaml:8: is no YAML: did not find expected ',' or '}' (inside { } write a range in quotes: {name: "a[001-035]"})`},
	{"a second document is refused", "", "---\nversion: 1",
		`etc/inventory.yaml:10:1: has a second document (---) (one file holds one document)`},
	{"an old or new format is refused", "version: 1", "version: 2",
		`etc/inventory.yaml:1:10: version: is "2"; this program reads version 1`},
	{"a cluster name that is no file name is refused", "{name: c}", "{name: ../c}",
		`etc/inventory.yaml:2:17: cluster.name: "../c" is no name (up to 63 letters, digits, dots, dashes and underscores, beginning with a letter or digit)`},

	{"an even number of masters is refused", "[{name: m1, address: 10.0.0.1}]", `[{name: "m[1-4]", address: "10.0.0.[1-4]"}]`,
		`etc/inventory.yaml:4:10: masters: are 4; DC/OS has 1, 3 or 5 (list every master of the cluster: an even number survives no more than 3 would)`},
	{"seven masters are refused", "[{name: m1, address: 10.0.0.1}]", `[{name: "m[1-7]", address: "10.0.0.[1-7]"}]`,
		`etc/inventory.yaml:4:10: masters: are 7; DC/OS has 1, 3 or 5 (list every master of the cluster, and nothing else)`},
	{"a name that is taken is refused once for a range", `"a[1-3]"`, `"m[1-3]"`,
		`etc/inventory.yaml:8:20: agents.g.nodes[0].name: m1 is the name of a node of masters already, in line 4 (every node needs a name of its own)`},
	{"an address that is taken is refused", `"10.0.1.[1-3]"`, `"10.0.0.[1-3]"`,
		`etc/inventory.yaml:8:39: agents.g.nodes[0].address: 10.0.0.1 is the address of m1 already, in line 4 (is one of them a copy of the other?)`},
	{"ranges that do not fit are refused", `"10.0.1.[1-3]"`, `"10.0.1.[1-4]"`,
		`etc/inventory.yaml:8:39: agents.g.nodes[0].address: makes 4 addresses, but name makes 3 names (the ranges of name and address must be equally long)`},
	{"a range without a partner is refused", `"10.0.1.[1-3]"`, `10.0.1.1`,
		`etc/inventory.yaml:8:39: agents.g.nodes[0].address: makes 1 address, but name makes 3 names (the ranges of name and address must be equally long)`},
	{"a range that leaves the numbers of an address is refused", `"10.0.1.[1-3]"`, `"10.0.1.[254-256]"`,
		`etc/inventory.yaml:8:39: agents.g.nodes[0].address: "10.0.1.256" is neither an IP address nor a host name (an IPv4 address has four numbers from 0 to 255, without leading zeros)`},
	{"a port in an address is told its place", "address: 10.0.0.1", `address: "10.0.0.1:2222"`,
		`etc/inventory.yaml:4:31: masters[0].address: "10.0.0.1:2222" is neither an IP address nor a host name (write address: 10.0.0.1, port: 2222)`},
	{"an empty group is refused", `[{name: "a[1-3]", address: "10.0.1.[1-3]"}]`, "[]",
		`etc/inventory.yaml:8:12: agents.g.nodes: is an empty list (fill it in, or remove the line)`},
	{"a role of Mesos is translated", "private", "slave_public",
		`etc/inventory.yaml:7:11: agents.g.role: is "slave_public", which is no role (write public)`},
	{"masters in a group are refused", "private", "master",
		`etc/inventory.yaml:7:11: agents.g.role: is master, but groups are of agents (list masters under masters)`},
	{"a group named as a stage is refused", "  g:", "  canary:",
		`etc/inventory.yaml:6:3: agents.canary: "canary" is the name of a stage of every plan (name the group otherwise)`},
	{"zones on some nodes only are refused", `"10.0.1.[1-3]"}`, `"10.0.1.[1-3]", zone: a}, {name: b, address: 10.0.2.1}`,
		`etc/inventory.yaml:6:3: agents.g: has 1 node without a zone, b the first, while others have one (give all of them a zone, or none)`},
	{"a spread without zones is refused", "{width: 1}", "{spread: {zone: 1}}",
		`etc/inventory.yaml:9:22: agents.g.policy.spread: spreads over zones, but no node of the group has one (give each node a zone, or remove it)`},

	{"a width of nothing is refused", "{width: 1}", "{width: 0%}",
		`etc/inventory.yaml:9:21: agents.g.policy.width: is 0%, which would let nothing be done (at least 1, or 1%, which is never rounded down to nothing)`},
	{"a limit that is none is refused", "", "policy: {max_failures: some}",
		`etc/inventory.yaml:10:24: policy.max_failures: "some" is neither a count nor a percentage (such as 3 or 5%)`},
	{"a switch that is neither is refused", "", "policy: {launch_probe: maybe}",
		`etc/inventory.yaml:10:24: policy.launch_probe: is "maybe"; true or false is wanted`},
	{"a switch in other letters is refused", "", "policy: {launch_probe: True}",
		`etc/inventory.yaml:10:24: policy.launch_probe: is True; true or false is wanted, in these letters`},
	{"a duration without a unit is refused", "", "policy: {bake: 15}",
		`etc/inventory.yaml:10:16: policy.bake: is "15"; a duration is wanted (give the unit: 15s or 15m)`},
	{"a duration of weeks is refused", "", "policy: {hold_limit: 300h}",
		`etc/inventory.yaml:10:22: policy.hold_limit: is 300h, more than the 24h that make sense here (is the unit right?)`},
	{"a canary that is no node is refused with the one that was meant", "{width: 1}", "{canary: [a4]}",
		`etc/inventory.yaml:9:23: agents.g.policy.canary[0]: there is no node a4 (the names run from a1 to a3)`},
	{"a canary of elsewhere is refused", "{width: 1}", "{canary: [m1]}",
		`etc/inventory.yaml:9:23: agents.g.policy.canary[0]: m1 is in masters, not in g (a canary is a node of its own group)`},
	{"an alias named none is not none", "{width: 1}", "{canary: &none [a1], settle: *none}",
		`2 problems:
etc/inventory.yaml:9:22: agents.g.policy.canary: carries a YAML anchor (&none), which an inventory does not have (remove it)
etc/inventory.yaml:9:42: agents.g.policy.settle: is a YAML alias (*none), which an inventory does not have (write the value out)`},
	{"a settle of nothing is told how", "", "policy: {settle: 0s}",
		`etc/inventory.yaml:10:18: policy.settle: is 0s; longer than nothing is wanted (not to wait, write settle: none)`},
	{"one canary is a list too", "{width: 1}", "{canary: a1}",
		`etc/inventory.yaml:9:22: agents.g.policy.canary: "a1" is neither "none" nor a list of nodes (write [a1])`},
	{"a canary for the cluster is told its place", "", "policy: {canary: [a1]}",
		`etc/inventory.yaml:10:18: policy.canary: does not belong here (a canary is one of a group: write it in agents.GROUP.policy)`},
	{"a group cannot say what is of the cluster", "{width: 1}", "{max_out: 8}",
		`etc/inventory.yaml:9:23: agents.g.policy.max_out: does not belong here (it is about the whole cluster: write it in the policy of the cluster)`},

	{"an expectation that is none is refused", "", "policy: {expected_red_until: tomorrow}",
		`etc/inventory.yaml:10:30: policy.expected_red_until: is "tomorrow"; none, masters_done or {masters_done: [...]} is wanted (allowed here: masters_done, none)`},
	{"a master's Mesos is never expected to be red", "", "policy: {expected_red_until: {masters_done: [dcos-mesos-master.service]}}",
		`etc/inventory.yaml:10:46: policy.expected_red_until.masters_done[0]: dcos-mesos-master.service must be up on every master at any time (remove it)`},
	{"an expectation of nothing that exists is refused", "", "policy: {expected_red_until: {masters_done: [marathon]}}",
		`etc/inventory.yaml:10:46: policy.expected_red_until.masters_done[0]: "marathon" names neither a unit nor a check (such as dcos-marathon.service or node-poststart/components_master)`},
	{"an expectation said twice is refused", "", "policy: {expected_red_until: {masters_done: [a.socket, a.socket]}}",
		`etc/inventory.yaml:10:56: policy.expected_red_until.masters_done[1]: a.socket is here twice (keep one)`},
	{"an expectation of a group is told its place", "{width: 1}", "{expected_red_until: none}",
		`etc/inventory.yaml:9:34: agents.g.policy.expected_red_until: does not belong here (it is about the whole cluster: write it in the policy of the cluster)`},

	{"an exclusion without a reason is refused", "", "exclude: [{node: a1}]",
		`etc/inventory.yaml:10:11: exclude[0].reason: is missing (say why: it is shown where the node is found unpatched)`},
	{"an exclusion with a blank reason is refused", "", `exclude: [{node: a1, reason: " "}]`,
		`etc/inventory.yaml:10:30: exclude[0].reason: is empty (say why: it is shown where the node is found unpatched)`},
	{"an exclusion of a master is refused", "", "exclude: [{node: m1, reason: PSU}]",
		`etc/inventory.yaml:10:18: exclude[0].node: m1 is a master, and masters cannot be excluded (a cluster is patched with all of its masters serving, or not at all: mend it first)`},
	{"an exclusion of nobody is refused", "", "exclude: [{node: b1, reason: PSU}]",
		`etc/inventory.yaml:10:18: exclude[0].node: there is no node b1 (the names run from m1 to a3)`},
	{"an exclusion of a range is refused", "", `exclude: [{node: "a[1-3]", reason: PSU}]`,
		`etc/inventory.yaml:10:18: exclude[0].node: "a[1-3]" is a range; one node is wanted (write one entry for each node)`},
	{"an exclusion that is a slip of the finger is refused with the node that was meant", "", "exclude: [{node: A2, reason: PSU}]",
		`etc/inventory.yaml:10:18: exclude[0].node: there is no node A2 (did you mean "a2"?)`},
	{"a canary that is excluded is refused", "{width: 1}\n", "{canary: [a1]}\nexclude: [{node: a1, reason: PSU}]\n",
		`etc/inventory.yaml:9:23: agents.g.policy.canary[0]: a1 is in exclude too (choose another canary, or end the exclusion)`},
	{"an exclusion until no day is refused", "", "exclude: [{node: a1, reason: PSU, until: 2026-13-01}]",
		`etc/inventory.yaml:10:42: exclude[0].until: is "2026-13-01"; a day is wanted (such as 2026-12-01, which is the last day it holds)`},

	{"a target hash that is none is refused", "from: 2.1.0", "from: 2.1.0, sha256: 9ad1",
		`etc/inventory.yaml:3:53: target.sha256: "9ad1" is no SHA-256: 64 of 0-9 and a-f are wanted, these are 4 characters (as sha256sum dcos_node_upgrade.sh prints it)`},
	{"a target URL with a password is refused", "http://b/s.sh", "http://u:p@b/s.sh",
		`etc/inventory.yaml:3:15: target.url: is a URL with a user or password in it (an inventory holds no secrets)`},
	{"a target of the past is refused", "to: 2.1.1", "to: 2.1.0-rc1",
		`etc/inventory.yaml:3:49: target.to: is 2.1.0-rc1, older than the 2.1.0 it comes from (DC/OS has no way back: are from and to swapped?)`},
	{"an upgrade is refused", "to: 2.1.1", "to: 2.2.0",
		`etc/inventory.yaml:3:49: target.to: is 2.2.0; from 2.1.0 that is an upgrade, not a patch (patches stay within 2.1)`},
	{"a DC/OS too old is refused", "from: 2.1.0, to: 2.1.1", "from: 1.10.0, to: 1.11.1",
		`etc/inventory.yaml:3:38: target.from: DC/OS 1.10.0 is not supported (1.11 to 2.2 are)`},
	{"a target as a URL is told how", `{url: "http://b/s.sh", from: 2.1.0, to: 2.1.1}`, "http://b/s.sh",
		`etc/inventory.yaml:3:9: target: is a URL; a file name or a mapping is wanted (write target: {url: "http://b/s.sh", from: ..., to: ...})`},
	{"a target file that is not there is refused", `{url: "http://b/s.sh", from: 2.1.0, to: 2.1.1}`, "t.yaml",
		`etc/inventory.yaml:3:9: target: etc/t.yaml cannot be read: file does not exist (a path starts at the folder of the inventory)`},

	{"a home of somebody else is refused", "", "ssh: {identity: ~bob/key}",
		`etc/inventory.yaml:10:17: ssh.identity: is "~bob/key"; only ~/ stands for a home folder (write the path out, or ./~bob/key)`},
	{"a password is refused, and not repeated", "", "ssh: {sudo: {password: hunter2}}",
		`etc/inventory.yaml:10:24: ssh.sudo.password: is a value, and an inventory holds no secrets (say where it is: {env: NAME} or {file: PATH})`},
	{"a password in place of a variable's name is refused, and not repeated", "", "ssh: {sudo: {password: {env: hunter-2}}}",
		`etc/inventory.yaml:10:30: ssh.sudo.password.env: is no name of an environment variable (such as OPS_SUDO; the name is wanted, not the secret)`},
	{"a secret in two places is refused", "", "ssh: {sudo: {password: {env: A, file: b}}}",
		`etc/inventory.yaml:10:24: ssh.sudo.password: has both env and file (keep one of them)`},
	{"a secret in no place is refused", "", "ssh: {sudo: {password: {}}}",
		`etc/inventory.yaml:10:24: ssh.sudo.password: is empty (say where it is: {env: NAME} or {file: PATH})`},
	{"a jump host with a bad port is refused", "", "ssh: {jump: [\"ops@b:x\"]}",
		`etc/inventory.yaml:10:14: ssh.jump[0]: "ops@b:x" is no jump host: port "x" is not a number from 1 to 65535 ([user@]host[:port], such as ops@bastion1.example.com)`},
	{"a rehearsal that runs slower is refused", "", "rehearsal: {time_scale: 2}",
		`etc/inventory.yaml:10:25: rehearsal.time_scale: is "2"; a number from 0.001 to 1 is wanted (0.1 makes every wait ten times shorter)`},
}

// A name that may have been in a range which could not be read is nobody's
// mistake, and no names are told of which only some are known.
func TestNobodyIsBlamedForANameOfARangeThatCouldNotBeRead(t *testing.T) {
	const later = "exclude: [{node: a4, reason: PSU}]\n"
	for _, c := range []struct{ name, old, text, want string }{
		{"one address too many", "10.0.1.[1-3]", "10.0.1.[1-4]",
			`etc/inventory.yaml:8:39: agents.g.nodes[0].address: makes 4 addresses, but name makes 3 names (the ranges of name and address must be equally long)`},
		{"no address", "10.0.1.[1-3]", "10.0.1.[1-",
			`2 problems:
etc/inventory.yaml:8:39: agents.g.nodes[0].address: "10.0.1.[1-" has a bracket without its partner (one range of numbers, such as a[001-035])
etc/inventory.yaml:10:18: exclude[0].node: there is no node a4`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := read(with(t, c.old, c.text)+later, nil)
			if diff := cmp.Diff(c.want, fmt.Sprint(err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOneMistakeIsOneProblem(t *testing.T) {
	for _, tc := range problemCases {
		t.Run(tc.name, func(t *testing.T) {
			c, err := read(with(t, tc.old, tc.text), nil)
			if err == nil {
				t.Fatal("accepted")
			}
			if c != nil {
				t.Error("a cluster came with the error")
			}
			if diff := cmp.Diff(tc.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatComesLaterIsRefusedByName(t *testing.T) {
	for field, text := range map[string]string{
		"window":                        "window: {from: \"Sat 22:00\"}",
		"notify":                        "notify: {command: ./page.sh}",
		"security.login":                "security: {login: {uid: x}}",
		"policy.approve_after":          "policy: {approve_after: [canary]}",
		"policy.require_plan_id":        "policy: {require_plan_id: true}",
		"policy.backup_max_age":         "policy: {backup_max_age: 24h}",
		"agents.g.hooks":                "    hooks: {before: ./x.sh}",
		"agents.g.policy.approve_after": "      approve_after: [canary]",
	} {
		t.Run(field, func(t *testing.T) {
			inv := base + text + "\n"
			if strings.HasPrefix(text, "      ") {
				inv = with(t, "{width: 1}\n", "\n"+text+"\n")
			}
			_, err := read(inv, nil)
			var p Problem
			if !errors.As(err, &p) || p.Field != field || p.What != "is not supported yet" {
				t.Errorf("got %v", err)
			}
		})
	}
	for _, mode := range []string{"strict", "disabled"} {
		_, err := read(with(t, "", "security: {mode: "+mode+"}"), nil)
		want := "etc/inventory.yaml:10:18: security.mode: " + mode + " is not supported yet (permissive and open are)"
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func TestEveryProblemIsToldAtOnce(t *testing.T) {
	data, err := os.ReadFile("testdata/everything-wrong.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, err = read(string(data), nil)
	if err == nil {
		t.Fatal("accepted")
	}
	got := err.Error() + "\n"
	if *update {
		if err := os.WriteFile("testdata/everything-wrong.golden", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/everything-wrong.golden")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func TestProblemsOfTheTargetFileNameThatFile(t *testing.T) {
	inv := with(t, `{url: "http://b/s.sh", from: 2.1.0, to: 2.1.1}`, "../targets/t.yaml")
	_, err := read(inv+"policy: 1\n", map[string]string{"targets/t.yaml": "url: ftp://b/s\nfrom: 2.1.0\n"})
	want := `3 problems:
etc/inventory.yaml:10:9: policy: is "1"; a mapping is wanted (write "field: value" lines below it, or {field: value})
targets/t.yaml:1:1: to: is missing (a DC/OS version such as 2.1.1; for a configuration patch from and to are the same)
targets/t.yaml:1:6: url: "ftp://b/s" is no URL that nodes can fetch (http:// or https:// is wanted)`
	if err == nil {
		t.Fatal("accepted")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Error(diff)
	}
}

func TestAnInventoryThatIsNotThereIsToldSo(t *testing.T) {
	_, err := Load("testdata/nowhere.yaml")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("got %v", err)
	}
	if want := "testdata/nowhere.yaml: cannot be read: no such file or directory"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}
