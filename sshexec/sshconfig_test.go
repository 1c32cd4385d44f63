package sshexec

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const sshConfig = `
Host bastion
  HostName bastion.example.com
  User jumper
  Port 2222
  IdentityFile ~/.ssh/jump

Host inner
  HostName 10.0.0.1
  ProxyJump bastion

Host m*
  HostName %h.example.com
  User ops
  IdentityFile ~/.ssh/ops
  IdentityFile "/keys/%r"
  UserKnownHostsFile ~/.ssh/known_a /etc/known_b
  ProxyJump inner,other@second:2200

Host a*
  ProxyJump bastion

Host direct
  ProxyJump none

Host loop
  ProxyJump loop

Host 10.7.*
  Port 2022
  User numbered

Host m7
  Port 2077

Host 10.7.0.7
  User late

Host odd
  IdentityFile %C
`

func TestSSHConfig(t *testing.T) {
	t.Setenv("HOME", "/home/op")
	file := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(file, []byte(sshConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := ReadSSHConfig(file)
	if err != nil {
		t.Fatal(err)
	}
	bastion := Hop{Name: "bastion", Addr: "bastion.example.com:2222", User: "jumper", Identities: []string{"/home/op/.ssh/jump"}}
	for _, row := range []struct {
		name string
		give Target
		want Target
	}{
		{"a host nothing is said of stays as it is", Target{Name: "x", User: "me"}, Target{Name: "x", Addr: "x:22", User: "me"}},
		{"what the target says wins", Target{Name: "a1", Addr: "10.0.0.9:22", User: "me", Jump: []Hop{{Name: "j"}}},
			Target{Name: "a1", Addr: "10.0.0.9:22", User: "me", Jump: []Hop{{Name: "j"}}}},
		{"a jump host is resolved by its own entry", Target{Name: "a1", User: "me"}, Target{Name: "a1", Addr: "a1:22", User: "me", Jump: []Hop{bastion}}},
		{"everything at once", Target{Name: "m1"}, Target{
			Name: "m1", Addr: "m1.example.com:22", User: "ops",
			Identities: []string{"/home/op/.ssh/ops", "/keys/ops"},
			KnownHosts: []string{"/home/op/.ssh/known_a", "/etc/known_b"},
			Jump:       []Hop{bastion, {Name: "inner", Addr: "10.0.0.1:22"}, {Name: "second", Addr: "second:2200", User: "other"}},
		}},
		{"a host is also known by its address", Target{Name: "b1", Addr: "10.7.0.1"}, Target{Name: "b1", Addr: "10.7.0.1:2022", User: "numbered"}},
		{"a port that the target says wins", Target{Name: "b1", Addr: "10.7.0.1:22", User: "me"}, Target{Name: "b1", Addr: "10.7.0.1:22", User: "me"}},
		{"the first line that fits counts, by whichever name", Target{Name: "direct", Addr: "10.7.0.7"}, Target{Name: "direct", Addr: "10.7.0.7:2022", User: "numbered"}},
		{"an address of IPv6 has no port", Target{Name: "x", Addr: "fe80::1", User: "me"}, Target{Name: "x", Addr: "[fe80::1]:22", User: "me"}},
		{"none is no jump host", Target{Name: "direct"}, Target{Name: "direct", Addr: "direct:22"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := s.Complete(row.give)
			if diff := cmp.Diff(row.want, bare(got)); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
	for name, want := range map[string]string{"loop": "ProxyJump", "odd": "%C"} {
		t.Run(name+" is an error", func(t *testing.T) {
			if _, err := s.Complete(Target{Name: name}); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), file) {
				t.Errorf("%v, want %q and the file", err, want)
			}
		})
	}
}

func TestAJumpHostIsCompletedWithoutAnotherOne(t *testing.T) {
	t.Setenv("HOME", "/home/op")
	file := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(file, []byte(sshConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := ReadSSHConfig(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ give, want Hop }{
		{Hop{Name: "inner"}, Hop{Name: "inner", Addr: "10.0.0.1:22"}},
		{Hop{Name: "bastion", User: "me"}, Hop{Name: "bastion", Addr: "bastion.example.com:2222", User: "me", Identities: []string{"/home/op/.ssh/jump"}}},
		{Hop{Name: "bastion", Addr: ":22"}, Hop{Name: "bastion", Addr: "bastion.example.com:22", User: "jumper", Identities: []string{"/home/op/.ssh/jump"}}},
	} {
		got, err := s.CompleteHop(row.give)
		if diff := cmp.Diff(row.want, bareHop(got)); err != nil || diff != "" {
			t.Errorf("%+v: %v\n%s", row.give, err, diff)
		}
	}
}

func TestAnIncludedFileIsRead(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	more := filepath.Join(dir, "more")
	if err := os.WriteFile(more, []byte("Host 10.0.*\n  Port 2200\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "config")
	if err := os.WriteFile(file, []byte("Include "+more+"\nHost m1\n  User ops\n  Port 23\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := ReadSSHConfig(file)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Complete(Target{Name: "m1", Addr: "10.0.0.1"})
	if diff := cmp.Diff(Target{Name: "m1", Addr: "10.0.0.1:2200", User: "ops"}, bare(got)); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestAMissingSSHConfigSaysNothing(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none")
	if _, err := ReadSSHConfig(none); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v, of a file that was to be there", err)
	}
	s, err := ReadSSHConfigIfAny(none)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Complete(Target{Name: "m1"})
	if diff := cmp.Diff(Target{Name: "m1", Addr: "m1:22"}, bare(got)); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

// bare leaves out what ssh does where nothing is said.
func bare(t Target) Target {
	h := bareHop(t.hop())
	t.KnownHosts, t.Settings = h.KnownHosts, h.Settings
	for i := range t.Jump {
		t.Jump[i] = bareHop(t.Jump[i])
	}
	return t
}

func bareHop(h Hop) Hop {
	var said []string
	for _, file := range h.KnownHosts {
		if !strings.Contains(file, ".ssh/known_hosts") && !strings.Contains(file, "/ssh_known_hosts") {
			said = append(said, file)
		}
	}
	if slices.Equal(h.Defaults, DefaultIdentities()) {
		h.Defaults = nil
	}
	h.KnownHosts = said
	return h
}

// complete is what a configuration makes of a target.
func complete(t *testing.T, text string, give Target) (Target, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := ReadSSHConfig(file)
	if err != nil {
		return Target{}, err
	}
	return s.Complete(give)
}

func TestANodeGoesByItsAddressAndByItsName(t *testing.T) {
	t.Setenv("HOME", "/home/op")
	node := Target{Name: "m1", Addr: "10.0.0.1"}
	for _, row := range []struct {
		name, config string
		want         Target
	}{
		{"a HostName of its address counts", "Host 10.0.0.1\n HostName 203.0.113.7\n IdentityFile /k/%h-%n\n", Target{Addr: "203.0.113.7:22", Identities: []string{"/k/203.0.113.7-m1"}}},
		{"a HostName of its name does not: the inventory has said the address", "Host m1\n HostName 203.0.113.7\n Port 23\n", Target{Addr: "10.0.0.1:23"}},
		{"what excludes its name excludes it", "Host * !m1\n Port 23\n", Target{Addr: "10.0.0.1:22"}},
		{"what excludes its address excludes it", "Host m1 !10.*\n Port 23\n", Target{Addr: "10.0.0.1:22"}},
		{"Match knows both", "Match host m1\n Port 23\nMatch originalhost 10.0.0.1\n User ops\n", Target{Addr: "10.0.0.1:23", User: "ops"}},
		{"an alias for the host key", "Host m1\n HostKeyAlias known\n", Target{Addr: "10.0.0.1:22", Settings: Settings{HostKeyAlias: "known"}}},
		{"an agent of its own", "Host m1\n IdentityAgent ~/agent-%h\n IdentitiesOnly yes\n", Target{Addr: "10.0.0.1:22", Settings: Settings{Agent: "/home/op/agent-10.0.0.1", IdentitiesOnly: true}}},
		{"no agent", "IdentityAgent none\n", Target{Addr: "10.0.0.1:22", Settings: Settings{Agent: NoAgent}}},
		{"an agent of a variable that is not set", "IdentityAgent $DCOS_PATCH_NOT_SET\n", Target{Addr: "10.0.0.1:22", Settings: Settings{Agent: NoAgent}}},
		{"algorithms", "Ciphers ^aes256-ctr,aes128-cbc\nMACs -*sha1*,hmac-sha2-512*,umac*\nKexAlgorithms curve25519-sha256@libssh.org,nonsense\n",
			Target{Addr: "10.0.0.1:22", Settings: Settings{Algorithms: Algorithms{KeyExchanges: []string{"curve25519-sha256"},
				Ciphers: []string{"aes256-ctr", "aes128-cbc", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes128-ctr", "aes192-ctr"},
				MACs:    []string{"hmac-sha2-256-etm@openssh.com", "hmac-sha2-256"}}}}},
		{"what needs no command to be judged", "Match host other exec \"false\"\n Port 23\nMatch exec \"gpg-connect-agent updatestartuptty /bye\"\n ServerAliveInterval 5\n", Target{Addr: "10.0.0.1:22"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.want.Name = "m1"
			got, err := complete(t, row.config, node)
			if diff := cmp.Diff(row.want, bare(got)); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

func TestAJumpHostHasTheKeysAndHostKeysOfTheInventory(t *testing.T) {
	got, err := complete(t, "Host b\n IdentityFile /k/b\n UserKnownHostsFile /kh/b\nHost m1\n ProxyJump b\n",
		Target{Name: "m1", Addr: "10.0.0.1", Identities: []string{"/k/inventory"}, KnownHosts: []string{"/kh/inventory"}})
	if err != nil || len(got.Jump) != 1 {
		t.Fatalf("%+v, %v", got.Jump, err)
	}
	want := Hop{Name: "b", Addr: "b:22", Identities: []string{"/k/inventory", "/k/b"}, KnownHosts: []string{"/kh/inventory", "/kh/b"}}
	if diff := cmp.Diff(want, bareHop(got.Jump[0])); diff != "" {
		t.Error(diff)
	}
}

// TestWhatCannotBeFollowedIsRefused: a keyword that changes the way, and that is
// passed over, leads to another way, or to another machine.
func TestWhatCannotBeFollowedIsRefused(t *testing.T) {
	for _, row := range []struct{ name, config, says string }{
		{"ProxyCommand", "Host m1\n ProxyCommand nc -X 5 %h %p\n", ":2: ProxyCommand for m1: "},
		{"ProxyCommand tells what to write", "ProxyCommand ssh b -W %h:%p\n", "ssh: {jump: [user@host:port]}"},
		{"AddressFamily", "AddressFamily inet6\n", "as the node's address in the inventory"},
		{"BindAddress", "BindAddress 10.9.9.9\n", "routing table"},
		{"CanonicalizeHostname", "CanonicalizeHostname yes\n", "full host name"},
		{"KnownHostsCommand", "KnownHostsCommand /bin/keys %H\n", "ssh: {known_hosts: [FILE]}"},
		{"RevokedHostKeys", "RevokedHostKeys /etc/revoked\n", "@revoked"},
		{"PubkeyAuthentication no", "PubkeyAuthentication no\n", "keys and certificates only"},
		{"PreferredAuthentications", "PreferredAuthentications keyboard-interactive,password\n", "keys and certificates only"},
		{"Match exec", "Match host m1 exec \"true\"\n Port 23\n", "it depends on "},
		{"Match of a later version", "Match localnetwork 10.0.0.0/8\n User x\n", "it depends on "},
		{"an unknown keyword", "\nProxyJmp b\n", ":2: dcos-patch does not know the keyword ProxyJmp"},
		{"a jump host's ProxyCommand", "Host m1\n ProxyJump b\nHost b\n ProxyCommand nc %h %p\n", "for b: "},
		{"ciphers that there are none of", "Ciphers rijndael-cbc@lysator.liu.se\n", "dcos-patch has none; it has aes128-gcm"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got, err := complete(t, row.config, Target{Name: "m1"}); err == nil || !strings.Contains(err.Error(), row.says) {
				t.Errorf("%+v, %v, want %q", got, err, row.says)
			}
		})
	}
}

func TestWhatChangesNothingIsNotRefused(t *testing.T) {
	for _, config := range []string{
		"Host m2\n ProxyCommand nc %h %p\n", "ProxyCommand none\nProxyCommand nc %h\n", "ProxyJump none\nProxyCommand nc %h\n", "AddressFamily any\nCanonicalizeHostname no\nPubkeyAuthentication yes\nRevokedHostKeys none\n",
		"PreferredAuthentications publickey,password\n", "IgnoreUnknown Foo*,bar\nFooBar 1\nBar 2\n", "HashKnownHosts yes\nSendEnv LANG LC_*\nUseKeychain yes\nStrictHostKeyChecking no\n",
	} {
		if _, err := complete(t, config, Target{Name: "m1"}); err != nil {
			t.Errorf("%q: %v", config, err)
		}
	}
	own := Target{Name: "m1", User: "ops", Jump: []Hop{{Name: "j", Addr: "j:22"}}}
	if got, err := complete(t, "ProxyCommand nc %h\nMatch exec x\n User y\n ProxyJump z\n", own); err != nil || got.User != "ops" || got.Jump[0].Name != "j" {
		t.Errorf("what the inventory says needs no other word: %+v, %v", got, err)
	}
}

func TestWhatIsNotUsedIsToldWhenALoginFails(t *testing.T) {
	got, err := complete(t, "GSSAPIAuthentication yes\nPKCS11Provider /lib/p11.so\n", Target{Name: "m1"})
	if err != nil || len(got.Unused) != 2 || !strings.Contains(got.Unused[1], "PKCS11Provider of ") || !strings.Contains(got.Unused[1], ":2") {
		t.Errorf("%q, %v", got.Unused, err)
	}
}
