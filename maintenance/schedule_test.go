package maintenance_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/maintenance"
)

func at(hour int) time.Time { return time.Date(2026, 12, 1, hour, 0, 0, 0, time.UTC) }

func a(i string) dcos.Machine { return dcos.Machine{Hostname: "a" + i + ".test", IP: "10.0.0." + i} }

func window(hour int, machines ...dcos.Machine) dcos.MaintenanceWindow {
	return dcos.MaintenanceWindow{Machines: machines, Start: at(hour), Duration: time.Hour}
}

// foreign is a window of another tool, as no code of ours writes it.
func foreign(t *testing.T, machines string) dcos.ScheduledWindow {
	t.Helper()
	text := `{"unavailability":{"duration":{"nanoseconds":60000000000},"start":{"nanoseconds":7}},"machine_ids":[` + machines + `]}`
	all, err := dcos.ParseSchedule([]byte(`{"type":"GET_MAINTENANCE_SCHEDULE","get_maintenance_schedule":{"schedule":{"windows":[` + text + `]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	return all[0]
}

func texts(s maintenance.Schedule) (all []string) {
	for _, w := range s {
		all = append(all, w.Text)
	}
	return all
}

func TestAMergeKeepsWindowsOfOthersByteForByte(t *testing.T) {
	f1, f2 := foreign(t, `{"ip":"10.9.0.1"}`), foreign(t, `{"hostname":"B"}`)
	ours, old := window(22, a("1"), a("2")), window(20, a("3"))
	s := maintenance.Schedule{f1, old.Scheduled(), f2}
	c := maintenance.Change{Cancel: []dcos.MaintenanceWindow{old}, Add: []dcos.MaintenanceWindow{ours}}
	merged := s.Merge(c)
	if want := []string{f1.Text, f2.Text, ours.Scheduled().Text}; !slices.Equal(texts(merged), want) {
		t.Errorf("%q, want %q", texts(merged), want)
	}
	if again := merged.Merge(c); !slices.Equal(texts(again), texts(merged)) {
		t.Errorf("merged twice: %q", texts(again))
	}
	if s.Made(c) || !merged.Made(c) || len(s) != 3 {
		t.Errorf("made before: %t, after: %t; %d windows", s.Made(c), merged.Made(c), len(s))
	}
	if lost := s.Lost(c, maintenance.Schedule{f2, ours.Scheduled()}); len(lost) != 1 || lost[0].Text != f1.Text {
		t.Errorf("lost: %q", texts(lost))
	}
	if lost := s.Lost(c, merged); len(lost) != 0 {
		t.Errorf("lost: %q", texts(lost))
	}
}

func TestAWindowIsOursInAnyCaseAndAfterMachinesWereBroughtUp(t *testing.T) {
	ours := window(22, a("1"), a("2"))
	for name, test := range map[string]struct {
		there    dcos.MaintenanceWindow
		has, cut bool // it is there; cancelling removes it
	}{
		"the same":                    {ours, true, true},
		"in another order":            {window(22, a("2"), a("1")), true, true},
		"in capitals":                 {window(22, dcos.Machine{Hostname: "A1.TEST", IP: "10.0.0.1"}, a("2")), true, true},
		"what is left of it":          {window(22, a("2")), false, true},
		"with one machine more":       {window(22, a("1"), a("2"), a("3")), false, false},
		"of another machine":          {window(22, a("1"), a("3")), false, false},
		"at another time":             {window(21, a("1"), a("2")), false, false},
		"of another length":           {dcos.MaintenanceWindow{Machines: ours.Machines, Start: ours.Start, Duration: time.Minute}, false, false},
		"of another hostname":         {window(22, dcos.Machine{Hostname: "x.test", IP: "10.0.0.1"}, a("2")), false, false},
		"of the machine without ip":   {window(22, dcos.Machine{Hostname: "a1.test"}, a("2")), false, false},
		"without a machine, of Mesos": {window(22), false, false},
	} {
		s := maintenance.Schedule{test.there.Scheduled()}
		if s.Has(ours) != test.has || (len(s.Cancel(ours)) == 0) != test.cut {
			t.Errorf("%s: there: %t, removed: %t", name, s.Has(ours), len(s.Cancel(ours)) == 0)
		}
	}
}

// Whatever the windows are, a merge makes the change, and keeps all others in their order.
func TestAMergeMakesTheChangeAndNothingElse(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 1))
		draw := func() (all []dcos.MaintenanceWindow) {
			for i := range r.IntN(4) {
				all = append(all, window(r.IntN(3), a(string(rune('1'+r.IntN(3)))), a(string(rune('4'+i)))))
			}
			return all
		}
		var s maintenance.Schedule
		for _, w := range draw() {
			s = append(s, w.Scheduled())
		}
		c := maintenance.Change{Cancel: draw(), Add: draw()}
		merged := s.Merge(c)
		kept := texts(s.Cancel(c.Cancel...))
		if !merged.Made(c) || !slices.Equal(texts(merged)[:len(kept)], kept) || len(s.Lost(c, merged)) != 0 {
			t.Fatalf("seed %d: %q and %+v give %q", seed, texts(s), c, texts(merged))
		}
	}
}

func TestMachinesAreStaggeredByWidthAndEstimate(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 2))
		var machines []maintenance.Planned
		for i := range r.IntN(9) {
			machines = append(machines, maintenance.Planned{Machine: a(string(rune('1' + i))), Estimate: time.Duration(1+r.IntN(90)) * time.Minute})
		}
		width := 1 + r.IntN(4)
		windows, err := maintenance.Stagger(at(22), width, machines)
		if err != nil {
			t.Fatal(err)
		}
		next, i := at(22), 0
		for _, w := range windows {
			if !w.Start.Equal(next) || len(w.Machines) > width || len(w.Machines) == 0 {
				t.Fatalf("seed %d: %v begins at %v with %d machines, width %d", seed, w, w.Start, len(w.Machines), width)
			}
			for _, m := range w.Machines {
				if m != machines[i].Machine || w.Duration < machines[i].Estimate {
					t.Fatalf("seed %d: machine %v in %v", seed, m, w)
				}
				i++
			}
			next = w.Start.Add(w.Duration)
		}
		if i != len(machines) {
			t.Fatalf("seed %d: %d of %d machines", seed, i, len(machines))
		}
	}
	// The example of Mesos's documentation: two for an hour, then the third.
	windows, err := maintenance.Stagger(at(22), 2, []maintenance.Planned{{a("1"), time.Hour}, {a("2"), time.Hour}, {a("3"), time.Hour}})
	if err != nil || len(windows) != 2 || len(windows[0].Machines) != 2 || !windows[1].Start.Equal(at(23)) {
		t.Errorf("%v, %v", windows, err)
	}
	for _, bad := range []maintenance.Planned{{a("1"), 0}, {a("1"), -time.Hour}, {a("1"), 500 * 24 * time.Hour}} {
		if windows, err := maintenance.Stagger(at(22), 1, []maintenance.Planned{bad}); err == nil {
			t.Errorf("%v: %v", bad, windows)
		}
	}
	if windows, err := maintenance.Stagger(at(22), 0, nil); err == nil {
		t.Error(windows)
	}
}
