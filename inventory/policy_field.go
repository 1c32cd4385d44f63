package inventory

import (
	"slices"
	"time"
)

// scope says whose policy may have a field.
type scope uint8

const (
	anyScope scope = iota
	ofCluster
	ofGroup
)

const wholeCluster = "it is about the whole cluster: write it in the policy of the cluster"

// policyField is all that is known of one field of a policy: it is read, merged,
// shown, described in the schema and given its default by its row.
type policyField struct {
	name    string
	timeout func(*Timeouts) *time.Duration // nil: it does not stand in timeouts
	scope   scope
	says    string // what it means, for the schema
	schema  string // of its value, JSON
	whose   string // hint where it stands in the other scope

	read func(p *Policy, at *groupPlaces) func(value) // at is nil in the policy of the cluster
	said func(Policy) bool
	take func(p *Policy, from Policy) // its value
	show func(Policy) page            // the zero page: left out
	def  func(*Policy)                // its default; nil: none, package plan computes it
}

// in reports whether the policy of a group, or of the cluster, may have the field.
func (f policyField) in(group bool) bool {
	return f.scope == anyScope || (f.scope == ofGroup) == group
}

// plainField has its value in one comparable place.
func plainField[T comparable](f policyField, def T, at func(*Policy) *T, read func(*T) func(value), show func(T) page) policyField {
	var zero T
	f.read = func(p *Policy, _ *groupPlaces) func(value) { return read(at(p)) }
	f.said = func(p Policy) bool { return *at(&p) != zero }
	f.take = func(p *Policy, from Policy) { *at(p) = *at(&from) }
	if def != zero {
		f.def = func(p *Policy) { *at(p) = def }
	}
	f.show = func(p Policy) page {
		if *at(&p) == zero {
			return page{}
		}
		return show(*at(&p))
	}
	return f
}

func timeField(name string, in scope, def time.Duration, at func(*Policy) *time.Duration, says string) policyField {
	f := policyField{name: name, scope: in, says: says, schema: `{"$ref": "#/$defs/duration"}`, whose: wholeCluster}
	return plainField(f, def, at, duration, func(d time.Duration) page { return page{scalar(short(d))} })
}

// timeoutField is one of timeouts. Those of masters are the cluster's.
func timeoutField(name string, in scope, def time.Duration, at func(*Timeouts) *time.Duration, says string) policyField {
	f := timeField(name, in, def, func(p *Policy) *time.Duration { return at(&p.Timeouts) }, says)
	f.timeout, f.whose = at, "it is about masters: write it in the policy of the cluster"
	return f
}

func limitField(name string, in scope, def Limit, least int, at func(*Policy) *Limit, says string) policyField {
	read := func(dst *Limit) func(value) { return limit(dst, least) }
	f := policyField{name: name, scope: in, says: says, schema: `{"$ref": "#/$defs/limit"}`, whose: wholeCluster}
	return plainField(f, def, at, read, func(l Limit) page { return page{scalar(l.String())} })
}

// listField has a list of names for its value.
func listField[T ~string](f policyField, at func(*Policy) *[]T) policyField {
	f.said = func(p Policy) bool { return len(*at(&p)) > 0 }
	f.take = func(p *Policy, from Policy) { *at(p) = slices.Clone(*at(&from)) }
	f.show = func(p Policy) page {
		all := list()
		for _, name := range *at(&p) {
			all.add(page{scalar(string(name))})
		}
		return all
	}
	return f
}

// orNone is a field that may say "none".
func orNone(f policyField, none func(*Policy) *bool) policyField {
	said, take, show := f.said, f.take, f.show
	f.said = func(p Policy) bool { return *none(&p) || said(p) }
	f.take = func(p *Policy, from Policy) {
		take(p, from)
		*none(p) = *none(&from)
	}
	f.show = func(p Policy) page {
		if *none(&p) {
			return page{scalar("none")}
		}
		return show(p)
	}
	return f
}
