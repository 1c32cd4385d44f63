package dcos

import "errors"

// Metrics is what /metrics/snapshot answered: every metric by its name.
type Metrics map[string]float64

// ParseMetrics reads the body of GET /metrics/snapshot.
func ParseMetrics(b []byte) (Metrics, error) { return nil, errors.New("not written yet") }

// Get gives a metric and whether the answer had it. An absent metric is not 0:
// Mesos leaves out what it could not compute in time.
func (m Metrics) Get(name string) (float64, bool) {
	v, ok := m[name]
	return v, ok
}
