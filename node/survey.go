package node

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Survey is what a node says about itself. A field that the node could not
// fill is zero, and means unknown.
type Survey struct {
	ClusterID    string       // masters
	IP           string       // what detect_ip prints, whatever it is
	Addresses    []string     // IPv4 addresses of the machine
	Roles        []dcos.Role  // one per role file; a sane node has exactly one
	Version      dcos.Version //
	Variant      string       // "open" or "enterprise"; some releases up to 1.13 do not say it
	Active       []string     // active package ids, sorted
	Fetched      []string     // package ids on disk, sorted
	MidSwap      bool         // install_progress exists
	CutSwap      dcos.CutSwap // how far the swap has come; only with MidSwap
	MasterCount  int          //
	Systemd      int          // version
	FreeKB       int64        // of the file system of /opt/mesosphere
	MachineID    string       // of /etc/machine-id
	BootID       string       //
	PID1Start    uint64       // clock ticks since boot
	BootTime     time.Time    // btime of /proc/stat, by the node's clock
	ActiveChange time.Time    // ctime of /opt/mesosphere/active, by the node's clock
	Rehearsal    bool         // carries /etc/dcos-patch-rehearsal
	PatchUnits   []PatchUnit  // every transient unit of ours that systemd knows
	Epoch        int          // the highest seen; 0: none
	EpochCluster string       // the cluster that it belongs to; empty: it does not say
	Lock         *LockHolder  // nil: nobody holds the lock here
	Heartbeat    *Heartbeat   // nil: no controller has said here that it lives
	Receipts     []Receipt    // every attempt of every script
}

// PatchUnit is one transient unit of ours.
type PatchUnit struct {
	Name  string // with ".service"
	State string // systemd's ActiveState
}

// LockHolder is who holds the cluster lock, as one master says.
type LockHolder struct {
	Epoch int
	Run   string
	Owner string
}

// TakeSurvey asks the node for all of it.
func TakeSurvey(ctx context.Context, h Host) (Survey, error) {
	b, err := Read(ctx, h, "survey")
	if err != nil {
		return Survey{}, err
	}
	s, err := ParseSurvey(b)
	if err != nil {
		return s, &AnswerError{err}
	}
	return s, nil
}

// AnswerError is a survey that arrived and says what none can: a file of the
// node is damaged, or somebody else wrote it.
type AnswerError struct{ Err error }

func (e *AnswerError) Error() string { return e.Err.Error() }

func (e *AnswerError) Unwrap() error { return e.Err }

// Role is the node's only role; RoleUnknown when there is none, or more.
func (s Survey) Role() dcos.Role {
	if len(s.Roles) != 1 {
		return dcos.RoleUnknown
	}
	return s.Roles[0]
}

// MachineDigest is one of the node's machine id, which is to be kept off other machines
// (machine-id(5)); empty when the node has none.
func (s Survey) MachineDigest() string {
	if s.MachineID == "" {
		return ""
	}
	sum := sha256.Sum256([]byte("dcos-patch " + s.MachineID))
	return hex.EncodeToString(sum[:8])
}

// RunningUnit is the name of a patch unit of ours that has not ended; empty
// when there is none.
func (s Survey) RunningUnit() string {
	for _, u := range s.PatchUnits {
		if u.State != "inactive" && u.State != "failed" {
			return u.Name
		}
	}
	return ""
}
