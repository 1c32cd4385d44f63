package dcos

import (
	"encoding/json"
	"testing"
)

func TestALossCoversWhatIsPartOfIt(t *testing.T) {
	all := Loss{Was: "x-S1", Agent: "y-S1", Tasks: NewIDs("web.2", "web.1", "web.1")}
	for name, c := range map[string]struct {
		of   Loss
		want bool
	}{
		"itself":        {all, true},
		"a part":        {Loss{Tasks: NewIDs("web.1")}, true},
		"another task":  {Loss{Tasks: NewIDs("web.1", "db.1")}, false},
		"another agent": {Loss{Was: "x-S1", Agent: "z-S1"}, false},
		"another past":  {Loss{Was: "w-S1", Agent: "y-S1"}, false},
	} {
		if got := all.Covers(c.of); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	if both := (Loss{Tasks: NewIDs("db.1")}).Plus(all); !both.Covers(all) || !both.Tasks.Has("db.1") {
		t.Errorf("added up to %+v", both)
	}
	if !(Loss{}).Empty() || all.Empty() {
		t.Error("empty is not told from full")
	}
}

// A finding stays comparable, and says in JSON what is lost as a list.
func TestALossComesThroughJSON(t *testing.T) {
	f := Finding{Check: "tasks", Loss: Loss{Tasks: NewIDs("web.2", "web 1")}}
	b, err := json.Marshal(f)
	var back Finding
	if err == nil {
		err = json.Unmarshal(b, &back)
	}
	if err != nil || back != f {
		t.Errorf("%s: %+v, %v", b, back, err)
	}
	if b, _ := json.Marshal(Finding{Check: "tasks"}); string(b) != `{"check":"tasks","status":"unknown"}` {
		t.Errorf("%s: nothing is lost there", b)
	}
}
