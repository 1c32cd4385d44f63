package steps

import (
	"fmt"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Raising raises the epoch on nodes, so that what is still on its way from controllers
// of lower ones is refused there: first on the masters, then on the others.
type Raising struct {
	machine
	masters, others []inventory.NodeName
	all             bool // every master must take it before the others are asked

	Epoch    int
	Err      error                        // of masters
	Unraised map[inventory.NodeName]error // others that did not take it
}

// Raise raises it on every node that was sighted. The masters alone say what is the
// highest so far: a controller takes its epoch from them.
func Raise(seen []Sighting, master func(inventory.NodeName) bool, cluster string) *Raising {
	r := &Raising{all: true}
	for _, s := range seen {
		switch {
		case s.Err != nil:
		case master(s.Node):
			r.masters, r.Epoch = append(r.masters, s.Node), max(r.Epoch, epochOf(s.Survey, cluster))
			if l := s.Survey.Lock; l != nil { // it may outlive the node's epoch file
				r.Epoch = max(r.Epoch, l.Epoch)
			}
		default:
			r.others = append(r.others, s.Node)
		}
	}
	r.Epoch++
	return ready(machine{}, r)
}

// Outdate raises a run's epoch before its lock is given back while a script may run, or
// be launched, on some nodes. One of those that does not take it is left to the deadline
// of its launch.
func Outdate(masters, doubtful []inventory.NodeName, epoch int) *Raising {
	return ready(machine{}, &Raising{masters: masters, others: doubtful, Epoch: epoch + 1})
}

func (r *Raising) start(Answer) Move {
	return r.claim(r.masters, func(bad map[inventory.NodeName]error) Move {
		var errs []error
		for _, name := range r.masters {
			if err := bad[name]; err != nil {
				errs = append(errs, fmt.Errorf("%s: raising the epoch: %w", name, err))
			}
		}
		if r.Err = together(errs...); r.Err != nil && r.all {
			return end(plan.Report{})
		}
		return r.claim(r.others, func(bad map[inventory.NodeName]error) Move {
			r.Unraised = bad
			return end(plan.Report{})
		})
	})
}

func (r *Raising) claim(nodes []inventory.NodeName, then func(bad map[inventory.NodeName]error) Move) Move {
	return r.call(Call{Do: ClaimAll, Nodes: nodes, Epoch: r.Epoch}, func(a Answer) Move {
		bad := map[inventory.NodeName]error{}
		for _, s := range a.Seen {
			if s.Err != nil {
				bad[s.Node] = s.Err
			}
		}
		return then(bad)
	})
}
