package controller

import (
	"errors"
	"path/filepath"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

// Runs are the runs of a cluster on this machine.
type Runs struct {
	journal.Store
	cfg Config
}

// OpenRuns opens the store of the inventory's cluster.
func OpenRuns(inv *inventory.Cluster, cfg Config) (Runs, error) {
	if err := cfg.unusable(); err != nil {
		return Runs{}, err
	}
	store, err := cfg.Stores(clusterOf(inv))
	return Runs{store, cfg}, err
}

func (c *Cluster) runs() (Runs, error) { return OpenRuns(c.inv, c.cfg) }

// clusterOf is an inventory's cluster as stores know it.
func clusterOf(inv *inventory.Cluster) journal.Cluster {
	return journal.Cluster{Name: inv.Name, ID: inv.ID}
}

// StoresAt keeps runs below a directory. Those of an earlier version, which went
// by the cluster's name alone, are moved first.
func StoresAt(dir string) Stores {
	return func(c journal.Cluster) (journal.Store, error) {
		err := journal.Migrate(dir, c, func(run string) bool { return controlled(journal.Store{Dir: filepath.Dir(run)}, filepath.Base(run)) })
		var busy *journal.BusyError
		if errors.As(err, &busy) {
			return journal.Store{}, plan.Instead(plan.Block{What: "a run of this cluster is under way", Observed: busy.Error(), Want: "its end, so that it can be moved to where runs are kept now",
				Next: advice.Say("wait for its end, or interrupt it where it runs")})
		}
		if err != nil {
			return journal.Store{}, err
		}
		return journal.OpenStore(dir, c)
	}
}

// Latest reads the newest run; an empty name means that there is none.
func (r Runs) Latest() (string, orchestrator.State, error) {
	runs, err := r.Runs()
	if err != nil || len(runs) == 0 {
		return "", orchestrator.New(), err
	}
	run := runs[len(runs)-1]
	s, err := r.Load(run)
	return run, s, err
}

// Load folds the journal of a run.
func (r Runs) Load(run string) (orchestrator.State, error) {
	s := orchestrator.New()
	err := journal.ReadEach(r.Path(run, journal.JournalFile), func(e journal.Event) { s = orchestrator.Replay(s, e) })
	if err != nil {
		return orchestrator.New(), r.noRun(run, err)
	}
	return s, nil
}

// warned reads the warnings of a run out of its journal. What cannot be read is told
// elsewhere.
func (r Runs) warned(run string) []string {
	var w render.Warned
	_ = journal.ReadEach(r.Path(run, journal.JournalFile), w.See)
	return w.Texts()
}
