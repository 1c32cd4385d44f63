package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// atTarget compares active packages with the script's, never versions: a
// configuration patch leaves the version as it was.
func (s *builder) atTarget(f NodeFacts) bool {
	return len(s.script.Packages) > 0 && samePackages(f.Active, s.script.Packages)
}

// samePackages is dcos.SamePackages, with a short cut for lists that are
// sorted already, as nearly all are: it is asked for every node.
func samePackages(a, b []string) bool {
	if slices.IsSorted(a) && slices.IsSorted(b) {
		return slices.Equal(slices.Compact(slices.Clone(a)), slices.Compact(slices.Clone(b)))
	}
	return dcos.SamePackages(a, b)
}

// evidence says by what a node was found to be at the target: how many
// packages, and the one that tells two configurations apart.
func evidence(packages []string) string {
	text := fmt.Sprintf("active packages are the script's %d", len(packages))
	for _, p := range packages {
		if strings.HasPrefix(p, "dcos-config--") {
			return text + "; " + p
		}
	}
	return text
}

// holdsAll reports whether every wanted package is on the disk.
func holdsAll(fetched, wanted []string) bool {
	if len(wanted) == 0 || len(fetched) < len(wanted) {
		return false
	}
	have := fetched
	if !slices.IsSorted(have) {
		have = slices.Sorted(slices.Values(fetched))
	}
	for _, w := range wanted {
		if _, found := slices.BinarySearch(have, w); !found {
			return false
		}
	}
	return true
}

func exclusionText(x inventory.Exclusion) string {
	text := "excluded"
	if x.Reason != "" {
		text = x.Reason
	}
	if !x.Until.IsZero() {
		text += ", until " + x.Until.Format("2006-01-02")
	}
	return text
}

// variant is what the nodes agree on; nodes that do not say are no vote.
func (s *builder) variant() string {
	for _, n := range s.nodes {
		if v := s.facts(n.Name).Variant; v != "" && !s.excluded(n.Name) {
			return v
		}
	}
	return ""
}
