package steps

import (
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/plan"
)

func TestAHoldSaysWhatToTryWhenAGateHasAnIdea(t *testing.T) {
	since := time.Date(2026, 11, 21, 23, 0, 0, 0, time.UTC)
	away := checks.Away{Since: since, Seen: since.Add(4 * time.Minute), Budget: 5 * time.Minute}
	for hint, want := range map[string]string{"": "", "known (COPS-6512): start the socket": "; try: known (COPS-6512): start the socket"} {
		var said []plan.Note
		h := hold{hint: hint}
		h.see(away, func(n plan.Note) { said = append(said, n) })
		if len(said) != 1 || !said[0].Hold || !strings.HasSuffix(said[0].Detail, "; Mesos marks it unreachable at "+since.Add(5*time.Minute).Local().Format(plan.ClockText)+want) {
			t.Errorf("%q: %+v", hint, said)
		}
	}
}
