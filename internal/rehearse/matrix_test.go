package rehearse

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/prove"
)

const proofFile = "../../docs/proof.md"

// sampled is the sample of the matrix that is tried when nobody names another.
const sampled = 1

// TestEveryFaultAtEveryPosition tries a sample of the matrix, the same every
// time; DCOS_PATCH_MATRIX=17 tries sample 17, DCOS_PATCH_MATRIX=full all of it, and writes docs/proof.md.
func TestEveryFaultAtEveryPosition(t *testing.T) {
	plans, err := SmallPlans()
	if err != nil {
		t.Fatal(err)
	}
	which := cmp.Or(os.Getenv("DCOS_PATCH_MATRIX"), strconv.Itoa(sampled))
	if which == "full" {
		m := RunMatrix(plans, 1, 0)
		report(t, m)
		writeProof(t, m)
		return
	}
	t.Parallel()
	const stride = 1009 // a prime: a sample has something of every kind
	number, err := strconv.ParseUint(which, 10, 32)
	if err != nil {
		t.Fatalf("DCOS_PATCH_MATRIX: want a number, or full: %v", err)
	}
	t.Logf("sample %d: DCOS_PATCH_MATRIX=%[1]d tries it again", number)
	m := RunMatrix(plans, stride, int(number))
	report(t, m)
	for _, k := range m.Tallies {
		if k.Struck == 0 {
			t.Errorf("%s never acted in %d cases: the sample proves nothing about it", k.Kind, k.Cases)
		}
	}
	written, err := os.ReadFile(proofFile)
	if err != nil {
		t.Fatal(err)
	}
	if line := casesLine(len(Cases(plans)), len(plans)); !bytes.Contains(written, []byte(line)) {
		t.Errorf("docs/proof.md is of another matrix, want %q: DCOS_PATCH_MATRIX=full go test -timeout 60m -run EveryFault ./internal/rehearse", line)
	}
}

