//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/proof"
)

// killRounds is how often the controller is killed, at least.
var killRounds = proof.Of(2, 50)

// killer kills dcos-patch at moments that a seed chooses, and has it go on,
// as somebody would who is given the printed command and nothing else.
type killer struct {
	c      controller
	seed   uint64
	chance *rand.Rand
	rounds int            // controllers killed
	inHand int            // of them with a step in hand
	runs   int            // that came to their end all the same
	struck map[string]int // by what they had said last
}

// newKiller takes its seed from DCOS_PATCH_KILL_SEED, if that is set.
func newKiller(t *testing.T, c controller) *killer {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("DCOS_PATCH_KILL_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("DCOS_PATCH_KILL_SEED: %v", err)
		}
	}
	return &killer{c: c, seed: seed, chance: rand.New(rand.NewPCG(seed, 0)), struck: map[string]int{}}
}

func (k *killer) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Controllers killed: %d, of which %d had a step in hand. Runs that they were killed in, and that came to their end: %d. Seed: %d.\n\n| it had said last | times |\n|---|--:|\n", k.rounds, k.inHand, k.runs, k.seed)
	for _, what := range slices.Sorted(maps.Keys(k.struck)) {
		fmt.Fprintf(&b, "| %s | %d |\n", what, k.struck[what])
	}
	return b.String()
}

// killsFile is where DCOS_PATCH_KILLS=write has the numbers written to.
const killsFile = "../docs/kills.md"

// write writes what was proved. All of it was by then asserted.
func (k *killer) write(t *testing.T) {
	t.Helper()
	t.Log(k)
	if kinds := len(k.struck); k.inHand < max(1, k.rounds/3) || proof.Whole() && kinds < 8 {
		t.Errorf("only %d of %d controllers were killed with a step in hand, at %d kinds of moments", k.inHand, k.rounds, kinds)
	}
	if t.Failed() || os.Getenv("DCOS_PATCH_KILLS") != "write" {
		return
	}
	text := `# What was proved by kill -9, on real nodes

Written by a test; do not edit. ` + "`make proof`" + ` does it again, with another seed, and writes this page.
` + "`DCOS_PATCH_KILL_SEED=N`" + ` chooses the same moments; how far a controller has come by then depends on the machine.

Seven containers with systemd, OpenSSH and ZooKeeper are patched. The first master does not converge and is repaired, every connection to the second is cut
in the middle of its script, the run is handed over to another machine (` + "`lock break`, `resume --from-cluster`" + `), and from there on each controller is killed with SIGKILL
and followed by another, which gets the printed command and the journal:
` + "`resume`" + `, or ` + "`apply`" + ` where no run had begun. Demanded of the nodes' own receipts, units, processes and logs, not of the journal: each script ran once; no master was
activated before the one before it served again, and no agent before all masters; every daemon is of a new start and of the new version, and no task was lost. After a ` + "`sweep`" + ` there
is nothing of ours on any node but receipts, the epoch and the file that changes lock, for root only.

`
	if err := os.WriteFile(killsFile, []byte(text+k.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// run begins a run or goes on with one, and kills whoever does it, until the
// run has ended; after enough rounds it is let go on to its end.
func (k *killer) run(ctx context.Context, t *testing.T, args ...string) {
	t.Helper()
	for refused := 0; ; {
		p := k.c.start(ctx, t, args...)
		if k.rounds < killRounds {
			k.moment(p)
			if k.kill(p) {
				args, refused = []string{"resume", "--yes"}, 0
				continue
			}
		}
		switch code := p.wait(t); {
		case code == 0:
			k.runs++
			return
		case (code == 2 || code == 3) && refused < 2 && applyAgain.MatchString(p.out.String()):
			args, refused = []string{"apply", "--yes"}, refused+1 // as it says: nothing had begun, or all has ended
		default:
			t.Fatalf("%s: exit code %d\n%v\n%s", strings.Join(args, " "), code, k, p.out.String())
		}
	}
}

// applyAgain is what a command says that found nothing to resume.
var applyAgain = regexp.MustCompile(`dcos-patch (-i \S+ )?apply`)

// moment waits for the next time to kill. The first and every other one comes with a step in
// hand, some lines of the run's log on, so that it is another step each time and
// the run goes on at all. The others come soon after the start, when there may be
// a lock and no run, or as the run was taken up, so that one step is begun, found
// and watched by several controllers.
func (k *killer) moment(p *process) {
	u := k.chance.Float64()
	pause := 50*time.Millisecond + time.Duration(u*u*float64(2*time.Second))
	switch n := k.chance.IntN(4); {
	case 2*k.inHand <= k.rounds:
		lines := 1 + k.chance.IntN(10)
		p.await(func(said string) bool { return len(event.FindAllString(said, lines)) == lines })
	case n > 0:
		p.await(takenUp.MatchString)
	}
	select {
	case <-time.After(pause):
	case <-p.over:
	}
}

// kill kills a process with SIGKILL. False: it had ended before.
func (k *killer) kill(p *process) bool {
	_ = p.cmd.Process.Kill() // an error means that it has ended
	<-p.over
	if status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() {
		return false
	}
	k.rounds++
	said := lastSaid(p.out.String())
	k.struck[said]++
	if said != nothingYet && said != justTaken {
		k.inHand++
	}
	return true
}

var (
	// event is a line of a run's log: its time, a node, and what happened to it.
	event = regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d ([amp]\d+) ([a-z-]+( started| done)?)`)
	// takenUp is the first line of a run's log.
	takenUp = regexp.MustCompile(`\d\d:\d\d:\d\d run \S+ (started|resumed)`)
)

// What a controller had said last that was killed before any step.
const (
	nothingYet = "nothing of the run yet"
	justTaken  = "run taken up"
)

// lastSaid is the last event that a controller told of, without what differs
// from run to run.
func lastSaid(text string) string {
	for _, line := range slices.Backward(strings.Split(text, "\n")) {
		if takenUp.MatchString(line) {
			return justTaken
		}
		if said := event.FindStringSubmatch(line); said != nil {
			return said[1] + " " + said[2]
		}
	}
	return nothingYet
}
