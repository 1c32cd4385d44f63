package main

import (
	"context"

	"github.com/dcos-patch/dcos-patch/plan"
)

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
