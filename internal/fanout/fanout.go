// Package fanout does the same to many things side by side.
package fanout

import "golang.org/x/sync/errgroup"

// Each calls f for every element, at most so many at a time, and returns when all calls
// have.
func Each[T any](limit int, all []T, f func(i int, one T)) {
	var g errgroup.Group
	g.SetLimit(limit)
	for i, one := range all {
		g.Go(func() error {
			f(i, one)
			return nil
		})
	}
	_ = g.Wait() // none of them fails
}
