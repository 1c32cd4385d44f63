package dcos

import (
	"encoding/json"
	"slices"
	"strings"
)

// Loss is what has ended on an agent for good, and what a person may accept: the
// agent under the id that it had, tasks, or both. It is comparable, as a Finding is.
type Loss struct {
	Was   string `json:"was,omitempty"`   // id that the agent had, when it is another agent now
	Agent string `json:"agent,omitempty"` // id that it has since
	Tasks IDs    `json:"tasks,omitempty"` // that do not run any more
}

// Empty reports whether nothing is lost.
func (l Loss) Empty() bool { return l == Loss{} }

// Plus adds another loss of the same agent; its agent id is the newer one.
func (l Loss) Plus(o Loss) Loss {
	if o.Agent != "" {
		l.Was, l.Agent = o.Was, o.Agent
	}
	l.Tasks = NewIDs(append(l.Tasks.List(), o.Tasks.List()...)...)
	return l
}

// Covers reports whether all of another loss is part of this one.
func (l Loss) Covers(o Loss) bool {
	if o.Agent != "" && (o.Agent != l.Agent || o.Was != l.Was) {
		return false
	}
	return !slices.ContainsFunc(o.Tasks.List(), func(id string) bool { return !l.Tasks.Has(id) })
}

// IDs is a sorted set of Mesos ids. They are joined by line ends, which no id
// contains, so that it can be compared; in JSON it is a list.
type IDs string

// NewIDs makes a set.
func NewIDs(ids ...string) IDs {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return IDs(strings.Join(slices.Compact(ids), "\n"))
}

// List is the ids, sorted.
func (s IDs) List() []string {
	if s == "" {
		return nil
	}
	return strings.Split(string(s), "\n")
}

// Has reports whether an id is in the set.
func (s IDs) Has(id string) bool { return id != "" && slices.Contains(s.List(), id) }

// MarshalJSON writes the list.
func (s IDs) MarshalJSON() ([]byte, error) { return json.Marshal(s.List()) }

// UnmarshalJSON reads the list.
func (s *IDs) UnmarshalJSON(b []byte) error {
	var ids []string
	if err := json.Unmarshal(b, &ids); err != nil {
		return err
	}
	*s = NewIDs(ids...)
	return nil
}
