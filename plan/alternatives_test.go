package plan

import (
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
)

func TestThePlanTellsWhatOtherWidthsOfItsSlowestGroupWouldTake(t *testing.T) {
	in := healthy(agents("general", "a", 40))
	wide := func(width int) *Plan {
		in.Inventory.Groups[0].Policy.Width = inventory.Limit{N: width}
		return mustBuild(t, in)
	}
	p := wide(5)
	alt := Alternatives(p)
	if len(alt) != 2 || alt[0].Width != 3 || alt[1].Width != 10 || alt[0].Stage != "general" {
		t.Fatalf("%+v", alt)
	}
	for _, a := range alt { // an alternative is what the plan of that width says
		want := wide(a.Width).Estimate
		if d := time.Duration(a.Estimate - want); d.Abs() > time.Second {
			t.Errorf("x%d: %s, and that plan says %s", a.Width, a.Estimate, want)
		}
	}
	if alt := Alternatives(wide(40)); len(alt) != 0 {
		t.Errorf("the masters take longest, and have no other width: %+v", alt)
	}
}
