package node_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/node/nodetest"
)

var claim = node.Claim{Epoch: 7, Run: "run-1", Owner: "ops@host"}

func launch(t *testing.T, b *bench) (sha string) {
	t.Helper()
	sha = b.Script(t)
	if err := node.Init(t.Context(), b, claim); err != nil {
		t.Fatal(err)
	}
	if _, err := node.Launch(t.Context(), b, node.Start{Claim: claim, SHA256: sha, Attempt: 1, From: "2.1.0", Until: soon(t, b)}); err != nil {
		t.Fatal(err)
	}
	return sha
}

func receipts(t *testing.T, b *bench, sha string) []node.Receipt {
	t.Helper()
	got, err := node.Receipts(t.Context(), b, sha)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func refusedWord(err error) string {
	var refused *node.RefusedError
	if errors.As(err, &refused) {
		return refused.Word
	}
	return fmt.Sprintf("not refused: %v", err)
}

func TestOfEightLaunchesAtOnceExactlyOneStarts(t *testing.T) {
	for _, c := range []struct {
		name    string
		attempt func(i int) int
	}{
		{"all the same attempt", func(int) int { return 1 }},
		{"each another attempt", func(i int) int { return i + 1 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := agentBench(t)
			sha := b.Script(t)
			if err := node.Init(t.Context(), b, claim); err != nil {
				t.Fatal(err)
			}
			var (
				errs [8]error
				all  sync.WaitGroup
			)
			for i := range errs {
				all.Go(func() {
					_, errs[i] = node.Launch(t.Context(), b, node.Start{Claim: claim, SHA256: sha, Attempt: c.attempt(i), From: "2.1.0", Until: soon(t, b)})
				})
			}
			all.Wait()
			started := 0
			for _, err := range errs {
				if err == nil {
					started++
				} else if refusedWord(err) != node.RefusedReceipt {
					t.Errorf("%v: want refused: receipt", err)
				}
			}
			starts := strings.Count(b.read(t, "run/starts"), "\n")
			if started != 1 || starts != 1 {
				t.Errorf("%d launches said yes and systemd started %d units, want 1 and 1", started, starts)
			}
			if got := receipts(t, b, sha); len(got) != 1 || got[0].State != node.Running {
				t.Errorf("got %+v, want one attempt, running", got)
			}
		})
	}
}

func TestTheScriptRunsAsItsAuthorsExpect(t *testing.T) {
	b := agentBench(t)
	sha := launch(t, b)
	b.End(t, nodetest.Ending{})
	out, err := node.Read(t.Context(), b, "output", sha, "1", "0")
	if want := "0022\n0 arguments, /, /root\n"; err != nil || string(out) != want {
		t.Errorf("got %q, %v; want %q", out, err, want)
	}
	if tail, err := node.Read(t.Context(), b, "output", sha, "1", "5"); err != nil || string(tail) != "0 arguments, /, /root\n" {
		t.Errorf("from byte 5: %q, %v", tail, err)
	}
	for _, p := range []string{"", "/receipts", "/receipts/" + sha + "/1/output", "/receipts/" + sha + "/1/exit", "/epoch"} {
		info, err := os.Stat(b.path(node.Dir + p))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %s", node.Dir+p, info.Mode())
		}
	}
}

func TestAReceiptHasEveryField(t *testing.T) {
	b := agentBench(t)
	b.Set(t, nodetest.Node{Libltdl: "words"})
	sha := launch(t, b)
	b.End(t, nodetest.Ending{Code: 3})
	got := receipts(t, b, sha)[0]
	if got.SHA256 != sha || got.Attempt != 1 || got.State != node.Exited || got.Code != 3 || got.Run != "run-1" || got.Epoch != 7 || got.Who != "ops@host" ||
		got.BootID == "" || got.PID1Start != 77 || got.Unit != "dcos-patch-"+sha[:12]+"-1.service" || got.From != "2.1.0" || len(got.ActiveSum) != 64 ||
		!strings.HasPrefix(got.Libltdl, "file ") || got.At.IsZero() || got.ExitAt.Before(got.At) {
		t.Errorf("got %+v", got)
	}
	if b.exists(dcos.Libltdl) {
		t.Error("libltdl is still there")
	}
}

func TestALibltdlThatIsALinkIsRecordedAsOne(t *testing.T) {
	b := agentBench(t)
	if err := os.Symlink("libltdl.so.7.3.1", b.path(dcos.Libltdl)); err != nil {
		t.Fatal(err)
	}
	sha := launch(t, b)
	b.End(t, nodetest.Ending{})
	if got := receipts(t, b, sha)[0].Libltdl; got != "link libltdl.so.7.3.1" || b.exists(dcos.Libltdl) {
		t.Errorf("recorded %q", got)
	}
}

func TestAnAttemptThatSystemdRefusedIsCalledOffForGood(t *testing.T) {
	b := agentBench(t)
	b.write(t, "run/systemd-run-fails", "before", 0o644)
	sha := b.Script(t)
	if err := node.Init(t.Context(), b, claim); err != nil {
		t.Fatal(err)
	}
	start := node.Start{Claim: claim, SHA256: sha, Attempt: 1, From: "2.1.0", Until: soon(t, b)}
	if _, err := node.Launch(t.Context(), b, start); exitCode(err) != 1 {
		t.Fatalf("launch: %v, want exit code 1", err)
	}
	if got := receipts(t, b, sha)[0]; got.State != node.CalledOff {
		t.Errorf("got %+v, want called off", got)
	}
	// systemd may have kept the order and carry it out later.
	if _, err := node.Change(t.Context(), b, "_patch", sha, "1"); refusedWord(err) != node.RefusedReceipt {
		t.Errorf("a late start: %v, want refused: receipt", err)
	}
	if b.exists("run/script-running") {
		t.Error("the script of an attempt that was called off has run")
	}
	b.write(t, "run/systemd-run-fails", "", 0o644)
	start.Attempt = 2
	if _, err := node.Launch(t.Context(), b, start); err != nil {
		t.Errorf("the next attempt: %v", err)
	}
}

