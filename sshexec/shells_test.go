package sshexec

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/dcos-patch/dcos-patch/internal/installed"
)

// What a login shell reads of a quoted line is what was quoted, in whichever of
// these shells are installed here. sh always is.
func TestEveryLoginShellReadsBackWhatWasQuoted(t *testing.T) {
	for _, shell := range []string{"sh", "bash", "dash", "zsh", "tcsh", "csh", "fish", "ksh", "mksh"} {
		t.Run(shell, func(t *testing.T) {
			path := installed.Need(t, shell)
			rapid.Check(t, func(t *rapid.T) {
				argv := rapid.SliceOfN(rapid.OneOf(
					rapid.StringOfN(rapid.RuneFrom([]rune(`ab '"\!$`+"`"+`*?[]{}()<>|&;#~=%^@:,./-+éß`)), 0, 12, -1),
					rapid.SampledFrom([]string{"=ls", "!!", "!$", "~", "~root", "-n", "%1", "^a^b", "{a,b}", "$HOME", `\n`, "a=b", "#x"}),
				), 1, 6).Draw(t, "argv")
				line := Quote(append([]string{"/usr/bin/env", "printf", `%s\0`}, argv...))
				cmd := exec.Command(path, "-c", line)
				cmd.Env = []string{"HOME=/nonexistent", "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"}
				got, err := cmd.CombinedOutput()
				if want := strings.Join(argv, "\x00") + "\x00"; err != nil || !bytes.Equal(got, []byte(want)) {
					t.Fatalf("%s: read %q, %v; want %q", line, got, err, want)
				}
			})
		})
	}
}

// In each of these shells a command can take the shell's place, also after another
// one.
func TestACommandTakesThePlaceOfEveryLoginShell(t *testing.T) {
	for _, shell := range []string{"sh", "bash", "dash", "zsh", "tcsh", "csh", "fish", "ksh", "mksh"} {
		t.Run(shell, func(t *testing.T) {
			cmd := exec.Command(installed.Need(t, shell), "-c", afterNoise(inPlace+Quote([]string{"sh", "-c", "echo out; exit 3"})))
			cmd.Env = []string{"HOME=/nonexistent", "PATH=/usr/bin:/bin"}
			out, _ := cmd.Output()
			if got := string(out); got != begin+"\nout\n" || cmd.ProcessState.ExitCode() != 3 {
				t.Errorf("%q, exit code %d", got, cmd.ProcessState.ExitCode())
			}
		})
	}
}

// A csh must not read another word than the one that was quoted; that it reads
// none at all is what happens.
func TestALineBreakIsAnErrorInCshAndNeverAnotherWord(t *testing.T) {
	path := installed.Need(t, "tcsh")
	out, err := exec.Command(path, "-f", "-c", Quote([]string{"echo", "a\nb"})).Output()
	if err == nil || len(out) > 0 {
		t.Errorf("it ran %q", out)
	}
}
