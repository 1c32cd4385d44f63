package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/plan"
)

// slowShell is how long a login shell may take without a warning. Everything
// that is asked of a node takes at least as long.
const slowShell = 2 * time.Second

// timeShells adds to the facts how long login shells take. A node that has
// answered is connected, so nothing is dialled for it.
func (s *session) timeShells(ctx context.Context, facts plan.Facts) {
	for name, f := range facts.Nodes {
		if f.Err != "" {
			continue
		}
		c, err := s.pool.Get(ctx, string(name))
		if err != nil {
			continue // gone since; whoever asks it next will hear why
		}
		f.ShellMS = c.ShellTook().Milliseconds()
		facts.Nodes[name] = f
	}
}

func warnOfSlowShells(w io.Writer, facts plan.Facts) {
	for _, name := range slices.Sorted(maps.Keys(facts.Nodes)) {
		if took := time.Duration(facts.Nodes[name].ShellMS) * time.Millisecond; took > slowShell {
			fmt.Fprintf(w, "warning: %s: the login shell takes %s to run nothing, at most %s is wanted; look at its profile files, and at what its name service waits for\n",
				name, took.Round(100*time.Millisecond), slowShell)
		}
	}
}
