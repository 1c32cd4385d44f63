package dcos

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Metrics is what /metrics/snapshot answered: every metric by its name.
type Metrics map[string]float64

// ParseMetrics reads the body of GET /metrics/snapshot. An empty object is an
// answer with no metrics, as a daemon gives it just after its start.
func ParseMetrics(b []byte) (Metrics, error) {
	const what = "metrics"
	var raw map[string]json.RawMessage
	if err := decode(what, b, &raw); err != nil {
		return nil, err
	}
	if raw == nil {
		return nil, fmt.Errorf("%s: null, want an object", what)
	}
	m := make(Metrics, len(raw))
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		var v *float64
		if err := json.Unmarshal(raw[name], &v); err != nil || v == nil {
			return nil, fmt.Errorf("%s: %s is %s, want a number", what, name, clip(string(raw[name])))
		}
		m[name] = *v
	}
	return m, nil
}

// Get gives a metric and whether the answer had it. An absent metric is not 0:
// Mesos leaves out what it could not compute in time, and what it has not set
// up yet.
func (m Metrics) Get(name string) (float64, bool) {
	v, ok := m[name]
	return v, ok
}
