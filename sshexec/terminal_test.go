package sshexec

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/dcos-patch/dcos-patch/internal/installed"
)

// What the script says, in every shell that may be a node's sh, is what
// parseTerminal reads: both outputs and the exit code, whatever bytes they hold.
func TestATerminalBringsBothOutputsAndTheExitCode(t *testing.T) {
	for _, shell := range []string{"dash", "bash", "busybox"} {
		path, found := installed.Find(t, shell)
		if !found {
			continue
		}
		t.Run(shell, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				in := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "in")
				code := rapid.IntRange(0, 255).Draw(t, "code")
				words := rapid.StringMatching(`[a-z \n]{0,30}`).Draw(t, "words")
				limit := rapid.SampledFrom([]int{10, 1000}).Draw(t, "limit")
				args := []string{"-c", terminalScript, "sh", strconv.Itoa(len(in)), strconv.Itoa(limit), "/bin/sh", "-c", `cat; printf %s "$1" >&2; exit "$2"`, "x", words, strconv.Itoa(code)}
				if shell == "busybox" {
					args = append([]string{"sh"}, args...)
				}
				cmd := exec.Command(path, args...)
				cmd.Stdin = bytes.NewReader(append(bytes.Clone(in), "what comes later"...))
				out, err := cmd.Output()
				if err != nil {
					t.Fatal(err)
				}
				rest, begun := bytes.CutPrefix(out, []byte(sudoBegun))
				stdout, stderr, got, err := parseTerminal(rest)
				if !begun || err != nil || got != code || string(stderr) != words || !bytes.Equal(stdout, in[:min(limit, len(in))]) {
					t.Fatalf("%q: %q, %q, %d, %v", out, stdout, stderr, got, err)
				}
			})
		})
	}
}

// What is taken apart is what was put together, and nothing else is taken
// for it: a part of it, above all, is an error.
func FuzzParseTerminal(f *testing.F) {
	f.Add([]byte("out"), []byte("err"), uint8(3))
	f.Add([]byte(nil), []byte(nil), uint8(0))
	f.Add([]byte("exit 0\n0000000000"), []byte("exit 1\n"), uint8(255))
	f.Fuzz(func(t *testing.T, stdout, stderr []byte, code uint8) {
		text := base64.StdEncoding.EncodeToString(fmt.Appendf(bytes.Clone(stderr), "exit %d\n", code))
		all := fmt.Appendf(bytes.Clone(stdout), "%s%010d", text, len(text))
		gotOut, gotErr, gotCode, err := parseTerminal(all)
		if err != nil || !bytes.Equal(gotOut, stdout) || !bytes.Equal(gotErr, stderr) || gotCode != int(code) {
			t.Fatalf("%q: %q, %q, %d, %v", all, gotOut, gotErr, gotCode, err)
		}
		for cut := 1; cut <= lengthDigits; cut++ { // its end is missing
			if _, _, got, err := parseTerminal(all[:len(all)-cut]); err == nil && !strings.Contains(string(stdout), "exit") {
				t.Errorf("%q: without its last %d bytes it says exit code %d", all, cut, got)
			}
		}
	})
}
