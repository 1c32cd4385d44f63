package fault

import (
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// about is the kind's row of the table; zero: it has none.
func (k Kind) about() about { return byKind[k] }

var byKind = indexed(table)

func indexed(rows []about) map[Kind]about {
	at := make(map[Kind]about, len(rows))
	for _, a := range rows {
		at[a.kind] = a
	}
	return at
}

func list(of func(about) bool) []Kind {
	var out []Kind
	for _, a := range table {
		if of(a) {
			out = append(out, a.kind)
		}
	}
	return out
}

// Simulated lists the kinds that the simulated cluster shows.
func Simulated() []Kind {
	return list(func(a about) bool { return a.when != notSimulated && a.when != ofProduct })
}

// OfProduct lists the kinds that tests do to the product's own process.
func OfProduct() []Kind { return list(func(a about) bool { return a.when == ofProduct }) }

// Rehearsed lists the kinds that a rehearsal has itself.
func Rehearsed() []Kind { return list(func(a about) bool { return a.twin.Rate > 0 }) }

// Words says what a kind means, for people, and holds of both stand-ins: how long it
// lasts when nobody says is for each to choose.
func (k Kind) Words() string { return k.about().words }

// Simulated reports whether the simulated cluster shows the kind.
func (k Kind) Simulated() bool { return slices.Contains(Simulated(), k) }

// Bears reports whether a fault of the kind can be one of the role's nodes.
func (k Kind) Bears(r dcos.Role) bool {
	switch a := k.about(); a.of {
	case onNode:
		return a.words != ""
	case onMaster:
		return r == dcos.Master
	case onAgent:
		return r.IsAgent()
	}
	return false
}

// OfScript reports whether the kind is the script's, and so of every node that
// runs it when no node is named.
func (k Kind) OfScript() bool { return strings.HasPrefix(string(k), "script-") }

// OfCluster reports whether a fault of the kind is no node's.
func (k Kind) OfCluster() bool { return k.about().of == ofCluster }

// OfController reports whether the kind leaves the nodes alone.
func (k Kind) OfController() bool { return k.about().of == ofController }

// FromStart reports whether a fault of the kind is there from the start, or
// never: it cannot strike later.
func (k Kind) FromStart() bool { return k.about().when == fromStart }

// Waits reports whether a fault of the kind waits for the script at a place of
// its own.
func (k Kind) Waits() bool { return k.about().when == atPlace }

// AtMoment reports whether a fault of the kind acts at a moment of somebody's
// choice, rather than at a place of its own.
func (k Kind) AtMoment() bool { return k.about().when == atMoment }

// Rehearsed is how a rehearsal shows the kind; false: it does not have it.
func (k Kind) Rehearsed() (Twin, bool) {
	t := k.about().twin
	return t, t.Rate > 0
}

// Seen is the kind by which a rehearsal shows the kind: it knows which gate does
// not pass and who is away, not why. One that it does not show stays what it is.
func (k Kind) Seen() Kind {
	if as := k.about().twin.As; as != "" {
		return as
	}
	return k
}
