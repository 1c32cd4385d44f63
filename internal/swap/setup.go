package swap

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Boot is what dcos-setup.service makes of a cut swap at boot: nothing, where
// it cannot even be started.
func Boot(f Files, stop func(units []string) error) error {
	for _, name := range []string{"bin", "environment"} {
		if p := dcos.SwapPath(name); !f.Exists(p) {
			return fmt.Errorf("dcos-setup.service cannot start: there is no %s", p)
		}
	}
	return Setup(f, stop)
}

// Setup is "pkgpanda setup" started from outside of /opt/mesosphere: it begins
// the recorded stage again, whatever of it was done.
func Setup(f Files, stop func(units []string) error) error {
	text, ok := f.Read(dcos.InstallProgress)
	if !ok {
		return nil
	}
	var progress struct{ Stage string }
	if err := json.Unmarshal([]byte(text), &progress); err != nil {
		return fmt.Errorf("install_progress: %w", err)
	}
	for _, name := range dcos.SwapNames() {
		if p := dcos.SwapPath(name) + New; !f.Exists(p) {
			//lint:ignore ST1005 pkgpanda's words
			return fmt.Errorf("ERROR: Unable to swap active packages. Needed file %s doesn't exist.", p)
		}
	}
	next := f.Names(dcos.TargetWants + New)
	if progress.Stage == dcos.SwapMoveNew {
		return Do(f, move(next), stop)
	}
	units, err := stoppable(f)
	if err != nil {
		return err
	}
	return Do(f, append(archive(units), move(next)...), stop)
}

// stoppable are the units that the stage archive stops: those of the old target
// whose file is in place. Of none of them pkgpanda calls systemctl all the same.
func stoppable(f Files) ([]string, error) {
	if !f.Exists(dcos.TargetWants) {
		return nil, nil
	}
	var units []string
	for _, u := range f.Names(dcos.TargetWants) {
		if f.Exists(dcos.UnitDir + "/" + u) {
			units = append(units, u)
		}
	}
	if len(units) == 0 {
		//lint:ignore ST1005 pkgpanda's words
		return nil, errors.New("ERROR: Command '['systemctl', 'stop']' returned non-zero exit status 1.")
	}
	return units, nil
}
