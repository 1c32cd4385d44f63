package node

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// ParseSurvey reads the lines of a survey. A line that it does not understand
// is an error: the program travels with its reader, so an unknown word means
// that something else answered. An error comes with the zero Survey.
func ParseSurvey(b []byte) (Survey, error) {
	var (
		s    Survey
		seen = map[string]bool{}
	)
	for line := range strings.Lines(string(b)) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if err := s.take(key, value); err != nil {
			return Survey{}, fmt.Errorf("survey: line %.80q: %w", line, err)
		}
		if seen[key] && !repeats(key) {
			return Survey{}, fmt.Errorf("survey: %s is said twice", key)
		}
		seen[key] = true
	}
	if !seen["program"] {
		return Survey{}, errors.New("survey: no line \"program\": the node program did not answer")
	}
	slices.Sort(s.Active)
	slices.Sort(s.Fetched)
	return s, nil
}

// repeats says which keys are lists.
func repeats(key string) bool {
	switch key {
	case "role", "active", "fetched", "address", "patch_unit", "receipt", "swap_missing":
		return true
	}
	return false
}

// take reads one line.
func (s *Survey) take(key, value string) (err error) {
	switch key {
	case "cluster_id":
		s.ClusterID, err = word(value)
	case "ip":
		if s.IP = value; value == "" {
			err = errors.New("want a text")
		}
	case "version":
		value, err = word(value)
		s.Version = dcos.Version(value)
	case "variant":
		s.Variant, err = word(value)
	case "machine_id":
		s.MachineID, err = word(value)
	case "epoch_cluster":
		s.EpochCluster, err = word(value)
	case "boot_id":
		s.BootID, err = word(value)
	case "midswap":
		s.MidSwap, err = flag(value)
	case "rehearsal":
		s.Rehearsal, err = flag(value)
	case "swap_stage", "swap_missing", "swap_setup":
		err = s.takeSwap(key, value)
	case "role", "active", "fetched", "address", "patch_unit", "receipt", "lock", "heartbeat":
		err = s.takeList(key, value)
	default:
		err = s.takeNumber(key, value)
	}
	return err
}

func (s *Survey) takeList(key, value string) (err error) {
	if key == "role" || key == "active" || key == "fetched" || key == "address" {
		if value, err = word(value); err != nil {
			return err
		}
	}
	switch key {
	case "role":
		role := dcos.RoleOfFile(value)
		if role == dcos.RoleUnknown {
			return errors.New("want master, slave or slave_public")
		}
		s.Roles = append(s.Roles, role)
	case "active":
		s.Active = append(s.Active, value)
	case "address":
		s.Addresses = append(s.Addresses, value)
	case "fetched":
		s.Fetched = append(s.Fetched, value)
	case "patch_unit":
		name, state, ok := strings.Cut(value, " ")
		if !ok || name == "" || state == "" || strings.Contains(state, " ") {
			return errors.New("want NAME STATE")
		}
		s.PatchUnits = append(s.PatchUnits, PatchUnit{Name: name, State: state})
	case "receipt":
		r, err := receiptLine(value)
		s.Receipts = append(s.Receipts, r)
		return err
	case "lock":
		s.Lock, err = lockHolder(value)
	case "heartbeat":
		s.Heartbeat, err = heartbeat(value)
	}
	return err
}

// takeSwap reads how far a cut swap has come.
func (s *Survey) takeSwap(key, value string) error {
	value, err := word(value)
	switch {
	case err != nil:
		return err
	case key == "swap_setup":
		s.CutSwap.Setup = value
	case key == "swap_missing" && slices.Contains(dcos.SwapNames(), value):
		s.CutSwap.Missing = append(s.CutSwap.Missing, value)
	case key == "swap_stage" && (value == dcos.SwapArchive || value == dcos.SwapMoveNew):
		s.CutSwap.Stage = value
	default:
		return errors.New("no such stage, or no such name")
	}
	return nil
}

func (s *Survey) takeNumber(key, value string) error {
	n, err := strconv.ParseUint(value, 10, 63)
	small := n <= 1<<31-1
	switch key {
	case "program":
		if err == nil && n != protocol {
			return fmt.Errorf("want %d", protocol)
		}
	case "master_count":
		s.MasterCount = int(n)
	case "systemd":
		s.Systemd = int(n)
	case "swap_units":
		s.CutSwap.Units = int(n)
	case "epoch":
		s.Epoch = int(n)
	case "free_kb":
		s.FreeKB, small = int64(n), true
	case "pid1_start":
		s.PID1Start, small = n, true
	case "boot_time":
		s.BootTime, small = time.Unix(int64(n), 0).UTC(), n < 1<<40
	case "active_ctime":
		s.ActiveChange, small = time.Unix(int64(n), 0).UTC(), n < 1<<40
	default:
		return errors.New("unknown key")
	}
	if err != nil || !small {
		return errors.New("want a number")
	}
	return nil
}

// receiptLine reads "SHA256 ATTEMPT STATE".
func receiptLine(value string) (Receipt, error) {
	f := strings.Split(value, " ")
	if len(f) != 3 || f[0] == "" {
		return Receipt{}, errors.New("want SHA256 ATTEMPT STATE")
	}
	attempt, err := number(f[1])
	if err != nil {
		return Receipt{}, err
	}
	state, code, err := runState(f[2])
	return Receipt{SHA256: f[0], Attempt: attempt, State: state, Code: code}, err
}

// lockHolder reads "EPOCH RUN OWNER"; the owner may hold spaces.
func lockHolder(value string) (*LockHolder, error) {
	f := strings.SplitN(value, " ", 3)
	if len(f) != 3 || f[1] == "" || f[2] == "" {
		return nil, errors.New("want EPOCH RUN OWNER")
	}
	epoch, err := number(f[0])
	if err != nil {
		return nil, err
	}
	if !isName(f[1]) {
		return nil, errNoRun
	}
	return &LockHolder{Epoch: epoch, Run: f[1], Owner: f[2]}, nil
}

// errNoRun is a word that cannot be the name of a run: no answer of the node
// program has one, and it is no part of a command or of a path.
var errNoRun = errors.New("not the name of a run")

// word reads a value that is one word.
func word(s string) (string, error) {
	if s == "" || strings.ContainsAny(s, " \t\r") {
		return "", errors.New("want one word")
	}
	return s, nil
}

// flag reads a key that is true by being there.
func flag(s string) (bool, error) {
	if s != "" {
		return false, errors.New("want no value")
	}
	return true, nil
}
