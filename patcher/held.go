package patcher

import (
	"context"
	"fmt"
	"strings"
)

// LostError means that the run is another controller's, or nobody's: a master
// has seen a higher epoch, or the lock is another's or gone.
type LostError struct{ Why string }

func (e *LostError) Error() string { return e.Why }

// Held asks every master for the lock and the epoch, and changes nothing. nil
// means that a majority says that the run holds it under this epoch, and no
// master that answers says otherwise. The error is a *LostError, or says that too
// few masters answered to know.
func (l *Lock) Held(ctx context.Context, epoch int) error {
	held, free := 0, []string(nil)
	var silent []string
	for _, x := range Look(ctx, l.Nodes, l.Masters) {
		s := x.Survey
		switch {
		case x.Err != nil:
			silent = append(silent, x.Err.Error())
		case epochOf(s, l.Cluster) > epoch:
			return &LostError{fmt.Sprintf("%s has seen epoch %d, and this controller's is %d", x.Node, s.Epoch, epoch)}
		case s.Lock == nil:
			free = append(free, string(x.Node))
		case s.Lock.Run == l.Run && s.Lock.Epoch == epoch:
			held++
		default:
			return &LostError{fmt.Sprintf("the lock on %s is held by run %s of %s (epoch %d)", x.Node, s.Lock.Run, s.Lock.Owner, s.Lock.Epoch)}
		}
	}
	switch n := len(l.Masters); {
	case 2*held > n:
		return nil
	case 2*(held+len(silent)) <= n: // whatever the silent ones say
		return &LostError{fmt.Sprintf("the lock is not held on %s any more", strings.Join(free, ", "))}
	}
	return fmt.Errorf("too few masters answered to know who holds the lock: %s", strings.Join(silent, "; "))
}
