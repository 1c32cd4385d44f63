package controller

import (
	"time"

	"github.com/dcos-patch/dcos-patch/orchestrator"
)

// view is what a run comes to now; that nobody on this machine runs it any more is
// seen here.
func (r Runs) view(run string, s orchestrator.State) orchestrator.View {
	v := s.View(time.Now())
	v.Run = run
	if s.Ended == "" && s.Plan != nil && !controlled(r.Store, run) {
		return v.WithoutController()
	}
	return v
}

// Status is where a run is.
type Status struct {
	orchestrator.View
	Warned []string // what passed although a person should look
	Packs  []string // paths of the newest failure packs, that of the stop first
	Err    error    // why its journal cannot be read
}

// Status is where a run is, from its journal; of the newest, when it is not named. An
// empty name in it means that there is none.
func (r Runs) Status(run string) (Status, error) {
	var s orchestrator.State
	var err error
	if run == "" {
		run, s, err = r.Latest()
	} else {
		s, err = r.Load(run)
	}
	if err != nil || run == "" {
		return Status{}, err
	}
	st := Status{View: r.view(run, s), Warned: r.warned(run)}
	if r.lastPack(run, s) != "" {
		for _, step := range s.Failures() {
			if path := r.lastPack(run, s.StoppedAt(step)); path != "" {
				st.Packs = append(st.Packs, path)
			}
		}
	}
	return st, nil
}

// List is the status of every run in short, without warnings and packs.
func (r Runs) List() ([]Status, error) {
	runs, err := r.Runs()
	var all []Status
	for _, run := range runs {
		s, err := r.Load(run)
		all = append(all, Status{View: r.view(run, s), Err: err})
	}
	return all, err
}
