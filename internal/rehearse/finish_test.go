package rehearse

import (
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/proof"
)

// TestEveryTroubleAboutFinishSwap: the sample of the matrix has few cases in which
// the second trouble comes about a call of finish-swap. Here each of these troubles
// comes about some, on every sixth event of one small plan (on every one in make
// proof), under every fault that cuts a swap and leaves it to finish-swap.
func TestEveryTroubleAboutFinishSwap(t *testing.T) {
	t.Parallel()
	plans, err := SmallPlans()
	if err != nil {
		t.Fatal(err)
	}
	begun, struck := 0, map[fault.Kind]int{}
	every := proof.Of(6, 1)
	for _, c := range Cases(plans[:1]) {
		if !c.Remedy || c.At%every != 0 {
			continue
		}
		if cuts := c.Fault == fault.FinishCut || c.Fault == fault.FinishRefused || c.Fault == fault.FinishUnstarted; !cuts {
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
	t.Logf("%d calls; troubles %v", begun, struck)
	for _, k := range remedyTroubles() {
		if struck[k] == 0 {
			t.Errorf("%s never came about a call of finish-swap", k)
		}
	}
}
