package orchestrator

import "github.com/dcos-patch/dcos-patch/journal"

// Fold replays events: the state that they lead to.
func Fold(events []journal.Event) State {
	s := New()
	for _, e := range events {
		s = monitor(apply(s, e))
	}
	return s
}
