package node

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

func TestBelongingsAreReadWholeOrNotAtAll(t *testing.T) {
	sha := strings.Repeat("ab", 32)
	good := "program node-0123456789ab.sh\nscript " + sha + "\nrun 1121-2200-k3fd 5\nfile 1121-2200-k3fd journal.jsonl 123456 60\nupload /tmp/dcos-patch.aB3dE6gH 700\n"
	got, err := ParseBelongings([]byte(good))
	want := Belongings{Programs: []string{"node-0123456789ab.sh"}, Scripts: []string{sha}, Runs: []string{"1121-2200-k3fd"},
		Files:   []RunFile{{Run: "1121-2200-k3fd", Name: "journal.jsonl", Bytes: 123456, Age: time.Minute}},
		Uploads: []Upload{{Path: "/tmp/dcos-patch.aB3dE6gH", Age: 700 * time.Second}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, bad := range []string{"run ../x 5\n", "run .x 5\n", "run x\n", "run x five\n", "file x ../../etc/passwd 1 1\n", "file x y -1 1\n", "file x y 1\n",
		"upload /tmp 700\n", "upload /tmp/dcos-patch.aB3dE6gH/../.. 5\n", "upload /tmp/dcos-patch.aB3d/6gH 5\n", "\n", "dance\n", "program \n"} {
		if got, err := ParseBelongings([]byte(good + bad)); err == nil || len(got.Programs) > 0 {
			t.Errorf("%q: %v, %+v", bad, err, got)
		}
	}
}

func TestAHeartbeatThatIsNotWholeIsNone(t *testing.T) {
	s, err := ParseSurvey([]byte("program 1\nheartbeat 3 run-1 12 34\n"))
	if err != nil || *s.Heartbeat != (Heartbeat{Epoch: 3, Run: "run-1", Beat: 12, Age: 34 * time.Second}) {
		t.Errorf("%v, %+v", err, s.Heartbeat)
	}
	if !s.Heartbeat.Same(Heartbeat{Epoch: 3, Run: "run-1", Beat: 12}) || s.Heartbeat.Same(Heartbeat{Epoch: 3, Run: "run-1", Beat: 13}) || s.Heartbeat.Same(Heartbeat{Epoch: 4, Run: "run-1", Beat: 12}) {
		t.Error("what tells beats apart is epoch, run and beat")
	}
	for _, bad := range []string{"", "3 run-1 12", "3 run-1 12 34 5", "x run-1 12 34", "3  12 34", "3 run-1 x 34", "3 run-1 12 -1"} {
		if _, err := ParseSurvey([]byte("program 1\nheartbeat " + bad + "\n")); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// FuzzParseBelongings's law: nothing that is read leads out of its directory,
// since paths are made of it.
func FuzzParseBelongings(f *testing.F) {
	f.Add([]byte("run 1121-2200-k3fd 5\nfile 1121-2200-k3fd plan.json 1 1\nupload /tmp/dcos-patch.aB3dE6gH 700\n"))
	f.Add([]byte("run .. 5\nscript ../x\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := ParseBelongings(b)
		if err != nil && len(got.Programs)+len(got.Scripts)+len(got.Runs)+len(got.Files)+len(got.Uploads) > 0 {
			t.Fatalf("%+v beside %v", got, err)
		}
		names := slices.Concat(got.Programs, got.Scripts, got.Runs)
		for _, f := range got.Files {
			names = append(names, f.Run, f.Name)
		}
		for _, n := range names {
			if strings.ContainsAny(n, "/ \n") || strings.HasPrefix(n, ".") || n == "" {
				t.Fatalf("read %q", n)
			}
		}
		for _, u := range got.Uploads {
			if !sshexec.IsPrivateDir(u.Path) || u.Age < 0 {
				t.Fatalf("read %+v", u)
			}
		}
	})
}
