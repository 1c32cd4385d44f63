package dcos

import (
	"bytes"
	_ "embed" // known_issues.yaml
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed known_issues.yaml
var knownIssues []byte

// KnownIssue is reported trouble with patching some versions of DC/OS
// (DCOS_FACTS §8): a warning before, and a hint when its units are red. It is called known
// of a node only if its evidence was read there.
type KnownIssue struct {
	ID       string     `yaml:"id"` // of its tracker, or a name of ours
	From     []Between  `yaml:"from,omitempty"`
	To       []Between  `yaml:"to,omitempty"`
	Roles    []Role     `yaml:"roles,omitempty"`    // nodes that have it; none: all
	Gates    []string   `yaml:"gates,omitempty"`    // whose findings show it
	Units    []string   `yaml:"units,omitempty"`    // with Gates: that are then red
	Evidence []Evidence `yaml:"evidence,omitempty"` // that proves it; none: it stays a possible cause
	HintOnly bool       `yaml:"hint_only,omitempty"`
	Symptom  string     `yaml:"symptom"`
	Remedy   string     `yaml:"remedy"`
	Command  string     `yaml:"command,omitempty"` // of the remedy, to be given on the node
	Source   string     `yaml:"source"`
}

// Between is a range of versions. An empty end is open.
type Between struct {
	From  Version `yaml:"from,omitempty"`  // and later
	Below Version `yaml:"below,omitempty"` // and not that one
}

// Has reports whether a version lies in the range; one that cannot be parsed
// lies in none.
func (b Between) Has(v Version) bool {
	return v.Minor() != "" && (b.From == "" || v.Compare(b.From) >= 0) && (b.Below == "" || v.Compare(b.Below) < 0)
}

// KnownIssues lists what is known, in the order of known_issues.yaml. The data
// are part of the program, so that an error is one of its making. The list is
// shared: it is read once, and not to be changed.
func KnownIssues() ([]KnownIssue, error) { return readKnownIssues() }

var readKnownIssues = sync.OnceValues(func() ([]KnownIssue, error) { return ParseKnownIssues(knownIssues) })

// ParseKnownIssues reads a list of issues strictly: a field that is unknown,
// missing or there twice, a range that is empty, and an id said twice are errors.
func ParseKnownIssues(b []byte) ([]KnownIssue, error) {
	const what = "known issues"
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	var list []KnownIssue
	if err := dec.Decode(&list); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: something follows the list", what)
	}
	seen := map[string]bool{}
	for i, k := range list {
		if err := k.check(); err != nil {
			return nil, fmt.Errorf("%s: number %d (%s): %w", what, i+1, clip(k.ID), err)
		}
		if seen[k.ID] {
			return nil, fmt.Errorf("%s: %s is listed twice", what, clip(k.ID))
		}
		seen[k.ID] = true
	}
	return list, nil
}

func (k KnownIssue) check() error {
	for field, v := range map[string]string{"id": k.ID, "symptom": k.Symptom, "remedy": k.Remedy, "source": k.Source} {
		if v == "" {
			return fmt.Errorf("field %s is missing", field)
		}
	}
	for _, e := range k.Evidence {
		if err := e.check(); err != nil {
			return err
		}
	}
	for _, b := range slices.Concat(k.From, k.To) {
		for _, v := range []Version{b.From, b.Below} {
			if _, err := ParseVersion(string(v)); v != "" && err != nil {
				return err
			}
		}
		if b == (Between{}) || b.From != "" && b.Below != "" && b.From.Compare(b.Below) >= 0 {
			return fmt.Errorf("the range from %q to below %q has no end or nothing in it", b.From, b.Below)
		}
	}
	switch {
	case (len(k.Gates) == 0) != (len(k.Units) == 0):
		return errors.New("gates and units belong together")
	case len(k.Gates) == 0 && len(k.Evidence) > 0:
		return errors.New("evidence without a gate is never read")
	case k.HintOnly && len(k.Gates) == 0:
		return errors.New("a hint without a gate is never shown")
	case !k.HintOnly && len(k.From)+len(k.To) == 0:
		return errors.New("it would be shown with every plan: want versions, or hint_only")
	}
	return nil
}

// Concerns reports whether patching between two versions can meet the issue.
func (k KnownIssue) Concerns(from, to Version) bool {
	return within(k.From, from) && within(k.To, to)
}

func within(ranges []Between, v Version) bool {
	return len(ranges) == 0 || slices.ContainsFunc(ranges, func(b Between) bool { return b.Has(v) })
}

// Explains reports whether a red unit of a node, as a gate found it, can be the
// issue's symptom.
func (k KnownIssue) Explains(gate, unit string, role Role) bool {
	return slices.Contains(k.Gates, gate) && slices.Contains(k.Units, unit) && (len(k.Roles) == 0 || slices.Contains(k.Roles, role))
}