func TestAComplaintOfSystemdRunDoesNotHideThatTheUnitRuns(t *testing.T) {
	b := agentBench(t)
	b.write(t, "run/systemd-run-fails", "after", 0o644)
	sha := launch(t, b)
	if got := receipts(t, b, sha)[0]; got.State != node.Running {
		t.Errorf("got %+v, want running", got)
	}
}

func TestAnAttemptThatNeverBeganDoesNotBlockTheNext(t *testing.T) {
	for _, c := range []struct{ name, file string }{
		{"its launch died before the receipt was written", "started"},
		{"its unit never came", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := agentBench(t)
			sha := b.Script(t)
			if err := node.Init(t.Context(), b, claim); err != nil {
				t.Fatal(err)
			}
			b.write(t, node.Dir+"/receipts/"+sha+"/1/started", "run=run-1\nfrom=2.1.0\n", 0o600)
			if c.file != "" {
				if err := os.Remove(b.path(node.Dir + "/receipts/" + sha + "/1/" + c.file)); err != nil {
					t.Fatal(err)
				}
			}
			if got := receipts(t, b, sha); len(got) != 1 || got[0].State != node.Unbegun {
				t.Fatalf("got %+v, want unbegun", got)
			}
			if _, err := node.Launch(t.Context(), b, node.Start{Claim: claim, SHA256: sha, Attempt: 2, From: "2.1.0", Until: soon(t, b)}); err != nil {
				t.Errorf("the next attempt: %v", err)
			}
			if got := receipts(t, b, sha); got[0].State != node.CalledOff {
				t.Errorf("got %+v, want the first called off", got)
			}
		})
	}
}

func TestARunningUnitOfAnotherScriptKeepsTheNodeBusy(t *testing.T) {
	b := agentBench(t)
	launch(t, b)
	other := b.Script(t)
	_, err := node.Launch(t.Context(), b, node.Start{Claim: claim, SHA256: other, Attempt: 1, From: "2.1.0", Until: soon(t, b)})
	if refusedWord(err) != node.RefusedBusy {
		t.Errorf("%v: want refused: busy", err)
	}
}

func TestNothingIsLostWhileALaunchIsInHand(t *testing.T) {
	b := agentBench(t)
	sha := launch(t, b)
	b.Kill(t)
	lock := exec.Command("flock", b.path(node.Dir+"/.flock"), "sh", "-c", "echo held; read -r _")
	stdin, err := lock.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := lock.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := lock.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := stdout.Read(make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	if got := receipts(t, b, sha)[0]; got.State != node.Running {
		t.Errorf("while somebody holds the flock: %+v, want running", got)
	}
	if err := errors.Join(stdin.Close(), ignoreExit(lock.Wait())); err != nil {
		t.Fatal(err)
	}
	if got := receipts(t, b, sha)[0]; got.State != node.Lost {
		t.Errorf("afterwards: %+v, want lost", got)
	}
}

// ignoreExit drops what "read" says about the end of its input.
func ignoreExit(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil
	}
	return err
}

func TestFetchedPackagesCanBeReadByEverybody(t *testing.T) {
	b := agentBench(t)
	if err := node.Init(t.Context(), b, claim); err != nil {
		t.Fatal(err)
	}
	script := dcos.Script{SHA256: strings.Repeat("a", 64), Repository: "http://10.0.0.1:8080", Packages: []string{"mesos--2", "dcos-config--setup_2"}}
	if err := node.Fetch(t.Context(), b, claim, script); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(b.path("opt/mesosphere/packages/mesos--2/bin"))
	if err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("%v, %v: want rwxr-xr-x", info, err)
	}
	script.Repository = "http://10.0.0.2:8080"
	if err := node.Fetch(t.Context(), b, claim, script); exitCode(err) != 1 {
		t.Errorf("from the wrong place: %v, want exit code 1", err)
	}
}

// Containers share the boot id of their host: only the start of PID 1 tells
// that a container was started anew.
func TestAUnitOfTheSameNameInAnotherLifeIsNotTheAttempts(t *testing.T) {
	for file, text := range map[string]string{
		"proc/1/stat":                    "1 (systemd) S 0 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 78 1 2 3",
		"proc/sys/kernel/random/boot_id": "99999999-2222-3333-4444-000000000001\n",
	} {
		b := agentBench(t)
		sha := launch(t, b)
		b.awaitRunning(t)
		b.write(t, file, text, 0o644)
		if got := receipts(t, b, sha)[0]; got.State != node.Lost {
			t.Errorf("another %s: got %+v, want lost", file, got)
		}
	}
}

func TestAttemptsAreListedByNumber(t *testing.T) {
	b := agentBench(t)
	sha := strings.Repeat("a", 64)
	for _, attempt := range []string{"10", "9", "1"} {
		b.write(t, node.Dir+"/receipts/"+sha+"/"+attempt+"/exit", "1 1795294060\n", 0o600)
	}
	got := receipts(t, b, sha)
	if len(got) != 3 || got[0].Attempt != 1 || got[1].Attempt != 9 || got[2].Attempt != 10 {
		t.Errorf("got %+v", got)
	}
}

// soon is a deadline that no test reaches.
func soon(t *testing.T, b *bench) node.Deadline {
	t.Helper()
	up, err := node.ReadUptime(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return up.At(time.Minute)
}
