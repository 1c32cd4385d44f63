package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const faultsFile = "../../docs/faults.md"

// outcome is how one strike ended, at its position.
type outcome struct {
	Position, How string
	Broken, Lies  int
}

// sampled is the sample of all strikes that is tried when nobody names another.
const sampled = 1

// TestEveryFaultAtEveryPosition strikes the whole product, over SSH and in
// virtual time. It tries a sample of all strikes, and compares with docs/faults.md
// those that it tells of; DCOS_PATCH_FAULTS=17 tries sample 17, DCOS_PATCH_FAULTS=full
// every strike, DCOS_PATCH_FAULTS=told those of the document. The last two write it with -update.
// DCOS_PATCH_FAULTS_ONLY=^ssh chooses rows by a regular expression of their names.
// With DCOS_PATCH_FAULTS_SEED=3 they strike some seconds later, by that seed. With
// DCOS_PATCH_FAULTS_KEEP=FILE what went well is kept there and not tried again: a full
// run of the same code may be cut off and gone on with.
func TestEveryFaultAtEveryPosition(t *testing.T) {
	t.Parallel()
	seed, _ := strconv.ParseUint(os.Getenv("DCOS_PATCH_FAULTS_SEED"), 10, 64)
	which := os.Getenv("DCOS_PATCH_FAULTS")
	picked := pick(t, rows(seed), which)
	seen := make([][]outcome, len(picked))
	kept := readKept(t, os.Getenv("DCOS_PATCH_FAULTS_KEEP"))
	t.Run("strikes", func(t *testing.T) {
		for i, r := range picked {
			seen[i] = make([]outcome, len(r.strikes))
			for k, x := range r.strikes {
				name, was := r.name()+" "+x.position(), &seen[i][k]
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					if kept.has(name, was) {
						return
					}
					inBubble(t, x.options(), func(l *lab) { *was = x.outcome(l) })
					kept.keep(t, name, *was)
				})
			}
		}
	})
	switch {
	case t.Failed(): // the words would claim what did not happen
		t.Logf("%d rows; not every run ended well", len(seen))
	case *update:
		if seed != 0 || len(picked) != len(rows(0)) || which != "told" && which != "full" {
			t.Fatal("the document is written by a run of all rows: " + writeFaults)
		}
		write(t, which, picked, seen)
	default:
		t.Log(total(seen))
		if seed == 0 {
			compare(t, picked, seen)
		}
	}
}

func TestTheDocumentOfFaultsHasEveryFaultAtEveryPosition(t *testing.T) {
	t.Parallel()
	lastFullRun(t)
	entries := documented(t)
	for _, r := range onPage(rows(0)) {
		for _, x := range r.strikes {
			if _, ok := entries[r.name()+" "+x.position()]; !ok {
				t.Fatalf("docs/faults.md tells nothing of %s at %s; to write it anew: "+writeFaults, r.name(), x.position())
			}
			delete(entries, r.name()+" "+x.position())
		}
	}
	for e := range entries {
		t.Errorf("docs/faults.md has %q, and there is no such strike", e)
	}
}

