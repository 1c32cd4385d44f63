package sshexec

import (
	"bytes"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/dcos-patch/dcos-patch/internal/sshd"
)

func TestQuote(t *testing.T) {
	for _, row := range []struct {
		name string
		argv []string
		want string
	}{
		{"plain words stay plain", []string{"systemctl", "show", "--property=Id,MainPID", "a@b.service"}, "systemctl show --property=Id,MainPID a@b.service"},
		{"spaces are quoted", []string{"echo", "a b"}, "echo 'a b'"},
		{"a quote ends, is escaped, and begins again", []string{"echo", "it's"}, `echo 'it'\''s'`},
		{"an empty word is a word", []string{"echo", ""}, "echo ''"},
		{"a backslash stands outside of the quotes, where fish reads it as all do", []string{"echo", `a\b`}, `echo 'a'\\'b'`},
		{"an exclamation mark stands outside of the quotes, where csh lets it be", []string{"echo", "a!"}, `echo 'a'\!''`},
		{"a word that zsh would look up is quoted", []string{"echo", "=ls", "a=b"}, "echo '=ls' a=b"},
		{"a tilde is not for the shell", []string{"ls", "~"}, "ls '~'"},
		{"a command that looks like an assignment is quoted", []string{"A=b", "C=d"}, "'A=b' C=d"},
		{"nothing is nothing", nil, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := Quote(row.argv); got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
		})
	}
}

// What a shell reads of a quoted line is what was quoted.
func FuzzQuote(f *testing.F) {
	for _, words := range []string{"a\x00b c", "it's\x00$HOME `id` \"x\"", "\x00\x00", "-n\x00\\\n*", "~root\x00a=b\x00#", "ü\xff\x00;"} {
		f.Add(words)
	}
	f.Fuzz(func(t *testing.T, words string) {
		argv := strings.Split(words, "\x00")
		line := Quote(append([]string{"printf", `%s\0`}, argv...))
		got, err := exec.Command("/bin/sh", "-c", line).Output()
		if want := strings.Join(argv, "\x00") + "\x00"; err != nil || !bytes.Equal(got, []byte(want)) {
			t.Errorf("%s: sh read %q, %v; want %q", line, got, err, want)
		}
		simulated, err := sshd.Words(line)
		if diff := cmp.Diff(append([]string{"printf", `%s\0`}, argv...), simulated); diff != "" || err != nil {
			t.Errorf("%s: a stand-in read: %v %s", line, err, diff)
		}
	})
}

func TestRedact(t *testing.T) {
	for _, row := range []struct {
		name string
		argv []string
		want string
	}{
		{"a harmless command is shown", []string{"sudo", "-n", "id", "-u"}, "sudo -n id -u"},
		{"an assigned secret", []string{"env", "OPS_TOKEN=abc", "x"}, "env 'OPS_TOKEN=•••' x"},
		{"an option with a secret", []string{"x", "--password=abc"}, "x '--password=•••'"},
		{"a word after such an option", []string{"x", "--password", "abc", "y"}, "x --password ••• y"},
		{"a header", []string{"curl", "-H", "Authorization: token=abc", "y"}, "curl -H 'Authorization:•••' y"},
		{"a password in a URL", []string{"curl", "http://ops:abc@10.0.0.1:80/x"}, "curl 'http://•••@10.0.0.1:80/x'"},
		{"a password with a slash in a URL", []string{"curl", "http://ops:a/bc@10.0.0.1:80/x"}, "curl 'http://•••@10.0.0.1:80/x'"},
		{"a token in a URL's query", []string{"curl", "http://h/x?a=1&token=abc&b=2"}, "curl 'http://h/x?a=1&token=•••'"},
		{"a URL with both", []string{"curl", "http://ops:abc@h/x?sig_token=abc"}, "curl 'http://•••@h/x?sig_token=•••'"},
		{"a secret in the middle of a script", []string{"sh", "-c", "A=b TOKEN=abc run"}, "sh -c 'A=b TOKEN=•••'"},
		{"a harmless URL is shown", []string{"curl", "http://h:80/x?a=1"}, "curl 'http://h:80/x?a=1'"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := Redact(row.argv); got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
		})
	}
}

// A secret in a place where secrets stand is never shown, and what is shown is short.
func FuzzRedact(f *testing.F) {
	f.Add("curl", "x@y:z/", 3)
	f.Add("a=b", "'", 0)
	f.Add("-", "-token", 1)
	f.Fuzz(func(t *testing.T, other, tail string, place int) {
		secret := "S3CR3T-" + tail + "-T3RC3S"
		places := [][]string{
			{"--password=" + secret}, {"--password", secret}, {"API_TOKEN=" + secret},
			{"Authorization: Bearer " + secret}, {"https://u:" + secret + "@h/p"},
			{"https://h/p?a=b&access_token=" + secret}, {"A=b API_KEY=" + secret + " sh"},
		}
		argv := append([]string{other}, places[((place%7)+7)%7]...)
		argv = append(argv, other)
		sent := slices.Clone(argv)
		got := Redact(argv)
		if !slices.Equal(argv, sent) {
			t.Errorf("what is sent was changed: %q", argv)
		}
		if strings.Contains(got, "S3CR3T") || strings.Contains(got, "T3RC3S") {
			t.Errorf("%q shows the secret", got)
		}
		if n := utf8.RuneCountInString(got); n > shownLine+1 {
			t.Errorf("%d runes", n)
		}
	})
}

func TestSudoRefused(t *testing.T) {
	for _, row := range []struct {
		name, stderr string
		want         bool
	}{
		{"a password is wanted", "sudo: a password is required\n", true},
		{"a terminal is wanted", "sudo: sorry, you must have a tty to run sudo\n", true},
		{"not in sudoers", "Sorry, user ops is not allowed to execute '/bin/true' as root on m1.\n", true},
		{"a name that does not resolve is a warning", "sudo: unable to resolve host m1: Temporary failure in name resolution\n", false},
		{"a refusal after such a warning", "sudo: unable to resolve host m1\nsudo: a password is required\n", true},
		{"the command's own words after such a warning", "sudo: unable to resolve host m1\ninstall: no space left\n", false},
		{"the command's own words", "cat: sudo: No such file\n", false},
		{"silence", "", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := sudoRefused(row.stderr); got != row.want {
				t.Errorf("%v, want %v", got, row.want)
			}
		})
	}
}
