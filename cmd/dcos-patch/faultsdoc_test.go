package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const faultsFile = "../../docs/faults.md"

// outcome is how one strike ended, at its position.
type outcome struct {
	position, how string
	well          bool // it came to its end, and nothing was broken
}

// TestEveryFaultAtEveryPosition strikes the whole product, over SSH and in
// virtual time. It tries a sample of what docs/faults.md tells of, another one
// every day, and compares; DCOS_PATCH_FAULTS=17 tries the sample of number 17 of
// all positions, DCOS_PATCH_FAULTS=full every row at every position, DCOS_PATCH_FAULTS=told those of the document, which -update writes;
// DCOS_PATCH_FAULTS_ONLY=^ssh chooses rows by a regular expression of their names.
// With DCOS_PATCH_FAULTS_SEED=3 they strike some seconds later, by that seed.
func TestEveryFaultAtEveryPosition(t *testing.T) {
	t.Parallel()
	seed, _ := strconv.ParseUint(os.Getenv("DCOS_PATCH_FAULTS_SEED"), 10, 64)
	which := os.Getenv("DCOS_PATCH_FAULTS")
	picked := pick(t, rows(seed), which)
	seen := make([][]outcome, len(picked))
	t.Run("strikes", func(t *testing.T) {
		for i, r := range picked {
			seen[i] = make([]outcome, len(r.strikes))
			for k, x := range r.strikes {
				t.Run(r.name()+" "+x.position(), func(t *testing.T) {
					t.Parallel()
					inBubble(t, x.options(), func(l *lab) { seen[i][k] = x.outcome(l) })
				})
			}
		}
	})
	if which == "told" && *update {
		write(t, picked, seen)
		return
	}
	if t.Failed() { // the words of the document would claim what did not happen
		t.Logf("%d rows; not every run ended well", len(seen))
	} else {
		t.Log(total(seen))
	}
	if seed == 0 {
		compare(t, picked, seen)
	}
}

func TestTheDocumentOfFaultsHasEveryFaultAtEveryPosition(t *testing.T) {
	t.Parallel()
	entries := documented(t)
	for _, r := range rows(0) {
		for _, x := range r.strikes[:r.told] {
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

func (x strike) outcome(l *lab) outcome {
	s := x.live(l)
	for _, b := range s.broken {
		l.Error(b)
	}
	if s.end != "" {
		l.Errorf("%s: %s", s.String(), s.end)
	}
	return outcome{position: x.position(), how: s.String(), well: s.end == "" && len(s.broken) == 0}
}

// pick chooses rows and positions. A sample is some rows, and of each one
// position.
func pick(t *testing.T, all []row, which string) []row {
	if only := os.Getenv("DCOS_PATCH_FAULTS_ONLY"); only != "" {
		name := regexp.MustCompile(only)
		all = slices.DeleteFunc(all, func(r row) bool { return !name.MatchString(r.name()) })
	}
	number := int(time.Now().Unix() / 86400)
	switch n, err := strconv.Atoi(which); {
	case which == "full":
		return all
	case which == "told":
		for i := range all {
			all[i].strikes = all[i].strikes[:all[i].told]
		}
		return all
	case err == nil:
		number = n
	default:
		for i := range all {
			all[i].strikes = all[i].strikes[:all[i].told]
		}
	}
	t.Logf("sample %d", number)
	var out []row
	for i, r := range all {
		if (i+number)%strikeEvery == 0 {
			k := (number/strikeEvery + i) % len(r.strikes)
			r.strikes = r.strikes[k : k+1]
			out = append(out, r)
		}
	}
	return out
}

// cell groups the positions of a row by how they ended.
func cell(os []outcome) string {
	var hows []string
	at := map[string][]string{}
	for _, o := range os {
		if at[o.how] == nil {
			hows = append(hows, o.how)
		}
		at[o.how] = append(at[o.how], o.position)
	}
	var parts []string
	for _, h := range hows {
		parts = append(parts, strings.Join(at[h], " ")+": "+h)
	}
	return strings.Join(parts, "<br>")
}

// write writes the rows that were tried, and went well, into the document. The
// others stay as they are.
func write(t *testing.T, tried []row, seen [][]outcome) {
	t.Helper()
	old, err := os.ReadFile(faultsFile)
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]string{}
	for line := range strings.Lines(string(old)) {
		name, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " | ")
		lines[name] = line
	}
	for i, r := range tried {
		if !slices.ContainsFunc(seen[i], func(o outcome) bool { return !o.well }) {
			lines[r.name()] = fmt.Sprintf("| %s | %s | %s | %s | nothing broken |\n", r.name(), r.where(), r.words, cell(seen[i]))
		}
	}
	var table strings.Builder
	for _, r := range rows(0) {
		table.WriteString(lines[r.name()])
	}
	text := faultsIntro + total(toldIn(table.String())) + "\n\n| fault | where | what happens | when, and what the tool did until it was done | oracle |\n|---|---|---|---|---|\n" + table.String()
	if err := os.WriteFile(faultsFile, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// total counts what was tried.
func total(seen [][]outcome) string {
	strikes, stops, stopped, cautious := 0, 0, 0, 0
	for _, os := range seen {
		for _, o := range os {
			strikes++
			n := strings.Count(o.how, "exit 4") + strings.Count(o.how, "exit 5") + strings.Count(o.how, "exit 130")
			stops += n
			stopped += min(n, 1)
			cautious += strings.Count(o.how, "out of caution")
		}
	}
	return fmt.Sprintf("%d rows, %d runs of the whole product. %d of them stopped, %d times in all, and every one came to its end by the commands that it printed. "+
		"*SAFE TO LEAVE: yes* was never said falsely; *no* was said %d times out of caution.", len(seen), strikes, stopped, stops, cautious)
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
			out[o.position] = o.how
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
				os = append(os, outcome{position: strings.TrimPrefix(cells[0], "| ") + " " + p, how: how})
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
			if want, told := entries[r.name()+" "+o.position]; told && want != o.how {
				t.Errorf("%s %s: %s; docs/faults.md has: %s; to write it anew: "+writeFaults, r.name(), o.position, o.how, want)
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
only what to repair, the same command again. This page tells of the positions at which the fault is sure to act; ` + "`DCOS_PATCH_FAULTS=full`" + `
strikes at about ten positions each, a number instead of *full* at a sample of them, and ` + "`DCOS_PATCH_FAULTS_SEED`" + ` some seconds later. ` + "`go test ./cmd/dcos-patch`" + `
tries another sample of this page every day.

Demanded of every run, of the cluster and not of the product's own state: one master out at a time, no script run twice, agents after masters,
the lock held (the simulated cluster's oracle; what a fault broke in the 2 s before a launch nobody could know); after every stop, *SAFE TO LEAVE: yes* only while no script runs, no swap is cut, every
master serves and a leader works, and with a word about an agent that Mesos misses; every next command leads on; at the end all nodes are
patched, serve, and are unlocked. *Out of caution* is a *no* although all was well, because nobody had proved it yet.

`