// TestTheDocumentOfFaultsSaysTheirWords: a row of the page begins as it would be
// written now.
func TestTheDocumentOfFaultsSaysTheirWords(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(faultsFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows(0) {
		if begins := r.begins(); !strings.Contains(string(page), "\n"+begins) {
			t.Errorf("docs/faults.md has no row that begins %q", begins)
		}
	}
}

// begins is the beginning of the row in the document: what it is about.
func (r row) begins() string { return fmt.Sprintf("| %s | %s | %s |", r.name(), r.where(), r.words) }

func (x strike) outcome(l *lab) outcome {
	s := x.live(l)
	for _, b := range s.broken {
		l.Error(b)
	}
	if s.end != "" {
		l.Errorf("%s: %s", s.String(), s.end)
	}
	if x.after == 0 && !s.acted && !l.c.Acted(x.fault.What) {
		l.Errorf("%s never acted: the run proves nothing about it", x.fault.What)
	}
	return outcome{Position: x.position(), How: s.String(), Broken: len(s.broken), Lies: s.lies}
}

// pick chooses rows and, of each, positions.
func pick(t *testing.T, all []row, which string) []row {
	if only := os.Getenv("DCOS_PATCH_FAULTS_ONLY"); only != "" {
		name := regexp.MustCompile(only)
		all = slices.DeleteFunc(all, func(r row) bool { return !name.MatchString(r.name()) })
	}
	switch which {
	case "full":
		return all
	case "told":
		return onPage(all)
	case "":
		which = strconv.Itoa(sampled)
	}
	number, err := strconv.ParseUint(which, 10, 64)
	if err != nil {
		t.Fatalf("DCOS_PATCH_FAULTS: want a number, told or full: %v", err)
	}
	t.Logf("sample %d: DCOS_PATCH_FAULTS=%[1]d tries it again", number)
	return sample(all, number)
}

// onPage are the rows with the positions that docs/faults.md tells of.
func onPage(all []row) []row {
	out := slices.Clone(all)
	for i := range out {
		out[i].strikes = out[i].strikes[:out[i].told]
	}
	return out
}

// sample draws a few of all strikes, by its number alone.
func sample(all []row, number uint64) []row {
	var each []row
	for _, r := range all {
		for k := range r.strikes {
			one := r
			one.strikes = r.strikes[k : k+1]
			each = append(each, one)
		}
	}
	rand.New(rand.NewPCG(number, 0)).Shuffle(len(each), func(i, j int) { each[i], each[j] = each[j], each[i] })
	return each[:min(strikeRuns, len(each))]
}

// count counts the strikes of rows.
func count(all []row) int {
	n := 0
	for _, r := range all {
		n += len(r.strikes)
	}
	return n
}

// cell groups the positions of a row by how they ended.
func cell(os []outcome) string {
	var hows []string
	at := map[string][]string{}
	for _, o := range os {
		if at[o.How] == nil {
			hows = append(hows, o.How)
		}
		at[o.How] = append(at[o.How], o.Position)
	}
	var parts []string
	for _, h := range hows {
		parts = append(parts, strings.Join(at[h], " ")+": "+h)
	}
	return strings.Join(parts, "<br>")
}

// write writes what was tried into the document. What a full run came to stays
// as it is until the next full run.
func write(t *testing.T, which string, tried []row, seen [][]outcome) {
	t.Helper()
	page := make([][]outcome, len(tried))
	var table strings.Builder
	for i, r := range tried {
		page[i] = seen[i][:r.told]
		fmt.Fprintf(&table, "%s %s | %s |\n", r.begins(), cell(page[i]), verdict(page[i]))
	}
	full := fullRun(rows(0)) + total(seen) + "\n"
	if which == "told" {
		full = lastFullRun(t)
	}
	text := faultsIntro + "**This page.** " + total(page) + "\n\n" + full + "\n| fault | where | what happens | when, and what the tool did until it was done | oracle |\n|---|---|---|---|---|\n" + table.String()
	if err := os.WriteFile(faultsFile, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// fullRun begins what the document says of the last full run: of how many
// positions, and of how many the page tells.
func fullRun(all []row) string {
	return fmt.Sprintf("**All positions.** There are %d, and this page tells of %d. The last full run: ", count(all), count(onPage(all)))
}

// lastFullRun is what the document says of it.
func lastFullRun(t *testing.T) string {
	t.Helper()
	old, err := os.ReadFile(faultsFile)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(old)) {
		if strings.HasPrefix(line, fullRun(rows(0))) {
			return line
		}
	}
	t.Fatalf("docs/faults.md tells of no full run at these positions, want %q: %s", fullRun(rows(0)), strings.Replace(writeFaults, "told", "full", 1))
	return ""
}

// verdict is the oracle's, of a row.
func verdict(os []outcome) string {
	broken := 0
	for _, o := range os {
		broken += o.Broken
	}
	if broken == 0 {
		return "nothing broken"
	}
	return fmt.Sprintf("%d broken", broken)
}

var (
	stopped = regexp.MustCompile(`exit (?:4|5|130)(?: at \S+)? \(leave: (yes|no)`)
	refused = regexp.MustCompile(`exit 3, `)
)

// total counts what was tried.
func total(seen [][]outcome) string {
	strikes, alone, runs, stops, refusals, again, cautious, lies := 0, 0, 0, 0, 0, 0, 0, 0
	said := map[string]int{}
	for _, os := range seen {
		for _, o := range os {
			strikes++
			ends := stopped.FindAllStringSubmatch(o.How, -1)
			for _, e := range ends {
				said[e[1]]++
			}
			stops += len(ends)
			runs += min(len(ends), 1)
			refusals += len(refused.FindAllString(o.How, -1))
			again += strings.Count(o.How, "` again")
			cautious += strings.Count(o.How, "out of caution")
			lies += o.Lies
			if o.How == byItself {
				alone++
			}
		}
	}
	how := "by the commands that were printed, word by word"
	if again > 0 {
		how += fmt.Sprintf("; where the words said what to repair and no command (%d of them), by the same one again", again)
	}
	return fmt.Sprintf("%d runs of the whole product. %d went on by themselves; %d stopped, %d times in all; %d commands were refused before they touched anything. "+
		"All came to their end, "+how+". "+
		"*SAFE TO LEAVE: yes* was said %d times, %d of them falsely; *no* %d times, %d of them out of caution.",
		strikes, alone, runs, stops, refusals, said["yes"], lies, said["no"], cautious)
}

// documented reads docs/faults.md: how each strike ended.
func documented(t *testing.T) map[string]string {
	t.Helper()
	b, err := os.ReadFile(faultsFile)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, os := range toldIn(string(b)) {
		for _, o := range os {
			out[o.Position] = o.How
		}
	}
	return out
}

// toldIn reads the rows of the document. Positions are preceded by the name of
// their row.
func toldIn(text string) (seen [][]outcome) {
	for line := range strings.Lines(text) {
		cells := strings.Split(line, " | ")
		if len(cells) != 5 || strings.HasPrefix(line, "| fault |") {
			continue
		}
		var os []outcome
		for part := range strings.SplitSeq(cells[3], "<br>") {
			positions, how, _ := strings.Cut(part, ": ")
			for p := range strings.FieldsSeq(positions) {
				os = append(os, outcome{Position: strings.TrimPrefix(cells[0], "| ") + " " + p, How: how})
			}
		}
		seen = append(seen, os)
	}
	return seen
}

// compare holds what was seen against the document, where that tells of it.
func compare(t *testing.T, picked []row, seen [][]outcome) {
	t.Helper()
	entries := documented(t)
	for i, r := range picked {
		for _, o := range seen[i] {
			if want, told := entries[r.name()+" "+o.Position]; told && want != o.How {
				t.Errorf("%s %s: %s; docs/faults.md has: %s; to write it anew: "+writeFaults, r.name(), o.Position, o.How, want)
			}
		}
	}
}

// writeFaults is how docs/faults.md is written.
const writeFaults = "DCOS_PATCH_FAULTS=told go test -timeout 60m -run EveryFaultAtEveryPosition ./cmd/dcos-patch -update"

const faultsIntro = `# What happens under every fault

Written by a test; do not edit. To repeat it, with the same result:

    DCOS_PATCH_FAULTS=told go test -timeout 60m -run EveryFaultAtEveryPosition ./cmd/dcos-patch

Each run is the whole product, ` + "`apply`" + ` over SSH against the simulated cluster in virtual time, with a master (m2) and an agent (a1) left to patch
and short patience. The fault is there from the start, or strikes as a step of the run starts, or so many seconds after the script's launch.
After a stop, a person brings in order what is broken and gives the commands that were printed as *next*, word by word; where the words say
only what to repair, as refusals do, the same command *again*. The page tells of some positions, at each node that a fault may befall;
` + "`DCOS_PATCH_FAULTS=full`" + ` strikes at all of them, about ten each, a number instead of *full* at a sample of all, and ` + "`DCOS_PATCH_FAULTS_SEED`" + ` some seconds
later. ` + "`go test ./cmd/dcos-patch`" + ` tries one sample, the same every time.

Demanded of every run: that the fault acted; and, of the cluster and not of the product's own state: one master out at a time, no script run twice, agents after masters,
the lock held (the simulated cluster's oracle; what a fault broke in the 2 s before a launch nobody could know); after every stop, *SAFE TO LEAVE: yes* only while no script runs, no swap is cut, every
master serves and a leader works, and with a word about an agent that Mesos misses; every next command leads on; at the end all nodes are
patched, serve, and are unlocked. *Out of caution* is a *no* although all was well, because nobody had proved it yet.

`
