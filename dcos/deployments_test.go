package dcos_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
)

func TestDeploymentsAreTheAppsAndPodsThatMarathonChanges(t *testing.T) {
	for text, want := range map[string][]string{
		`[]`: {},
		`[{"id":"5cd987cd","version":"2020-05-29T13:38:14.128Z","affectedApps":["/kafka"],"affectedPods":["/pod"],"steps":[{"actions":[]}],"currentStep":1}]`: {"/kafka,/pod"},
		`[{"id":"5cd987cd"}]`: {"5cd987cd"},
	} {
		got, err := dcos.ParseDeployments([]byte(text))
		words := make([]string, 0, len(got))
		for _, d := range got {
			words = append(words, d.String())
		}
		if err != nil || !slices.Equal(words, want) {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{``, `null`, `{}`, `{"message":"unauthorized"}`, `[{}]`, `<html>`} {
		if got, err := dcos.ParseDeployments([]byte(text)); err == nil || got != nil {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
}

// An error comes with nothing, and whatever is understood has an id.
func FuzzParseDeployments(f *testing.F) {
	f.Add([]byte(`[{"id":"a","affectedApps":["/b"]}]`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		all, err := dcos.ParseDeployments(b)
		if err != nil {
			if all != nil {
				t.Fatalf("an error (%v) came with %v", err, all)
			}
			return
		}
		var raw []json.RawMessage
		if json.Unmarshal(b, &raw) != nil || len(raw) != len(all) {
			t.Fatalf("%q: %d deployments", b, len(all))
		}
		for _, d := range all {
			if d.String() == "" && len(d.Apps) == 0 {
				t.Fatalf("%q: one without a word", b)
			}
		}
	})
}
