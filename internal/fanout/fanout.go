// Package fanout does the same to many things side by side.
package fanout

import "sync"

// Each calls f for every element, at most so many at a time, and returns when all calls
// have.
func Each[T any](limit int, all []T, f func(i int, one T)) {
	var wg sync.WaitGroup
	free := make(chan struct{}, limit)
	for i, one := range all {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			f(i, one)
		})
	}
	wg.Wait()
}
