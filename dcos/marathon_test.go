package dcos_test

import (
	"encoding/json"
	"net"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
)

func TestMarathonLeader(t *testing.T) {
	for text, want := range map[string]string{
		`{"leader":"10.20.0.11:8080"}`:     "10.20.0.11",
		`{"leader":"[fd00::11]:8443"}`:     "fd00::11",
		`{"leader":"10.20.0.11"}`:          "",
		`{"leader":":8080"}`:               "",
		`{"leader":null}`:                  "",
		`{"message":"There is no leader"}`: "",
		`<html>`:                           "",
		``:                                 "",
	} {
		if got, err := dcos.ParseMarathonLeader([]byte(text)); got != want || (err != nil) != (want == "") {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
}

// Law: a leader that was read, written again, is read the same; an error comes
// with nobody.
func FuzzParseMarathonLeader(f *testing.F) {
	f.Add([]byte(`{"leader":"10.20.0.11:8080"}`))
	f.Add([]byte(`{"leader":"[fd00::11]:8443"`))
	f.Fuzz(func(t *testing.T, b []byte) {
		host, err := dcos.ParseMarathonLeader(b)
		if err != nil {
			if host != "" {
				t.Fatalf("%q beside %v", host, err)
			}
			return
		}
		again, err := json.Marshal(map[string]string{"leader": net.JoinHostPort(host, "1")})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := dcos.ParseMarathonLeader(again); host == "" || err != nil || got != host {
			t.Fatalf("%s: %q, %v, want %q", again, got, err, host)
		}
	})
}
