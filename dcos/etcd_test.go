package dcos_test

import (
	"encoding/json"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
)

func TestEtcdHealth(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       dcos.EtcdHealth
		fails      bool
	}{
		{"healthy, as 3.3 and 3.4 say it", `{"health":"true"}`, dcos.EtcdHealth{Healthy: true}, false},
		{"healthy, as 3.5 says it", `{"health":"true","reason":""}`, dcos.EtcdHealth{Healthy: true}, false},
		{"without a quorum", `{"health":"false"}` + "\n", dcos.EtcdHealth{}, false},
		{"with a reason", `{"health":"false","reason":"RAFT NO LEADER"}`, dcos.EtcdHealth{Reason: "RAFT NO LEADER"}, false},
		{"an empty object says nothing", `{}`, dcos.EtcdHealth{}, true},
		{"another word is not an answer", `{"health":"yes"}`, dcos.EtcdHealth{}, true},
		{"null is not an answer", `{"health":null}`, dcos.EtcdHealth{}, true},
		{"no body", ``, dcos.EtcdHealth{}, true},
		{"a page of a proxy", `<html>`, dcos.EtcdHealth{}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := dcos.ParseEtcdHealth([]byte(c.body))
			if got != c.want || (err != nil) != c.fails {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

// Law: only a body that says so is healthy, and an error comes with nothing.
func FuzzParseEtcdHealth(f *testing.F) {
	f.Add([]byte(`{"health":"true"}`))
	f.Add([]byte(`{"health":false,"reason":"x"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := dcos.ParseEtcdHealth(b)
		var raw struct {
			Health any `json:"health"`
		}
		said := json.Unmarshal(b, &raw) == nil && (raw.Health == "true" || raw.Health == true)
		if err != nil && h != (dcos.EtcdHealth{}) || h.Healthy && !said {
			t.Fatalf("%q: %+v, %v", b, h, err)
		}
	})
}
