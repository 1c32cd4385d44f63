package checks

import (
	"cmp"
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// lateFinding is the last finding of a gate that is out of time. One whose last sample was
// good says what was missing, and passes for none that holds.
func (g gateState) lateFinding(waited time.Duration) dcos.Finding {
	f := g.verdict.Finding
	within := waited.Round(100 * time.Millisecond)
	if len(g.samples) == 0 {
		f.Want, f.Observed = cmp.Or(f.Want, "an answer"), fmt.Sprintf("no answer within %s", within)
	}
	if !f.Status.OK() {
		return f
	}
	f.Observed = fmt.Sprintf("%s; last sample green: %s", g.missing(within), f.Observed)
	f.Status, f.Have = dcos.Unknown, min(f.Have, f.Need-1)
	return f
}

// missing is what a streak lacked that did not come about in time.
func (g gateState) missing(within time.Duration) string {
	v := g.verdict
	switch {
	case v.Still != "":
		return fmt.Sprintf("%s did not change within %s", v.Still, within)
	case v.Finding.Have < v.Finding.Need:
		return fmt.Sprintf("%d of %d samples in a row within %s", v.Finding.Have, v.Finding.Need, within)
	case v.Lasted < g.spec.Span.D():
		return fmt.Sprintf("a streak of %s where %s are demanded, within %s", v.Lasted.Round(100*time.Millisecond), g.spec.Span.D(), within)
	}
	return fmt.Sprintf("it held, and not together with the others within %s", within)
}

// findingsWith are the last of every gate, with those that are late as such.
func (b *board) findingsWith(late []LateGate) []dcos.Finding {
	fs := b.findings()
	for i, g := range b.gates {
		for _, l := range late {
			if l.Gate == g.spec.Gate {
				fs[i] = l.Finding
			}
		}
	}
	return fs
}
