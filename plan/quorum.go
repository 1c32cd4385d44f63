package plan

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
)

// FreshFor is how old the samples under a quorum proof may be, by the
// controller's clock. It is not scaled in rehearsals.
const FreshFor = 60 * time.Second

// Lose is what is left of the quorum when the node stops, and whether that is
// enough. A member that serves nothing is not lost by stopping.
func (q Quorum) Lose(node inventory.NodeName) (remaining int, ok bool) {
	serving := distinct(q.Serving)
	for _, n := range serving {
		if n != node {
			remaining++
		}
	}
	return remaining, q.Size > 0 && len(serving) <= q.Size && remaining >= q.Need()
}

// QuorumError says which quorum does not allow a master to be taken, and why.
type QuorumError struct {
	Candidate inventory.NodeName
	Quorum    string // empty when none is known at all
	Reason    string
}

func (e *QuorumError) Error() string {
	if e.Quorum == "" {
		return fmt.Sprintf("%s must not stop: %s", e.Candidate, e.Reason)
	}
	return fmt.Sprintf("%s must not stop: %s: %s", e.Candidate, e.Quorum, e.Reason)
}

// ProveMaster proves, from one observation, that the candidate may be taken:
// the cluster is green, every quorum is known and fresh, and each keeps its
// majority without the candidate. masters are all masters of the plan. With
// needAll every other master must serve in every quorum, because a master of
// that version does not return otherwise (Version.NeedsAllMasters). The proof
// is for a person and for the journal; the error is a *QuorumError or several
// joined.
func ProveMaster(obs Observation, candidate inventory.NodeName, masters []Node, needAll bool) (string, error) {
	refuse := func(quorum, reason string) error {
		return &QuorumError{Candidate: candidate, Quorum: quorum, Reason: reason}
	}
	if !slices.ContainsFunc(masters, func(n Node) bool { return n.Name == candidate }) {
		return "", refuse("", "it is not a master of the plan")
	}
	if !obs.Green {
		return "", refuse("", "the cluster gate is not green")
	}
	if len(obs.Quorums) == 0 {
		return "", refuse("", "no quorum is known")
	}
	var proof []string
	var errs []error
	for _, q := range obs.Quorums {
		if reason := doubt(q, masters); reason != "" {
			errs = append(errs, refuse(q.Name, reason))
			continue
		}
		remaining, ok := q.Lose(candidate)
		switch missing := notServing(q, candidate, masters); {
		case !ok:
			errs = append(errs, refuse(q.Name, fmt.Sprintf("%d/%d serve, quorum %d: %s stops, %d would remain",
				len(q.Serving), q.Size, q.Need(), candidate, remaining)))
		case needAll && len(missing) > 0:
			errs = append(errs, refuse(q.Name, fmt.Sprintf("%s does not serve, and a master of this version returns only while all others do",
				strings.Join(missing, ", "))))
		default:
			proof = append(proof, fmt.Sprintf("%s %d/%d serve, quorum %d: %s stops, %d remain (%s old)",
				q.Name, len(q.Serving), q.Size, q.Need(), candidate, remaining, q.Age.D().Round(100*time.Millisecond)))
		}
	}
	if len(errs) > 0 {
		return "", errors.Join(errs...)
	}
	return strings.Join(proof, "; "), nil
}

// ProveMaster proves that a master of the plan may be taken: that the others
// can spare it (see the function of that name), or that it is the only one and
// the plan waives that it has to be spared. The only one must serve in every
// quorum, too: what does not work beforehand tells nothing afterwards.
func (p *Plan) ProveMaster(obs Observation, candidate inventory.NodeName) (string, error) {
	masters := p.Masters()
	lone := slices.IndexFunc(p.Waivers, func(w Waiver) bool { return w.Check == CheckSingleMaster && w.Node == "" && w.Reason != "" })
	if len(masters) != 1 || lone < 0 || masters[0].Name != candidate || !obs.Green || len(obs.Quorums) == 0 {
		return ProveMaster(obs, candidate, masters, p.NeedsAllMasters())
	}
	for _, q := range obs.Quorums {
		reason := doubt(q, masters)
		if reason == "" && len(q.Serving) != 1 {
			reason = "it does not serve"
		}
		if reason != "" {
			return "", &QuorumError{Candidate: candidate, Quorum: q.Name, Reason: reason}
		}
	}
	return fmt.Sprintf("it is the only master and serves; waived: %s", p.Waivers[lone].Reason), nil
}

