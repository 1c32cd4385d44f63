package patcher

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// saying are masters that answer a survey with some lines; none: they do not answer.
type saying map[inventory.NodeName]string

func (s saying) Node(_ context.Context, n inventory.NodeName) (Host, error) {
	if s[n] == "" {
		return nil, errors.New(string(n) + ": no route")
	}
	return says{text: s[n]}, nil
}

type says struct {
	Host
	text string
}

func (s says) Run(context.Context, sshexec.Cmd) (sshexec.Result, error) {
	return sshexec.Result{Stdout: []byte("program 1\n" + s.text)}, nil
}

func TestWhoWakesKnowsWhetherItHoldsTheLock(t *testing.T) {
	const (
		ours   = "epoch 3\nlock 3 r1 me on here\n"
		free   = "epoch 3\n"
		later  = "epoch 4\nlock 4 r1 colleague on there\n"
		broken = "epoch 4\n"
		theirs = "epoch 3\nlock 3 r2 them on there\n"
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
		{"another run has it", []string{theirs, ours, ours}, "lost the lock on m1 is held by run r2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			nodes := saying{"m1": c.masters[0], "m2": c.masters[1], "m3": c.masters[2]}
			l := &Lock{Nodes: nodes, Masters: []inventory.NodeName{"m1", "m2", "m3"}, Run: "r1", Owner: "me on here"}
			err := l.Held(t.Context(), 3)
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

func (saying) Visit(inventory.NodeName) (leave func()) { return func() {} }
