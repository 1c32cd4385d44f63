package sshexec

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// sshClient is the ssh of this machine: the reference. CI must have it.
func sshClient(t *testing.T) string {
	t.Helper()
	file, err := exec.LookPath("ssh")
	switch {
	case err != nil && os.Getenv("CI") != "":
		t.Fatal("no ssh client: CI must install openssh-client, or nothing holds our reading of ssh_config to that of OpenSSH")
	case err != nil:
		t.Skip("LEFT OUT: our reading of ssh_config was not compared with that of OpenSSH; install openssh-client")
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", me.HomeDir) // ssh goes by the system's word on it
	return file
}

// sshAsked is what a person would write after ssh.
type sshAsked struct{ host, user, port string }

func (a sshAsked) args(file string) []string {
	args := []string{"-F", file}
	if a.user != "" {
		args = append(args, "-l", a.user)
	}
	if a.port != "" {
		args = append(args, "-p", a.port)
	}
	return append(args, "--", a.host)
}

func (a sshAsked) target() Target {
	t := Target{Name: a.host, User: a.user}
	if a.port != "" {
		t.Addr = a.host + ":" + a.port
	}
	return t
}

// sshSays is "ssh -G": keywords and their values.
func sshSays(client, file string, a sshAsked, more ...string) (map[string][]string, error) {
	out, err := exec.Command(client, slices.Concat([]string{"-G"}, more, a.args(file))...).Output()
	if err != nil {
		return nil, err
	}
	all := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		all[key] = append(all[key], value)
	}
	return all, nil
}

// weSay is the same, by our reading.
func weSay(t interface{ Fatalf(string, ...any) }, s *SSHConfig, a sshAsked) (map[string][]string, Target, error) {
	e, err := s.evaluate(a.target())
	if err != nil {
		return nil, Target{}, err
	}
	done, err := s.Complete(a.target())
	if err != nil {
		return nil, Target{}, err
	}
	host, port := done.hostPort()
	says := map[string][]string{
		"hostname": {host}, "port": {port}, "user": {cmp.Or(done.User, localUser())},
		"identitiesonly": {map[bool]string{true: "yes", false: "no"}[done.IdentitiesOnly]},
	}
	for key, raw := range map[string]bool{"identityfile": true, "certificatefile": true, "proxyjump": true, "hostkeyalias": true, "userknownhostsfile": false, "globalknownhostsfile": false} {
		for _, l := range e.values[key] {
			if raw {
				says[key] = append(says[key], l.value())
			} else if files, err := e.paths(key, nil); err == nil {
				says[key] = []string{strings.Join(files, " ")}
			}
		}
	}
	return says, done, nil
}

// drawn are the parts that generated configurations are made of.
var (
	drawnHosts    = []string{"m1", "m2", "M1", "db.example.com", "10.0.0.7", "hop1", "hop2"}
	drawnPatterns = []string{"m1", "m?", "m*", "*", "!m1", "*.example.com", "10.0.0.*", "!m2", "db*", `"m1"`, "hop?", "!10.*", "?1"}
	drawnMatches  = []string{"host m1", "host=m1", "originalhost m*,!m2", "user ops", "!user ops", "localuser root,nobody", "all", "final host *.example.com", "final", "canonical",
		"host 10.* user ops", `host "m1,m2"`, "!host m1", "final all", "user o?s originalhost *", "host *.example.com", "!originalhost m1 !host hop?", "!final"}
	drawnLines = []string{"HostName %h.example.com", "HostName 10.1.2.3", "HostName DB.example.com", "User ops", "User root", "Port 2222", "Port 22", "IdentityFile ~/.ssh/one", "IdentityFile ~/.ssh/one",
		"IdentityFile /keys/%h", "IdentityFile none", `IdentityFile "~/.ssh/with space"`, `IdentityFile /a\ b`, "IdentitiesOnly yes", "IdentitiesOnly no", "CertificateFile ~/c-cert.pub",
		"UserKnownHostsFile ~/.ssh/kh", `UserKnownHostsFile "~/.ssh/a b" /etc/kh2`, "UserKnownHostsFile /kh/%h-%p-%r", "GlobalKnownHostsFile /etc/global", "HostKeyAlias alias", "HostKeyAlias other",
		"ProxyJump hop1", "ProxyJump none", "ProxyJump ops@hop1:2022,hop2", "ProxyJump ssh://me@hop2:23", "ProxyCommand none", "IdentityFile 'single quoted'", "ServerAliveInterval 5", "LogLevel QUIET"}
	drawnEquals = []string{" ", "=", " = ", "\t", "   "}
)