// TestTheProofSaysTheWordsOfEachFault: a row of the page begins as it would be
// written now.
func TestTheProofSaysTheWordsOfEachFault(t *testing.T) {
	page, err := os.ReadFile(proofFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range fault.Rehearsed() {
		if begins := fmt.Sprintf("\n| %s | %s |", k, k.Words()); !bytes.Contains(page, []byte(begins)) {
			t.Errorf("docs/proof.md has no row that begins %q", begins)
		}
	}
}

func report(t *testing.T, m Matrix) {
	t.Helper()
	t.Logf("%d cases, %d in which the fault acted, %d with a stop that led on", m.Total.Cases, m.Total.Struck, m.Total.Stopped)
	for _, b := range m.Broken {
		t.Error(b)
	}
}

func casesLine(cases, plans int) string {
	return fmt.Sprintf("%d cases: %d kinds of faults", cases, len(fault.Rehearsed())) + fmt.Sprintf(" × every event of the journals of %d small plans × %d", plans, len(second()))
}

// writeProof writes what was proved. It adds no time of day and no duration:
// the same code gives the same file.
func writeProof(t *testing.T, m Matrix) {
	plans, err := SmallPlans()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	b.WriteString(`# What was proved on the engine

Written by a test; do not edit. To repeat it, with the same numbers:

    DCOS_PATCH_MATRIX=full go test -timeout 60m -run EveryFault ./internal/rehearse

` + "`go test ./internal/rehearse`" + ` tries a sample of it, the same every time; ` + "`DCOS_PATCH_MATRIX=17`" + ` tries number 17 of 1009.

## Every fault at every position

`)
	fmt.Fprintf(&b, "%s second troubles\n(none; the controller dies, stops watching, cannot write, is interrupted or sleeps; an election; a master or an agent that fails; any other fault, some events later; or trouble about the call of finish-swap).\n\n", casesLine(m.Total.Cases, len(plans)))
	b.WriteString("The engine's own `Next` and the product's own steps carry out each plan on the twin of package `internal/rehearse`, in virtual time. The fault strikes at one event of\n" +
		"the journal (notes are not counted), or at the first chance after it. After a stop, a person repairs what the stop names, or approves finish-swap, and gives the printed command; a dead controller is\n" +
		"followed by another, which has nothing but the journal.\n\nDemanded in every case, of the twin and not of the engine's own state: one master out at a time; no script begun twice without proof that the\n" +
		"first time was harmless; no swap finished without approval, fresh proof and a cut, or beside another call; no agent before the masters are verified; no more agents than width and max_out; *SAFE TO LEAVE* and *done* only when true; the journal\n" +
		"leads to the state that was; every stop leads on, and the run comes to its end; where only the controller was hit, to the very same end.\n\n")
	b.WriteString("| fault | what happens | cases | it acted | with a stop | left a node behind | broken |\n|---|---|--:|--:|--:|--:|--:|\n")
	for _, k := range append(m.Tallies, m.Total) {
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %d | %d |\n", k.Kind, k.Kind.Words(), k.Cases, k.Struck, k.Stopped, k.Left, k.Broken)
	}
	b.WriteString("\n*Left a node behind*: parked before anything was stopped on it, or failed within the policy's `max_failures`; the run says so and ends with exit code 6.\n")
	b.WriteString("\n## Every story of small clusters\n\n`dcos-patch dev prove` searches every order of completion, failure, loss, crash, interruption, parking and resume,\n" +
		"with masters that fail and return by no doing of the run, with pauses after which nothing that was seen is fresh, and with cut swaps that somebody has finished.\n\n" +
		"| masters | agents | troubles | crashes | pauses | states | steps | ends | stops | finish-swap | rule broken |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n")
	for _, s := range []struct {
		masters, agents int
		bounds          prove.Bounds
	}{{3, 0, prove.Bounds{Troubles: 2, Crashes: 2}}, {3, 2, prove.Bounds{Troubles: 1, Crashes: 1}}, {3, 3, prove.Bounds{Troubles: 1, Crashes: 1}},
		{3, 4, prove.Bounds{Troubles: 2, Crashes: 2}}, {3, 0, prove.Bounds{Troubles: 2, Crashes: 2, Waits: 3}}, {3, 2, prove.Bounds{Troubles: 2, Crashes: 1, Waits: 2}}, {3, 4, prove.Bounds{Troubles: 2, Crashes: 1, Waits: 1}}, {3, 4, prove.Bounds{Troubles: 3, Crashes: 1}},
		{3, 4, prove.Bounds{Troubles: 2, Crashes: 2, Waits: 1}}, {3, 4, prove.Bounds{Troubles: 3, Crashes: 2, Waits: 1, Unapproved: true}}} {
		p, err := prove.Plan(shape{masters: 3, agents: 1, width: 2}.cluster(), s.masters, s.agents)
		if err != nil {
			t.Fatal(err)
		}
		r, err := prove.Search(p, s.bounds, 12_000_000)
		if err != nil {
			t.Fatal(err)
		}
		if r.Violation != "" {
			t.Errorf("%s: %v", r.Violation, r.Story)
		}
		finishes := fmt.Sprint(r.Finishes)
		if s.bounds.Unapproved {
			finishes = "never approved"
		}
		fmt.Fprintf(&b, "| %d | %d | %d | %d | %d | %d | %d | %d | %d | %s | %s |\n", s.masters, s.agents, s.bounds.Troubles, s.bounds.Crashes, s.bounds.Waits, r.States, r.Steps, r.Ends, r.Stops, finishes, map[bool]string{true: "none", false: r.Violation}[r.Violation == ""])
	}
	b.WriteString("\n## The whole product over SSH\n\nWhat it did under every fault, with the counts, is in [faults.md](faults.md); a controller that dies after every record and inside of every step, in [crashes.md](crashes.md).\n\n## Real processes on real nodes\n\n`make proof` kills controllers with SIGKILL, fifty and more in one scenario. What it counted is in [kills.md](kills.md).\n\n## Edits of our own source\n\n`make mutants` breaks safety rules in the source, one at a time, and runs the tests that must notice. Which edits there are, which test caught each, and why the others cannot be caught, is in [mutants.md](mutants.md).\n")
	if t.Failed() {
		return
	}
	if written, err := os.ReadFile(proofFile); err == nil { // .ci/proof adds its times
		if i := bytes.Index(written, []byte("\n## The last run of make proof")); i >= 0 {
			b.Write(written[i:])
		}
	}
	if err := os.WriteFile(proofFile, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
