package rehearse

import (
	"strings"
	"testing"
	"time"
)

// TestEveryTroubleAboutFinishSwap: the sample of the matrix has few cases in which
// the second trouble comes about a call of finish-swap; here they all are, for every
// fault that cuts a swap and every node of a small plan.
func TestEveryTroubleAboutFinishSwap(t *testing.T) {
	t.Parallel()
	plans, err := SmallPlans()
	if err != nil {
		t.Fatal(err)
	}
	begun, struck := 0, map[Kind]int{}
	for _, c := range Cases(plans[:1]) {
		if !c.Remedy || c.At%6 != 0 || c.Fault == ScriptFailsMidSwap { // finished by hand as often as not
			continue
		}
		if cuts := c.Fault == FinishCut || c.Fault == FinishRefused || c.Fault == FinishUnstarted; !cuts {
			continue
		}
		n := Try(plans[0], c, Options{Told: func(_ time.Duration, line string) {
			if strings.HasPrefix(line, "finish-swap begins") {
				begun++
			}
		}})
		struck[c.Then] += n.Struck[c.Then]
		for _, v := range n.Violations {
			t.Errorf("%s: %s", c, v)
		}
	}
	for k, times := range struck {
		if times == 0 {
			t.Errorf("%s never came about a call of finish-swap", k)
		}
	}
	if t.Logf("%d calls; troubles %v", begun, struck); begun == 0 || len(struck) == 0 {
		t.Error("nothing was tried")
	}
}
