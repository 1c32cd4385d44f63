package pack

import (
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

func TestFailedCommandsAreKeptWithAllTheySaid(t *testing.T) {
	at := time.Date(2026, 11, 21, 23, 5, 0, 0, time.UTC)
	e := Failed([]sshexec.Failure{
		{At: at, Times: 3, Cmd: "sudo -n /bin/sh -s -- cockroach", Code: 1, Stderr: []byte("no answer")},
		{At: at.Add(time.Minute), Times: 1, Cmd: "mktemp -d", Code: 1, Stderr: []byte("a\nb\n")},
	})
	const want = "# 2026-11-21T23:05:00Z, the last of 3 times: exit code 1: sudo -n /bin/sh -s -- cockroach\nno answer\n" +
		"# 2026-11-21T23:06:00Z: exit code 1: mktemp -d\na\nb\n"
	if string(e.Body) != want || e.Lack != "" || e.Name != FailedCommands {
		t.Errorf("%q, lacks %q", e.Body, e.Lack)
	}
	if e := Failed(nil); e.Lack == "" || len(e.Body) > 0 {
		t.Errorf("of none: %+v", e)
	}
}
