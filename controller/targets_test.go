package controller

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

const wayConfig = `
Host bastion
  HostName bastion.example.com
  User jumper
  Port 2222
Host 10.0.0.*
  Port 2200
  User configured
  IdentityFile /keys/config
Host m2
  ProxyJump bastion
`

func TestTheInventoryComesBeforeTheSSHConfigurationAndDefaultsLast(t *testing.T) {
	for _, row := range []struct {
		name, ssh, config, node string
		want                    sshexec.Target
	}{
		{"the default port does not hide that of the configuration", "{}", wayConfig, "m1",
			sshexec.Target{Addr: "10.0.0.1:2200", User: "configured", Identities: []string{"/keys/config"}}},
		{"a port that the inventory says wins, be it the default", "{port: 22}", wayConfig, "m1",
			sshexec.Target{Addr: "10.0.0.1:22", User: "configured", Identities: []string{"/keys/config"}}},
		{"the port of a node wins too", "{}", wayConfig, "m3",
			sshexec.Target{Addr: "10.0.0.3:23", User: "configured", Identities: []string{"/keys/config"}}},
		{"user and keys of the inventory come first", "{user: ops, identity: /keys/ops}", wayConfig, "m1",
			sshexec.Target{Addr: "10.0.0.1:2200", User: "ops", Identities: []string{"/keys/ops", "/keys/config"}}},
		{"a jump host of the configuration is taken when the inventory names none", "{user: ops}", wayConfig, "m2",
			sshexec.Target{Addr: "10.0.0.2:2200", User: "ops", Identities: []string{"/keys/config"},
				Jump: []sshexec.Hop{{Name: "bastion", Addr: "bastion.example.com:2222", User: "jumper"}}}},
		{"jump hosts of the inventory are looked up in the configuration", "{user: ops, jump: [bastion, \"me@10.9.9.9:24\"]}", wayConfig, "m1",
			sshexec.Target{Addr: "10.0.0.1:2200", User: "ops", Identities: []string{"/keys/config"}, Jump: []sshexec.Hop{
				{Name: "bastion", Addr: "bastion.example.com:2222", User: "jumper"}, {Name: "10.9.9.9", Addr: "10.9.9.9:24", User: "me"}}}},
		{"nothing but defaults", "{user: ops}", "", "m1", sshexec.Target{Addr: "10.0.0.1:22", User: "ops"}},
		{"whoever runs the program logs in when nothing names anybody", "{}", "", "m1", sshexec.Target{Addr: "10.0.0.1:22", User: "whoever"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			file := ""
			if row.config != "" {
				file = filepath.Join(t.TempDir(), "config")
				if err := os.WriteFile(file, []byte(row.config), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got, err := around().targets(wayInventory(t, row.ssh), file)
			if err != nil {
				t.Fatal(err)
			}
			row.want.Name = row.node
			one := got[row.node]
			one.KnownHosts, one.Defaults = nil, nil
			for i := range one.Jump {
				one.Jump[i].KnownHosts, one.Jump[i].Identities, one.Jump[i].Defaults = nil, nil, nil
			}
			if diff := cmp.Diff(row.want, one); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAnSSHConfigurationThatIsNotUnderstoodNamesTheWayOut(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(file, []byte("Match exec true\n  Port 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := around().targets(wayInventory(t, "{}"), file); err == nil || !strings.Contains(err.Error(), file+":2") || !strings.Contains(err.Error(), "config: none") || !strings.Contains(err.Error(), file) {
		t.Errorf("%v", err)
	}
}

func TestAJumpHostOfTheSSHConfigurationIsKnownAndLetsUsIn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(file, []byte(wayConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := around().targets(wayInventory(t, "{user: ops, identity: /keys/ops, known_hosts: /kh/ops}"), file)
	if err != nil || len(got["m2"].Jump) != 1 {
		t.Fatalf("%+v, %v", got["m2"], err)
	}
	if hop := got["m2"].Jump[0]; hop.Identities[0] != "/keys/ops" || hop.KnownHosts[0] != "/kh/ops" || hop.User != "jumper" {
		t.Errorf("%+v", hop)
	}
}

func TestDefaultKeysAreTriedWithoutAnSSHConfiguration(t *testing.T) {
	for ssh, want := range map[string]int{"{config: none}": len(sshexec.DefaultIdentities()), "{config: none, identity: /k}": 0} {
		known, err := around().targets(wayInventory(t, ssh), "")
		if err != nil {
			t.Fatal(err)
		}
		tryDefaultKeys(known)
		if got := known["m1"].Defaults; len(got) != want {
			t.Errorf("%s: %q", ssh, got)
		}
	}
}

func TestAnSSHConfigurationThatWasNamedMustBeThere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "typo")
	if _, err := around().targets(wayInventory(t, "{}"), file); err == nil || !strings.Contains(err.Error(), "no such file") || !strings.Contains(err.Error(), file) {
		t.Errorf("%v", err)
	}
	t.Setenv("HOME", t.TempDir()) // of an operator without any
	inv := wayInventory(t, "{}")
	if _, err := around().targets(inv, inv.SSH.Config); err != nil || !strings.HasPrefix(inv.SSH.Config, os.Getenv("HOME")) {
		t.Errorf("%s: %v", inv.SSH.Config, err)
	}
}

func TestASecretIsFetchedFromWhereTheInventorySays(t *testing.T) {
	const canary = "c4n4ry"
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return file
	}
	t.Setenv("WAY_GOOD", canary)
	t.Setenv("WAY_EMPTY", "")
	for _, row := range []struct {
		name, says string
		ref        inventory.SecretRef
		held       bool
	}{
		{"of the environment", "", inventory.SecretRef{Env: "WAY_GOOD"}, true},
		{"of a file", "", inventory.SecretRef{File: write("good", canary+"\n", 0o600)}, true},
		{"none", "", inventory.SecretRef{}, false},
		{"a variable that is not set", "WAY_NONE", inventory.SecretRef{Env: "WAY_NONE"}, false},
		{"a variable that is empty", "WAY_EMPTY", inventory.SecretRef{Env: "WAY_EMPTY"}, false},
		{"a file that others can read", "chmod 600", inventory.SecretRef{File: write("open", canary, 0o640)}, false},
		{"a file of two lines", "more than one line", inventory.SecretRef{File: write("two", canary+"\n"+canary+"\n", 0o600)}, false},
		{"a file that is not there", "no such file", inventory.SecretRef{File: filepath.Join(dir, "none")}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, err := around().secret(row.ref)
			if s.Held() != row.held || (err != nil) != (row.says != "") {
				t.Fatalf("%v, %v", s, err)
			}
			if text := fmt.Sprint(err, s); err != nil && !strings.Contains(text, row.says) || strings.Contains(text, canary) {
				t.Errorf("%s", text)
			}
		})
	}
}

func wayInventory(t *testing.T, ssh string) *inventory.Cluster {
	t.Helper()
	text := "version: 1\ncluster: {name: c}\nssh: " + ssh + "\nmasters: [{name: m1, address: 10.0.0.1}, {name: m2, address: 10.0.0.2}, {name: m3, address: 10.0.0.3, port: 23}]\n"
	if ssh == "{}" {
		text = strings.Replace(text, "ssh: {}\n", "", 1)
	}
	inv, err := inventory.Parse("inventory.yaml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

// around are the surroundings of this machine.
func around() Config {
	return Config{SSH: SSH{User: "whoever", Home: os.Getenv("HOME"), LookupEnv: os.LookupEnv}}
}
