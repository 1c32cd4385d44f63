package sshexec

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/ssh"
)

// Law: whatever a known_hosts file holds, a key is taken only if one of its
// lines holds that key, and what is wrong is always an ErrHostKey.
func FuzzKnownHosts(f *testing.F) {
	right := hostKey(f, "AAAAC3NzaC1lZDI1NTE5AAAAIJ1s9PQ3PUnlW0SZ9uSyRA5AmDX5wsBdoXzkDgSRZ1fM")
	line := string(ssh.MarshalAuthorizedKey(right))
	body := strings.TrimSpace(line)
	for _, text := range []string{
		"10.0.0.1 " + line, "* " + line, "@revoked 10.0.0.1 " + line, "@cert-authority 10.0.0.1 " + line, "!10.0.0.1,* " + line,
		"[10.0.0.1]:22 " + line, "|1|AAAA|BBBB " + line, "# " + line, "", "10.0.0.1 ssh-ed25519 AAAA", "\x00", "10.0.0.1",
	} {
		f.Add(text)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		file := filepath.Join(dir, "known_hosts")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		keys, err := loadHostKeys(Config{KnownHosts: []string{file}}, "m1", "10.0.0.1:22")
		if err == nil {
			err = keys.check("", &net.TCPAddr{}, right)
		}
		if err == nil && !strings.Contains(text, strings.Fields(body)[1]) {
			t.Fatalf("the key was taken, and is not in %q", text)
		}
		if err != nil && !errors.Is(err, ErrHostKey) {
			t.Fatalf("%q: %v is no ErrHostKey: it would be tried again", text, err)
		}
	})
}

func hostKey(t testing.TB, base64 string) ssh.PublicKey {
	t.Helper()
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte("ssh-ed25519 " + base64))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Law: what a peer said is one short printable line, and a short printable one
// is not changed.
func FuzzSaid(f *testing.F) {
	f.Add("connection refused")
	f.Add("a\x1b[2J\nb\u009b\u202e\xff")
	f.Add(strings.Repeat("ü", 2000))
	f.Fuzz(func(t *testing.T, text string) {
		got := said(text)
		if utf8.RuneCountInString(got) > saidMost+1 || strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Fatalf("%q became %q", text, got)
		}
		if again := said(got); utf8.RuneCountInString(got) <= saidMost && again != got {
			t.Fatalf("%q became %q the second time", got, again)
		}
	})
}

// No error of reading a private key shows any of it.
func TestAPrivateKeyIsInNoError(t *testing.T) {
	const canary = "Q0FOQVJZLWtleS1ieXRlcw"
	for name, content := range map[string]string{
		"no key at all":    canary,
		"a damaged key":    "-----BEGIN OPENSSH PRIVATE KEY-----\n" + canary + "==\n-----END OPENSSH PRIVATE KEY-----\n",
		"an unknown kind":  "-----BEGIN " + "EC2 PRIVATE KEY-----\n" + canary + "==\n-----END EC2 PRIVATE KEY-----\n",
		"a key cut off":    "-----BEGIN OPENSSH PRIVATE KEY-----\n" + canary,
		"damaged RSA":      "-----BEGIN RSA PRIVATE KEY-----\n" + canary + "==\n-----END RSA PRIVATE KEY-----\n",
		"an encrypted one": "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n" + canary + "==\n-----END RSA PRIVATE KEY-----\n",
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "id")
			if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			l := loadLogin(t.Context(), Config{Identities: []string{file}})
			if len(l.keys) != 0 || len(l.skipped) != 1 {
				t.Fatalf("%d signers, %q", len(l.keys), l.skipped)
			}
			if strings.Contains(l.skipped[0], canary[:8]) {
				t.Errorf("%q shows the key", l.skipped[0])
			}
		})
	}
}

// The most that is kept of standard error is fixed, whatever is asked for.
func TestStandardErrorIsForPeople(t *testing.T) {
	r := newRunning(Cmd{Argv: []string{"x"}, Limit: 64 << 20})
	if _, err := r.err.Write(make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	if kept, cut := r.err.soFar(); len(kept) != stderrLimit || !cut {
		t.Errorf("%d bytes are kept, truncated %v", len(kept), cut)
	}
}

// Law: whatever an ssh_config holds, what a target says itself is kept, and
// what it is completed with can be dialled.
func FuzzSSHConfig(f *testing.F) {
	for _, text := range []string{
		"Host m1\n HostName 10.0.0.1\n Port 2222\n User ops\n IdentityFile ~/.ssh/%h\n", "Host *\n ProxyJump m1\n", "Host m1\n ProxyJump a,b@c:1,ssh://d\n",
		"Match all\n User x\n", "Host m1\n HostName %q\n", "Host !m1 *\nUser \"a b\"\n", "Include /etc/passwd\n", "Host m1\n Port x\n", "\x00", "Host\n",
	} {
		f.Add(text)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(strings.ToLower(text), "include") {
			return // would read other files of the machine that fuzzes
		}
		file := filepath.Join(dir, "config")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := ReadSSHConfig(file)
		if err != nil {
			return
		}
		own := Target{Name: "m1", Addr: "10.0.0.1:23", User: "core", Jump: []Hop{{Name: "j", Addr: "j:22"}}}
		if got, err := c.Complete(own); err == nil && (!strings.HasSuffix(got.Addr, ":23") || got.User != own.User || len(got.Jump) != 1) {
			t.Fatalf("%q changed %+v to %+v", text, own, got)
		}
		got, err := c.Complete(Target{Name: "m1"})
		if err != nil {
			return
		}
		for _, hop := range append(got.Jump, Hop{Addr: got.Addr}) {
			if _, _, err := net.SplitHostPort(hop.Addr); err != nil {
				t.Fatalf("%q: %q cannot be dialled", text, hop.Addr)
			}
		}
	})
}
