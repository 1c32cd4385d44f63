package steps

import (
	"errors"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
)

func TestWhoWakesKnowsWhetherItHoldsTheLock(t *testing.T) {
	const (
		ours   = "epoch 3\nlock 3 r1 me on here\n"
		free   = "epoch 3\n"
		later  = "epoch 4\nlock 4 r1 colleague on there\n"
		broken = "epoch 4\n"
		theirs = "epoch 3\nlock 3 r2 them on there\n"
		served = "epoch 9\nepoch_cluster another\nlock 3 r1 me on here\n"
	)
	for _, c := range []struct {
		name    string
		masters []string
		want    string // "": held; "lost ..."; "unknown"
	}{
		{"all of them", []string{ours, ours, ours}, ""},
		{"two, and one does not answer", []string{ours, ours, ""}, ""},
		{"two, and one has none", []string{ours, ours, free}, ""},
		{"one, and the others do not answer", []string{ours, "", ""}, "unknown"},
		{"none answers", []string{"", "", ""}, "unknown"},
		{"a colleague has gone on", []string{"", "", later}, "lost m3 has seen epoch 4"},
		{"it was broken", []string{broken, ours, ours}, "lost m1 has seen epoch 4"},
		{"it was given back", []string{free, free, ""}, "lost the lock is not held on m1, m2"},
		{"one has served another cluster, to a higher epoch", []string{served, ours, free}, ""},
		{"another run has it", []string{theirs, ours, ours}, "lost the lock on m1 is held by run r2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var seen []Sighting
			for i, text := range c.masters {
				x := Sighting{Node: []inventory.NodeName{"m1", "m2", "m3"}[i], Err: errRoute}
				if text != "" {
					x.Survey, x.Err = node.ParseSurvey([]byte("program 1\n" + text))
				}
				seen = append(seen, x)
			}
			err := Claimant{Masters: []inventory.NodeName{"m1", "m2", "m3"}, Run: "r1", Owner: "me on here", Cluster: "ours"}.Held(seen, 3)
			var lost *LostError
			switch {
			case c.want == "" && err == nil:
			case c.want == "unknown" && err != nil && !errors.As(err, &lost):
			case strings.HasPrefix(c.want, "lost ") && errors.As(err, &lost) && strings.Contains(lost.Why, strings.TrimPrefix(c.want, "lost ")):
			default:
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