// aConfig draws a configuration; includes are the files that it may include.
func aConfig(t *rapid.T, label string, includes []string) string {
	var b strings.Builder
	for range rapid.IntRange(0, 14).Draw(t, label) {
		switch kind := rapid.IntRange(0, 9).Draw(t, "kind"); {
		case kind < 2:
			b.WriteString("Host " + strings.Join(rapid.SliceOfN(rapid.SampledFrom(drawnPatterns), 1, 3).Draw(t, "patterns"), " ") + "\n")
		case kind < 3:
			b.WriteString("Match " + rapid.SampledFrom(drawnMatches).Draw(t, "match") + "\n")
		case kind < 4 && len(includes) > 0:
			b.WriteString("Include " + rapid.SampledFrom(includes).Draw(t, "include") + "\n")
		default:
			key, value, _ := strings.Cut(rapid.SampledFrom(drawnLines).Draw(t, "line"), " ")
			if rapid.Bool().Draw(t, "lower") {
				key = strings.ToLower(key)
			}
			b.WriteString("  " + key + rapid.SampledFrom(drawnEquals).Draw(t, "equals") + value)
			if !strings.HasPrefix(strings.ToLower(key), "proxy") && rapid.Bool().Draw(t, "comment") {
				b.WriteString(" # a comment")
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

func TestWhatAnSSHConfigurationSaysIsWhatOpenSSHTakesFromIt(t *testing.T) {
	client, dir := sshClient(t), t.TempDir()
	inner, outer, file := filepath.Join(dir, "inc-inner"), filepath.Join(dir, "inc-outer"), filepath.Join(dir, "config")
	rapid.Check(t, func(t *rapid.T) {
		texts := map[string]string{inner: aConfig(t, "inner", nil), outer: aConfig(t, "outer", []string{inner}),
			file: aConfig(t, "config", []string{inner, outer, filepath.Join(dir, "inc-*"), filepath.Join(dir, "none")})}
		for name, text := range texts {
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		asked := sshAsked{host: rapid.SampledFrom(drawnHosts).Draw(t, "host"), user: rapid.SampledFrom([]string{"", "ops"}).Draw(t, "user"), port: rapid.SampledFrom([]string{"", "2022"}).Draw(t, "port")}
		shown := fmt.Sprintf("ssh %q\n%s\n-- outer\n%s\n-- inner\n%s", asked.args("config"), texts[file], texts[outer], texts[inner])
		want, wantErr := sshSays(client, file, asked)
		s, err := ReadSSHConfig(file)
		if err != nil {
			t.Fatalf("%v\n%s", err, shown)
		}
		got, done, err := weSay(t, s, asked)
		if wantErr != nil && !errors.Is(err, errJumpLoop) { // the one thing that is drawn and that ssh refuses
			t.Fatalf("ssh: %v, we: %v\n%s", wantErr, err, shown)
		}
		chain, loops := sshChain(t, client, file, want, 0)
		if loops = loops || wantErr != nil; loops != errors.Is(err, errJumpLoop) || !loops && err != nil {
			t.Fatalf("ssh goes by %q, in circles: %v; we: %v\n%s", chain, loops, err, shown)
		}
		if loops {
			return
		}
		compareSays(t, got, want, shown)
		if !slices.Equal(chain, ourChain(done)) {
			t.Fatalf("jump hosts %q, ssh goes by %q\n%s", ourChain(done), chain, shown)
		}
	})
}

func compareSays(t *rapid.T, got, want map[string][]string, shown string) {
	for _, key := range []string{"hostname", "port", "user", "identitiesonly", "identityfile", "certificatefile", "hostkeyalias", "userknownhostsfile", "globalknownhostsfile", "proxyjump"} {
		w := want[key]
		if len(got[key]) == 0 { // what ssh prints of its own
			switch key {
			case "identityfile":
				if len(w) >= len(defaultIdentities) && slices.Equal(w[:len(defaultIdentities)], defaultIdentities) {
					continue
				}
			case "userknownhostsfile", "globalknownhostsfile":
				continue
			}
		}
		if key == "proxyjump" && len(got[key]) == 1 {
			if got[key][0] == "none" && len(w) == 0 {
				continue
			}
			got[key][0] = strings.TrimPrefix(got[key][0], "ssh://") // as ssh prints it
		}
		if !slices.Equal(got[key], w) {
			t.Fatalf("%s: we take %q, ssh %q\n%s", key, got[key], w, shown)
		}
	}
}

// sshChain are the jump hosts of a host as ssh connects to them: it starts itself
// for the last of a ProxyJump, with the others before that as its -J.
func sshChain(t *rapid.T, client, file string, says map[string][]string, depth int) (chain []string, loops bool) {
	if depth > maxJumps {
		return nil, true
	}
	if len(says["proxyjump"]) == 0 || says["proxyjump"][0] == "none" {
		return nil, false
	}
	for i, word := range strings.Split(says["proxyjump"][0], ",") {
		hop, err := jumpTarget(word)
		if err != nil {
			t.Fatalf("%v", err)
		}
		_, port := hop.hostPort()
		its, err := sshSays(client, file, sshAsked{host: hop.Name, user: hop.User, port: port})
		var failed *exec.ExitError
		if errors.As(err, &failed) && bytes.Contains(failed.Stderr, []byte("jumphost loop")) {
			if i == 0 {
				return nil, true
			}
			its, err = sshSays(client, file, sshAsked{host: hop.Name, user: hop.User, port: port}, "-J", "elsewhere") // as it is started, with a -J
		}
		if err != nil {
			t.Fatalf("ssh -G of %s: %v", hop.Name, err)
		}
		if i == 0 {
			before, loops := sshChain(t, client, file, its, depth+1)
			if loops {
				return nil, true
			}
			chain = append(chain, before...)
		}
		chain = append(chain, its["user"][0]+"@"+its["hostname"][0]+":"+its["port"][0])
	}
	return chain, false
}

func ourChain(t Target) []string {
	var chain []string
	for _, h := range t.Jump {
		chain = append(chain, cmp.Or(h.User, localUser())+"@"+h.Addr)
	}
	return chain
}

// TestFileNamesAreThoseOfOpenSSH: ssh -G shows them as they are written; what ssh
// makes of them it says as it looks for the files.
func TestFileNamesAreThoseOfOpenSSH(t *testing.T) {
	client, file := sshClient(t), filepath.Join(t.TempDir(), "config")
	t.Setenv("DCOS_PATCH_KEYS", "/keys of mine")
	for _, row := range []string{"~/.ssh/x", "/k/%h", "/k/%n", "/k/%p", "/k/%r", "/k/%u", "%d/k", "/k/%i", "/k/%k", "/k/%l", "/k/%L", "/k/%%h", "${DCOS_PATCH_KEYS}/%h", "~root/k", `"/a b"`, "relative", "/a$b", "/k/${HOME}"} {
		text := "Host m1\n  HostName %h.Example.com\n  Port 2200\n  User ops\n  HostKeyAlias alias\nHost *\n  IdentityFile " + row + "\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, host := range []string{"m1", "other"} {
			cmd := exec.Command(client, "-v", "-o", "ProxyCommand=exit 0", "-F", file, host)
			var out bytes.Buffer
			cmd.Stderr = &out
			_ = cmd.Run() // there is nobody to speak to
			_, after, found := strings.Cut(out.String(), "identity file ")
			want, _, typed := strings.Cut(after, " type ")
			if !found || !typed {
				t.Fatalf("ssh does not say which file:\n%s", out.String())
			}
			s, err := ReadSSHConfig(file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.Complete(Target{Name: host})
			if err != nil || len(got.Identities) != 1 || got.Identities[0] != want {
				t.Errorf("%s of %s: %q, %v; ssh looks for %q", row, host, got.Identities, err, want)
			}
		}
	}
}

// TestWhatOpenSSHRefusesIsRefused: what is wrong is not passed over.
func TestWhatOpenSSHRefusesIsRefused(t *testing.T) {
	client, file := sshClient(t), filepath.Join(t.TempDir(), "config")
	for _, text := range []string{"ProxyJmp hop1\n", "Port\n", "Port zero\n", "User a b\n", "IdentityFile \"x\n", "Match\n", "Match host\n", "Match all host m1\n", "Match frobnicate x\nPort 1\n",
		"ProxyJump @hop1\n", "Host m1\n User \"\"\n", "Include " + file + "\n", "IdentityFile ${DCOS_PATCH_NOT_SET}/x\n", "UserKnownHostsFile ${DCOS_PATCH_NOT_SET}/x\n", "IdentityFile /x/%z\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(client, "-o", "ProxyCommand=exit 0", "-F", file, "m1").CombinedOutput(); err == nil || !bytes.Contains(out, []byte("line ")) && !bytes.Contains(out, []byte("env")) && !bytes.Contains(out, []byte("percent_expand")) && !bytes.Contains(out, []byte("unknown key")) && !bytes.Contains(out, []byte("recursive")) {
			t.Errorf("ssh takes %q: %s", text, out)
		}
		s, err := ReadSSHConfig(file)
		if err == nil {
			_, err = s.Complete(Target{Name: "m1"})
		}
		if err == nil || !strings.Contains(err.Error(), file+":") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
