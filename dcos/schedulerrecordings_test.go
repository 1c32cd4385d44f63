package dcos_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// TestEventsOfARealMasterAreRead: frameworks of the recorded cluster noted what
// their streams brought while agents were drained, restarted, lost and taken out.
func TestEventsOfARealMasterAreRead(t *testing.T) {
	files, err := filepath.Glob("testdata/recordings/events/*.json")
	if err != nil || len(files) != 15 {
		t.Fatalf("%d files with events (%v), want 15", len(files), err)
	}
	types := map[string]int{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, raw := range eventsIn(b) {
			e, err := dcos.ParseSchedulerEvent(raw)
			if err != nil {
				t.Errorf("%s: %v\n%s", filepath.Base(f), err, raw)
				continue
			}
			types[e.Type]++
			says(t, filepath.Base(f), e, raw)
		}
	}
	want := map[string]int{dcos.EventUpdate: 40, dcos.EventOffers: 1, dcos.EventRescind: 4, "FAILURE": 16, "INVERSE_OFFERS": 4}
	if !maps.Equal(types, want) {
		t.Errorf("events by type: %v, want %v", types, want)
	}
}

// says holds what was read against the event's own words.
func says(t *testing.T, file string, e dcos.SchedulerEvent, raw []byte) {
	t.Helper()
	switch e.Type {
	case dcos.EventUpdate:
		u := e.Update
		if u.TaskID == "" || !strings.HasPrefix(u.State, "TASK_") || !strings.HasPrefix(u.Source, "SOURCE_") {
			t.Errorf("%s: %+v", file, u)
		}
		for _, said := range []string{u.TaskID, u.AgentID, u.State, u.Reason, u.UUID} {
			if !strings.Contains(string(raw), said) {
				t.Errorf("%s: %q is not in %s", file, said, raw)
			}
		}
	case dcos.EventOffers:
		for _, o := range e.Offers {
			if o.ID == "" || o.AgentID == "" {
				t.Errorf("%s: %+v", file, o)
			}
		}
		if len(e.Offers) == 0 {
			t.Errorf("%s: no offer in %s", file, raw)
		}
	case dcos.EventRescind:
		if !strings.Contains(string(raw), `"`+e.Rescinded+`"`) {
			t.Errorf("%s: rescinded %q: %s", file, e.Rescinded, raw)
		}
	}
}

// eventsIn finds the events in a recording of a scenario, wherever they are:
// objects under the key "ev".
func eventsIn(b json.RawMessage) (found []json.RawMessage) {
	var object map[string]json.RawMessage
	var list []json.RawMessage
	switch {
	case json.Unmarshal(b, &object) == nil:
		if ev, ok := object["ev"]; ok && strings.HasPrefix(string(ev), "{") {
			found = append(found, ev)
		}
		for _, v := range object {
			found = append(found, eventsIn(v)...)
		}
	case json.Unmarshal(b, &list) == nil:
		for _, v := range list {
			found = append(found, eventsIn(v)...)
		}
	}
	return found
}
