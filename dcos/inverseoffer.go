package dcos

import (
	"fmt"
	"time"
)

// InverseAnswer is what a framework answered last when the master wanted the
// resources of a machine under maintenance back. A leader that was elected since
// has none of them: frameworks must answer again.
type InverseAnswer struct {
	Machine     Machine
	FrameworkID string
	Status      string    // "ACCEPT", "DECLINE", or "UNKNOWN": not answered yet
	At          time.Time // the leading master's clock
}

// ParseInverseAnswers reads them out of the answer to GET_MAINTENANCE_STATUS.
func ParseInverseAnswers(b []byte) ([]InverseAnswer, error) {
	const what = "GET_MAINTENANCE_STATUS"
	var raw struct {
		Status *struct {
			Draining []struct {
				ID       Machine `json:"id"`
				Statuses []struct {
					Status    string  `json:"status"`
					Framework v1Value `json:"framework_id"`
					At        *v1Time `json:"timestamp"`
				} `json:"statuses"`
			} `json:"draining_machines"`
		} `json:"status"`
	}
	if err := decodeCall(what, "get_maintenance_status", b, &raw); err != nil {
		return nil, err
	}
	if raw.Status == nil {
		return nil, missing(what, "status")
	}
	var all []InverseAnswer
	for i, d := range raw.Status.Draining {
		at := fmt.Sprintf("%s: draining_machines[%d]", what, i)
		if err := d.ID.named(at + ".id"); err != nil {
			return nil, err
		}
		for _, s := range d.Statuses {
			switch {
			case s.Status == "":
				return nil, missing(at, "statuses.status")
			case s.Framework.Value == "":
				return nil, missing(at, "statuses.framework_id")
			}
			all = append(all, InverseAnswer{Machine: d.ID, FrameworkID: s.Framework.Value, Status: s.Status, At: s.At.utc()})
		}
	}
	return all, nil
}
