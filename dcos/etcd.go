package dcos

import (
	"encoding/json"
	"fmt"
)

// EtcdHealth is what an etcd answers to GET /health. The zero value is not
// healthy.
type EtcdHealth struct {
	Healthy bool   // a read through a quorum succeeded
	Reason  string // why not, where the version says it (3.5)
}

// ParseEtcdHealth reads the body of etcd's /health: health is "true" or
// "false", written as a text. A body without it is an error.
func ParseEtcdHealth(b []byte) (EtcdHealth, error) {
	const what = "etcd health"
	var raw map[string]json.RawMessage
	if err := decode(what, b, &raw); err != nil {
		return EtcdHealth{}, err
	}
	h := EtcdHealth{}
	switch string(raw["health"]) {
	case `"true"`, "true":
		h.Healthy = true
	case `"false"`, "false":
	case "":
		return EtcdHealth{}, missing(what, "health")
	default:
		return EtcdHealth{}, fmt.Errorf("%s: field health is %s, want true or false", what, clip(string(raw["health"])))
	}
	if reason, ok := raw["reason"]; ok {
		if err := json.Unmarshal(reason, &h.Reason); err != nil {
			return EtcdHealth{}, fmt.Errorf("%s: field reason is %s, want a text", what, clip(string(reason)))
		}
	}
	return h, nil
}
