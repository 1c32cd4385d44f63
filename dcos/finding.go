package dcos

import "time"

// Status is the answer to one question about health. The zero Status is
// Unknown, and Unknown is never good enough.
type Status uint8

// The statuses of a finding.
const (
	Unknown       Status = iota // not asked, not answered, not readable, or stale
	Failed                      // the node answered, and the answer is no
	Passed                      // the node answered, and the answer is yes
	Warned                      // passed, and a person should look
	NotApplicable               // proved not to apply to this node; Observed says how
)

var statusNames = [...]string{"unknown", "failed", "passed", "warned", "n/a"}

func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return statusNames[0]
}

// OK reports whether the status lets a gate count the sample.
func (s Status) OK() bool { return s == Passed || s == Warned || s == NotApplicable }

// MarshalText writes the status's name.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the status's name; an unknown name is Unknown.
func (s *Status) UnmarshalText(b []byte) error {
	*s = Unknown
	for i, n := range statusNames {
		if n == string(b) {
			*s = Status(i)
		}
	}
	return nil
}

// Finding answers one check on one node, in words for a person.
type Finding struct {
	Check    string    `json:"check"`              // the gate's name: "exhibitor"
	Node     string    `json:"node,omitempty"`     // empty for a question about the cluster
	Status   Status    `json:"status"`             //
	Observed string    `json:"observed,omitempty"` // what was seen, short, with its numbers
	Want     string    `json:"want,omitempty"`     // what would have passed
	Hint     string    `json:"hint,omitempty"`     // what a person can try
	At       time.Time `json:"at,omitzero"`        // when the answer was complete, controller's clock
	Since    time.Time `json:"since,omitzero"`     // since when every answer was bad, same clock; zero: the last was good, or nobody asks again and again
	Have     int       `json:"have,omitempty"`     // samples in a row so far
	Need     int       `json:"need,omitempty"`     // samples in a row demanded
	Lost     bool      `json:"lost,omitempty"`     // what ran there is gone for good: only a person can accept that
	Loss     Loss      `json:"loss,omitzero"`      // which agent and tasks that is, for a person to accept
	Deadline time.Time `json:"deadline,omitzero"`  // when Mesos marks an agent that is away unreachable
	Final    bool      `json:"final,omitempty"`    // what was wanted can no longer come about: waiting is no use
}
