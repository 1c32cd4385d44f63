package journal_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// oldRun makes a run as earlier versions kept it, in a directory of the cluster's
// name alone.
func oldRun(t *testing.T, state, name, run, id string) {
	t.Helper()
	s := journal.Store{Dir: filepath.Join(state, name)}
	if err := s.Adopt(run); err != nil {
		t.Fatal(err)
	}
	j, err := journal.Create(s.Path(run, journal.JournalFile))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	e := journal.Event{Seq: 1, At: time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC), Kind: journal.RunStarted, Run: run, Plan: &plan.Plan{Cluster: plan.ClusterRef{Name: name, ID: id}}}
	if err := j.Record(e); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, state, name, id string) journal.Store {
	t.Helper()
	s, err := journal.OpenStore(state, journal.Cluster{Name: name, ID: id})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func runsOf(t *testing.T, s journal.Store) []string {
	t.Helper()
	runs, err := s.Runs()
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

func idle(string) bool { return false }

func TestTwoClustersOfOneNameShareNothing(t *testing.T) {
	state := t.TempDir()
	one, other := open(t, state, "prod", "id-1"), open(t, state, "prod", "id-2")
	if one.Dir == other.Dir || one.Dir == open(t, state, "prod", "").Dir {
		t.Fatalf("%s is shared", one.Dir)
	}
	run, err := one.NewRun(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if other.Has(run) {
		t.Error("the other cluster has the run")
	}
	if again := open(t, state, "renamed", "id-1"); !again.Has(run) {
		t.Error("a cluster that has another name now has lost its run")
	}
	if foreign := open(t, state, "prod", "1"); foreign.Has(run) {
		t.Error("an id that ends alike has the run")
	}
}

func TestRunsOfAnEarlierVersionAreMovedToTheirCluster(t *testing.T) {
	state := t.TempDir()
	oldRun(t, state, "prod", "r1", "id-1")
	oldRun(t, state, "prod", "r2", "id-2")
	oldRun(t, state, "prod", "r3", "id-1")
	if err := os.MkdirAll(filepath.Join(state, "prod", "nobodys"), 0o700); err != nil {
		t.Fatal(err)
	}
	one := journal.Cluster{Name: "prod", ID: "id-1"}
	var busy *journal.BusyError
	if err := journal.Migrate(state, one, func(run string) bool { return filepath.Base(run) == "r3" }); !errors.As(err, &busy) || busy.Run != "r3" {
		t.Errorf("a run that is under way: %v", err)
	}
	if got := runsOf(t, open(t, state, "prod", "id-1")); len(got) != 0 {
		t.Errorf("%v was moved beside a run that is under way", got)
	}
	for range 2 { // the second finds nothing to do
		if err := journal.Migrate(state, one, idle); err != nil {
			t.Fatal(err)
		}
	}
	if got := runsOf(t, open(t, state, "prod", "id-1")); !slices.Equal(got, []string{"r1", "r3"}) {
		t.Errorf("%v", got)
	}
	if got := runsOf(t, journal.Store{Dir: filepath.Join(state, "prod")}); !slices.Equal(got, []string{"r2"}) {
		t.Errorf("the other cluster has %v left", got)
	}
	if err := journal.Migrate(state, journal.Cluster{Name: "prod", ID: "id-2"}, idle); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(filepath.Join(state, "prod"))
	if err != nil || len(left) != 1 || left[0].Name() != "nobodys" {
		t.Errorf("%v is left, %v; want what belongs to no cluster", left, err)
	}
}
