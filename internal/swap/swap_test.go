package swap

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// node is a file system with both sets, as pkgpanda leaves it before the swap.
func node(t *testing.T) Files {
	t.Helper()
	d := Dir(t.TempDir())
	for _, err := range []error{
		Set{Version: "2.1.0", Packages: []string{"mesos--1"}, Units: Units()}.Lay(d),
		Set{Version: "2.1.1", Packages: []string{"mesos--2"}, Units: Units()}.LayNew(d),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func running([]string) error { return nil }

// left reads what a node says of a cut swap.
func left(f Files) dcos.CutSwap {
	var c dcos.CutSwap
	text, _ := f.Read(dcos.InstallProgress)
	for _, stage := range []string{dcos.SwapArchive, dcos.SwapMoveNew} {
		if strings.Contains(text, fmt.Sprintf("%q", stage)) {
			c.Stage = stage
		}
	}
	for _, name := range dcos.SwapNames() {
		if !f.Exists(dcos.SwapPath(name)) {
			c.Missing = append(c.Missing, name)
		}
	}
	for _, u := range f.Names(dcos.TargetWants) {
		if f.Exists(dcos.UnitDir + "/" + u) {
			c.Units++
		}
	}
	return c
}

func sorted(words string) string {
	return strings.Join(slices.Sorted(slices.Values(strings.Fields(words))), " ")
}

// which tells whose set a name is of.
func which(f Files, path, old, next string) string {
	text, ok := f.Read(path)
	switch {
	case !ok:
		return ""
	case strings.Contains(text, old):
		return "old"
	case strings.Contains(text, next):
		return "new"
	}
	return text
}

func active(f Files) string {
	d := f.(Dir)
	if !f.Exists("/opt/mesosphere/active/mesos") {
		return ""
	}
	if d.target("/opt/mesosphere/active/mesos") == "../packages/mesos--1" {
		return "old"
	}
	return "new"
}

func TestASwapCutAnywhereLeavesWhatTheRealOneDid(t *testing.T) {
	ops := Ops(Units(), Units())
	if len(Positions()) != len(ops) {
		t.Fatalf("%d operations, the real swap has %d", len(ops), len(Positions()))
	}
	for _, p := range Positions() {
		t.Run(fmt.Sprint(p.At), func(t *testing.T) {
			if p.Before != "" && ops[p.At-1].String() != p.Before {
				t.Errorf("the operation is %q, the real one %q", ops[p.At-1], p.Before)
			}
			f := node(t)
			if err := Do(f, Cut(Units(), Units(), p.At), running); err != nil {
				t.Fatal(err)
			}
			c := left(f)
			if c.Stage != p.Stage || sorted(strings.Join(c.Missing, " ")) != sorted(p.Missing) {
				t.Errorf("%s, the real one: stage %s, missing %s", c, p.Stage, p.Missing)
			}
			if v := which(f, "/opt/mesosphere/etc/dcos-version.json", "2.1.0", "2.1.1"); v != p.Version {
				t.Errorf("version %q, the real one %q", v, p.Version)
			}
			if a := active(f); a != p.Active {
				t.Errorf("active %q, the real one %q", a, p.Active)
			}
			if boots, why := c.FinishesAtBoot(); boots != p.Boot {
				t.Errorf("dcos-setup finishes it at boot: %v (%s), the real one: %v", boots, why, p.Boot)
			}
		})
	}
}

func TestPositionsAreTheSameOfAnyNumberOfUnits(t *testing.T) {
	for _, n := range []int{1, 2, 7} {
		var units []string
		for i := range n {
			units = append(units, fmt.Sprintf("u%d.service", i))
		}
		last := 0
		for _, p := range Positions() {
			done := Cut(units, units, p.At)
			if len(done) < last {
				t.Errorf("%d units: position %d comes before the one before it", n, p.At)
			}
			last = len(done)
			next := Ops(units, units)[len(done)].String()
			word, _, _ := strings.Cut(next, " ")
			if want, _, _ := strings.Cut(p.Before, " "); p.Before != "" && want != word {
				t.Errorf("%d units: position %d is before %q, want %q", n, p.At, next, p.Before)
			}
		}
		if all := Cut(units, units, 29); len(all) != len(Ops(units, units)) {
			t.Errorf("%d units: a swap that was not cut has %d operations", n, len(all))
		}
	}
}

func TestWhatSetupFinishesIsWhatTheRealOneDid(t *testing.T) {
	for _, p := range Positions() {
		for _, at := range []struct {
			name string
			run  func(Files, func([]string) error) error
			ends bool
			says string
		}{
			{"as a module", Setup, p.Setup == "", p.Setup},
			{"at boot", Boot, p.Boot, ""},
		} {
			t.Run(fmt.Sprint(p.At, " ", at.name), func(t *testing.T) {
				f := node(t)
				if err := Do(f, Cut(Units(), Units(), p.At), running); err != nil {
					t.Fatal(err)
				}
				err := at.run(f, running)
				if (err == nil) != at.ends || at.says != "" && err.Error() != at.says {
					t.Fatalf("%v, the real one: %v %s", err, at.ends, at.says)
				}
				if done := left(f).Missing == nil && active(f) == "new" && !f.Exists(dcos.InstallProgress); done != at.ends {
					t.Errorf("at the target: %v, the real one: %v", done, at.ends)
				}
			})
		}
	}
}

// Wherever the swap was cut, and wherever finishing it is cut, finishing it once
// more ends at the target.
func TestFinishingIsFinishedFromAnywhere(t *testing.T) {
	for _, p := range Positions() {
		f := node(t)
		if err := Do(f, Cut(Units(), Units(), p.At), running); err != nil {
			t.Fatal(err)
		}
		first, err := Finish(f)
		if err != nil {
			t.Fatalf("position %d: %v", p.At, err)
		}
		for done := range len(first) {
			f := node(t)
			if err := Do(f, Cut(Units(), Units(), p.At), running); err != nil {
				t.Fatal(err)
			}
			if err := Do(f, first[:done], running); err != nil {
				t.Fatal(err)
			}
			rest, err := Finish(f)
			if err == nil {
				err = Do(f, rest, running)
			}
			if err != nil || left(f).Missing != nil || left(f).Units != 2 || active(f) != "new" || f.Exists(dcos.InstallProgress) {
				t.Fatalf("position %d, cut before %q: %v; %s, %d units, active %s", p.At, first[done], err, left(f), left(f).Units, active(f))
			}
		}
	}
}
