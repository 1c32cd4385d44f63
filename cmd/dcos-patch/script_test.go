package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
)

// asCommand is set where the test binary stands in for the command.
const asCommand = "DCOS_PATCH_TEST_AS_COMMAND"

// TestAsCommand is no test: it is the command, when a script starts it.
func TestAsCommand(t *testing.T) {
	if os.Getenv(asCommand) == "" {
		t.Skip("only for scripts")
	}
	at := slices.Index(os.Args, "--")
	os.Exit(run(context.Background(), os.Args[at+1:], standardStreams()))
}

// scriptLine is how a script's command line is started.
func scriptLine(ts *testscript.TestScript, args []string) []string {
	if args[0] != "dcos-patch" {
		return args
	}
	self, err := os.Executable()
	ts.Check(err)
	return append([]string{self, "-test.run=^TestAsCommand$", "--"}, args[1:]...)
}

// scriptsAtOnce bounds the scripts, and so the simulated clusters, that run
// side by side. They mostly wait: more of them than there are cores.
const scriptsAtOnce = 8

// TestScripts runs testdata/script: what people type, and what they get.
//
// Commands of the scripts besides those of testscript:
//
//	exits CODE CMD ARGS...   CMD ends with exactly that code
//	start NAME CMD ARGS...   starts CMD in the background
//	sim NAME DIR FLAGS...    starts a simulated cluster, and waits until it is up
//	await NAME REGEXP        waits until the output of NAME has a match
//	signal NAME INT|KILL     sends a signal to NAME
//	ended NAME CODE          waits until NAME has ended, with that code (-1: by a signal); stdout and stderr are its output
//	replace FILE OLD NEW     replaces every OLD (a regexp) in FILE; no match fails
//	count N REGEXP FILE      FILE has exactly so many matches
//	take VAR REGEXP FILE     sets VAR to what the first group of REGEXP matches in FILE
func TestScripts(t *testing.T) {
	t.Parallel()
	l := &scriptLanes{T: t, slots: make(chan struct{}, scriptsAtOnce)}
	defer l.done.Wait()
	examples, err := filepath.Abs(filepath.Join("..", "..", "examples"))
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	testscript.RunT(l, testscript.Params{
		Dir:                filepath.Join("testdata", "script"),
		RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("RUNS", filepath.Join(e.WorkDir, ".local", "state", "dcos-patch"))
			e.Setenv(asCommand, "1")
			e.Setenv("EXAMPLES", examples)
			e.Setenv("SELF", self) // for a shell: "$SELF" -test.run=^TestAsCommand$ -- ARGS...
			e.Setenv("TZ", "UTC")
			e.Setenv("GORACE", "atexit_sleep_ms=0")
			e.Values[scriptJobsKey{}] = map[string]*scriptJob{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": cmdExits, "start": cmdStart, "sim": cmdSim, "await": cmdAwait,
			"signal": cmdSignal, "ended": cmdEnded, "replace": cmdReplace, "count": cmdCount, "take": cmdTake,
		},
	})
}

// scriptLanes runs scripts side by side, whatever -parallel says: scripts wait, and
// need no core of their own.
type scriptLanes struct {
	*testing.T
	slots chan struct{}
	done  sync.WaitGroup
}

func (l *scriptLanes) Parallel()     {}
func (l *scriptLanes) Verbose() bool { return testing.Verbose() }

func (l *scriptLanes) Run(name string, f func(testscript.T)) {
	l.done.Go(func() {
		l.slots <- struct{}{}
		defer func() { <-l.slots }()
		l.T.Run(name, func(t *testing.T) { f(&scriptLanes{T: t}) })
	})
}

// scriptJob is a command that a script has in the background.
type scriptJob struct {
	cmd      *exec.Cmd
	out, err heardText
	ended    chan struct{}
	code     int
}

// heardText collects what such a command writes while others look at it.
type heardText struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *heardText) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *heardText) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

type scriptJobsKey struct{}

func scriptJobs(ts *testscript.TestScript) map[string]*scriptJob {
	return ts.Value(scriptJobsKey{}).(map[string]*scriptJob)
}

func scriptJobOf(ts *testscript.TestScript, name string) *scriptJob {
	j, ok := scriptJobs(ts)[name]
	if !ok {
		ts.Fatalf("nothing was started as %q", name)
	}
	return j
}

func scriptArgs(ts *testscript.TestScript, neg bool, args []string, least int, usage string) {
	if neg || len(args) < least {
		ts.Fatalf("usage: %s", usage)
	}
}

func scriptNumber(ts *testscript.TestScript, text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		ts.Fatalf("%q is no number", text)
	}
	return n
}

func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	scriptArgs(ts, neg, args, 2, "exits CODE CMD ARGS...")
	want := scriptNumber(ts, args[0])
	line := scriptLine(ts, args[1:])
	if got := codeFrom(ts, ts.Exec(line[0], line[1:]...)); got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func codeFrom(ts *testscript.TestScript, err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	ts.Fatalf("%v", err)
	return 0
}