// ProveRemedy proves that a master of the plan, which is out because its patch
// failed, may be stopped for its remedy. It is not demanded that the cluster gate
// is green: what is red in it must be due to that master alone.
func (p *Plan) ProveRemedy(obs Observation, candidate inventory.NodeName) (string, error) {
	if masters := p.Masters(); len(masters) == 1 && masters[0].Name == candidate {
		return "it is the only master: no quorum is left to lose", nil
	}
	for _, f := range obs.Findings {
		due := obs.DueTo[f.Check]
		ofIt := inventory.NodeName(f.Node) == candidate || len(due) == 1 && due[0] == candidate
		if !f.Status.OK() && !ofIt {
			return "", fmt.Errorf("%s is red, and not because of %s: %s", strings.TrimSpace(f.Check+" "+f.Node), candidate, f.Observed)
		}
	}
	obs.Green = len(obs.Findings) > 0
	obs.Quorums = slices.Clone(obs.Quorums)
	for i := range obs.Quorums {
		obs.Quorums[i] = obs.Quorums[i].but(candidate)
	}
	return p.ProveMaster(obs, candidate)
}

// but is the quorum with the members in service that only the candidate's being
// out keeps from it.
func (q Quorum) but(candidate inventory.NodeName) Quorum {
	q.Serving = slices.Clone(q.Serving)
	for n, by := range q.Hindered {
		if len(by) == 1 && by[0] == candidate && n != candidate && !slices.Contains(q.Serving, n) {
			q.Serving = append(q.Serving, n)
		}
	}
	slices.Sort(q.Serving)
	return q
}

// Waits says which members do not serve only because others are out, and which did not
// answer, in brackets after a blank; empty: none. "cockroach 0/3" alone reads as if
// nothing worked there.
func (q Quorum) Waits() string {
	waiting := map[string][]inventory.NodeName{}
	for n, by := range q.Hindered {
		if !slices.Contains(q.Serving, n) && !slices.Contains(by, n) {
			whom := list(by)
			waiting[whom] = append(waiting[whom], n)
		}
	}
	var parts []string
	for _, whom := range slices.Sorted(maps.Keys(waiting)) {
		slices.Sort(waiting[whom])
		verb := "wait"
		if len(waiting[whom]) == 1 {
			verb = "waits"
		}
		parts = append(parts, fmt.Sprintf("%s %s for %s", list(waiting[whom]), verb, whom))
	}
	if len(q.Unknown) > 0 {
		parts = append(parts, "no answer of "+list(q.Unknown))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, "; ") + ")"
}

func list(names []inventory.NodeName) string {
	texts := make([]string, len(names))
	for i, n := range names {
		texts[i] = string(n)
	}
	return strings.Join(texts, ", ")
}

// doubt is why a quorum cannot be reckoned with; empty when it can.
func doubt(q Quorum, masters []Node) string {
	switch {
	case q.Size <= 0:
		return "its size is unknown"
	case q.Size != len(masters):
		return fmt.Sprintf("it has %d members, the plan %d masters", q.Size, len(masters))
	case q.Age < 0:
		return "the age of its sample is unknown"
	case q.Age.D() > FreshFor:
		return fmt.Sprintf("its sample is %s old, at most %s is fresh", q.Age, FreshFor)
	case len(distinct(q.Serving)) != len(q.Serving):
		return "a member is counted twice"
	}
	for _, n := range q.Serving {
		if !slices.ContainsFunc(masters, func(m Node) bool { return m.Name == n }) {
			return fmt.Sprintf("%s serves in it and is not a master of the plan", n)
		}
	}
	return ""
}

// notServing names the masters besides the candidate that do not serve.
func notServing(q Quorum, candidate inventory.NodeName, masters []Node) []string {
	var missing []string
	for _, m := range masters {
		if m.Name != candidate && !slices.Contains(q.Serving, m.Name) {
			missing = append(missing, string(m.Name))
		}
	}
	return missing
}

func distinct(names []inventory.NodeName) []inventory.NodeName {
	s := slices.Clone(names)
	slices.Sort(s)
	return slices.Compact(s)
}

// NeedsAllMasters reports whether a master comes back only while all the
// others serve. Within a minor version the older release is the one that may,
// so that the version patched from decides.
func (p *Plan) NeedsAllMasters() bool { return p.From.NeedsAllMasters() }
