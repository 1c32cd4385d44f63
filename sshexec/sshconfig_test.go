package sshexec

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
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
			if diff := cmp.Diff(row.want, got); err != nil || diff != "" {
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
		if diff := cmp.Diff(row.want, got); err != nil || diff != "" {
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
	if diff := cmp.Diff(Target{Name: "m1", Addr: "10.0.0.1:2200", User: "ops"}, got); err != nil || diff != "" {
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
	if diff := cmp.Diff(Target{Name: "m1", Addr: "m1:22"}, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestMatchIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(file, []byte("Match user root\n  Port 23\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadSSHConfig(file); err == nil {
		t.Error("Match was read, and would be ignored")
	}
}
