package plan

import "testing"

func TestEveryActionSaysHowItIsReconciled(t *testing.T) {
	for _, a := range actions {
		if a.Reconcile == UnknownHow {
			t.Errorf("%s does not say how it is taken up again", a.Action)
		}
		if a.Disrupts && a.Reconcile == DoAgain {
			t.Errorf("%s takes its node out, and is done again without evidence", a.Action)
		}
	}
	for _, a := range []Action{"defragment", ""} {
		if s := a.Spec(); s.Reconcile != UnknownHow || !a.Mutates() { // never simply done again
			t.Errorf("%q, of another version: %d, mutates %v", a, s.Reconcile, a.Mutates())
		}
	}
}
