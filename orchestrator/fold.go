package orchestrator

import "github.com/dcos-patch/dcos-patch/journal"

// Fold replays events: the state that they lead to.
func Fold(events []journal.Event) State {
	s := New()
	for _, e := range events {
		s = Replay(s, e)
	}
	return s
}

// Replay is one step of Fold, for a journal that is too long to be kept.
func Replay(s State, e journal.Event) State { return monitor(apply(s, e)) }
