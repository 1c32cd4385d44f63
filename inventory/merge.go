package inventory

import (
	"cmp"
	"maps"
	"slices"
)

// Merge fills what the narrower policy does not say from the wider one: a
// group's from the cluster's, the cluster's from the defaults. It is pure, and
// the result shares no memory with either.
//
// "canary: none", "settle: none" and "expected_red_until: none" are said: they are not filled.
func Merge(narrow, wide Policy) Policy {
	m := Policy{
		Width:         said(narrow.Width, wide.Width),
		MaxOut:        said(narrow.MaxOut, wide.MaxOut),
		MaxFailures:   said(narrow.MaxFailures, wide.MaxFailures),
		LaunchProbe:   cmp.Or(narrow.LaunchProbe, wide.LaunchProbe),
		Bake:          cmp.Or(narrow.Bake, wide.Bake),
		SettleLeading: cmp.Or(narrow.SettleLeading, wide.SettleLeading),
		StageParallel: cmp.Or(narrow.StageParallel, wide.StageParallel),
		HoldLimit:     cmp.Or(narrow.HoldLimit, wide.HoldLimit),
		Timeouts:      mergeTimeouts(narrow.Timeouts, wide.Timeouts),
	}
	m.Canary, m.NoCanary = wide.Canary, wide.NoCanary
	if narrow.NoCanary || len(narrow.Canary) > 0 {
		m.Canary, m.NoCanary = narrow.Canary, narrow.NoCanary
	}
	m.Settle, m.NoSettle = wide.Settle, wide.NoSettle
	if narrow.NoSettle || narrow.Settle > 0 {
		m.Settle, m.NoSettle = narrow.Settle, narrow.NoSettle
	}
	m.Spread = wide.Spread
	if len(narrow.Spread) > 0 {
		m.Spread = narrow.Spread
	}
	m.ExpectedRed, m.NoExpectedRed = wide.ExpectedRed, wide.NoExpectedRed
	if narrow.NoExpectedRed || len(narrow.ExpectedRed) > 0 {
		m.ExpectedRed, m.NoExpectedRed = narrow.ExpectedRed, narrow.NoExpectedRed
	}
	m.Canary, m.Spread, m.ExpectedRed = slices.Clone(m.Canary), maps.Clone(m.Spread), slices.Clone(m.ExpectedRed)
	return m
}

func said(narrow, wide Limit) Limit {
	if narrow.Set {
		return narrow
	}
	return wide
}

func mergeTimeouts(n, w Timeouts) Timeouts {
	return Timeouts{
		Script:     cmp.Or(n.Script, w.Script),
		Exhibitor:  cmp.Or(n.Exhibitor, w.Exhibitor),
		Unit:       cmp.Or(n.Unit, w.Unit),
		Registrar:  cmp.Or(n.Registrar, w.Registrar),
		Leader:     cmp.Or(n.Leader, w.Leader),
		Ranges:     cmp.Or(n.Ranges, w.Ranges),
		AgentsBack: cmp.Or(n.AgentsBack, w.AgentsBack),
		Registered: cmp.Or(n.Registered, w.Registered),
		Tasks:      cmp.Or(n.Tasks, w.Tasks),
		Checks:     cmp.Or(n.Checks, w.Checks),
		Units:      cmp.Or(n.Units, w.Units),
	}
}