func cmdStart(ts *testscript.TestScript, neg bool, args []string) {
	scriptArgs(ts, neg, args, 2, "start NAME CMD ARGS...")
	if _, twice := scriptJobs(ts)[args[0]]; twice {
		ts.Fatalf("%s was started before", args[0])
	}
	line := scriptLine(ts, args[1:])
	j := &scriptJob{cmd: exec.Command(line[0], line[1:]...), ended: make(chan struct{})}
	j.cmd.Dir = ts.MkAbs(".")
	for _, v := range []string{"HOME", "PATH", "TZ", "GORACE", "GOCOVERDIR", "TMPDIR", asCommand} {
		if val := ts.Getenv(v); val != "" {
			j.cmd.Env = append(j.cmd.Env, v+"="+val)
		}
	}
	j.cmd.Stdout, j.cmd.Stderr = &j.out, &j.err
	ts.Check(j.cmd.Start())
	go func() {
		defer close(j.ended)
		j.cmd.Wait() // the exit code says it all
		j.code = j.cmd.ProcessState.ExitCode()
	}()
	scriptJobs(ts)[args[0]] = j
	ts.Defer(func() {
		j.cmd.Process.Kill()
		<-j.ended
	})
}

func cmdSim(ts *testscript.TestScript, neg bool, args []string) {
	scriptArgs(ts, neg, args, 2, "sim NAME DIR FLAGS...")
	line := []string{args[0], "dcos-patch", "sim", "up", "--dir", args[1], "--time-scale", "0.01"}
	cmdStart(ts, false, append(line, args[2:]...))
	cmdAwait(ts, false, []string{args[0], "Ctrl-C here ends it"})
	inv, err := inventory.Load(ts.MkAbs(filepath.Join(args[1], "inventory.yaml")))
	ts.Check(err)
	store, err := journal.OpenStore(filepath.Join(ts.Getenv("HOME"), ".local", "state", "dcos-patch"), journal.Cluster{Name: inv.Name, ID: inv.ID})
	ts.Check(err)
	ts.Setenv("RUNS", store.Dir)
}

// patience is how long a script waits for what must come.
const patience = 10 * time.Minute

func cmdAwait(ts *testscript.TestScript, neg bool, args []string) {
	scriptArgs(ts, neg, args, 2, "await NAME REGEXP")
	j := scriptJobOf(ts, args[0])
	re, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		over := time.Now().After(end)
		select {
		case <-j.ended:
			over = true
		default:
		}
		if re.MatchString(j.out.String()) || re.MatchString(j.err.String()) {
			return
		}
		if over {
			ts.Fatalf("no match of %q in\n%s%s", args[1], j.out.String(), j.err.String())
		}
	}
}

func cmdSignal(ts *testscript.TestScript, neg bool, args []string) {
	scriptArgs(ts, neg, args, 2, "signal NAME INT|KILL")
	sig, ok := map[string]syscall.Signal{"INT": syscall.SIGINT, "KILL": syscall.SIGKILL}[args[1]]
	if !ok {
		ts.Fatalf("signal %q: want INT or KILL", args[1])
	}
	ts.Check(scriptJobOf(ts, args[0]).cmd.Process.Signal(sig))
}

func cmdEnded(ts *testscript.TestScript, neg bool, args []string) {
	scriptArgs(ts, neg, args, 2, "ended NAME CODE")
	j := scriptJobOf(ts, args[0])
	select {
	case <-j.ended:
	case <-time.After(patience):
		ts.Fatalf("%s has not ended\n%s%s", args[0], j.out.String(), j.err.String())
	}
	io.WriteString(ts.Stdout(), j.out.String())
	io.WriteString(ts.Stderr(), j.err.String())
	if want := scriptNumber(ts, args[1]); j.code != want {
		ts.Fatalf("%s ended with %d, want %d\n%s%s", args[0], j.code, want, j.out.String(), j.err.String())
	}
}

func cmdReplace(ts *testscript.TestScript, neg bool, args []string) {
	scriptArgs(ts, neg, args, 3, "replace FILE OLD NEW")
	old, re := ts.ReadFile(args[0]), regexp.MustCompile("(?m)"+args[1])
	if !re.MatchString(old) {
		ts.Fatalf("no match of %q in %s", args[1], args[0])
	}
	text := re.ReplaceAllString(old, strings.ReplaceAll(args[2], `\n`, "\n"))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

func cmdCount(ts *testscript.TestScript, neg bool, args []string) {
	scriptArgs(ts, neg, args, 3, "count N REGEXP FILE")
	found := regexp.MustCompile("(?m)"+args[1]).FindAllString(ts.ReadFile(args[2]), -1)
	if want := scriptNumber(ts, args[0]); len(found) != want {
		ts.Fatalf("%s", fmt.Sprintf("%d matches of %q in %s, want %d: %q", len(found), args[1], args[2], want, found))
	}
}

func cmdTake(ts *testscript.TestScript, neg bool, args []string) {
	scriptArgs(ts, neg, args, 3, "take VAR REGEXP FILE")
	m := regexp.MustCompile("(?m)" + args[1]).FindStringSubmatch(ts.ReadFile(args[2]))
	if len(m) < 2 {
		ts.Fatalf("no match of %q with a group in %s", args[1], args[2])
	}
	ts.Setenv(args[0], m[1])
}
