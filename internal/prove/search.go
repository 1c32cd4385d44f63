package prove

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Bounds keep a search finite. Each counts per story.
type Bounds struct {
	Troubles int // failures, losses and red looks; of our nodes or of others
	Crashes  int // controllers that die, runs that are interrupted
	Waits    int // pauses after which nothing that was seen before is fresh

	Unapproved bool // nobody approves finish-swap: then more of everything else can be searched
}

// Result is what a search found.
type Result struct {
	States    int      // different states of engine and nodes
	Steps     int      // transitions between them
	Ends      int      // states in which the run is done
	Stops     int      // states in which it has stopped
	Finishes  int      // states in which a cut swap is being finished
	Violation string   // the rule that broke; empty: none did
	Story     []string // the shortest way there
}

// Search walks every story of the plan within the bounds, shortest first.
// limit is the number of states after which it gives up, with an error.
func Search(p *plan.Plan, b Bounds, limit int) (Result, error) {
	first := begin(p, b)
	s := search{seen: map[digest]int32{first.key(): -1}, nodes: []visited{{parent: -1, told: "the run begins"}}}
	queue := []world{first}
	for at := 0; at < len(queue); at++ {
		w := queue[at]
		queue[at] = world{} // its children are all that is still needed
		if bad := w.broken(); bad != "" {
			s.result.States = len(s.nodes)
			s.result.Violation, s.result.Story = bad, s.story(at)
			return s.result, nil
		}
		s.count(w)
		for _, next := range w.moves() {
			s.result.Steps++
			k := next.key()
			if _, known := s.seen[k]; known && len(next.bad) == 0 { // a rule may be broken on the way to a state that is sound
				continue
			}
			if len(queue) >= limit {
				return s.result, fmt.Errorf("more than %d states: make the plan or the bounds smaller", limit)
			}
			s.seen[k] = int32(len(queue))
			s.nodes = append(s.nodes, visited{parent: int32(at), told: next.told})
			next.told = ""
			queue = append(queue, next)
		}
	}
	s.result.States = len(s.nodes)
	return s.result, nil
}

type search struct {
	seen   map[digest]int32
	nodes  []visited
	result Result
}

type visited struct {
	parent int32
	told   string
}

func (s *search) count(w world) {
	switch w.state.Ended {
	case journal.RunDone:
		s.result.Ends++
	case journal.RunStopped:
		s.result.Stops++
	}
	for _, f := range w.nodes {
		if f.finishing {
			s.result.Finishes++
			return
		}
	}
}

func (s *search) story(at int) []string {
	var told []string
	for i := int32(at); i >= 0; i = s.nodes[i].parent {
		told = append([]string{s.nodes[i].told}, told...)
	}
	return told
}

// world is the engine and the nodes at one moment of a story.
type world struct {
	state orchestrator.State
	cmds  []orchestrator.Command
	nodes nodes
	other others
	waits int  // so far
	red   bool // as the last look to arrive had it, for a reason that is no master's

	approved []inventory.NodeName // by the newest resume, for finish-swap, and not used yet

	left Bounds
	told string   // how it came from the one before
	bad  []string // rules that were broken on the way here
}

func begin(p *plan.Plan, b Bounds) world {
	w := world{state: orchestrator.New(), nodes: nodes{}, left: b}
	return w.fact("", journal.Event{Kind: journal.RunStarted, Run: "prove", Plan: p, Epoch: 1})
}

// fact folds an event into a copy of the world.
func (w world) fact(told string, e journal.Event) world {
	e.Seq, e.At = w.state.Seq+1, w.now()
	next := w
	next.told = told
	next.state, next.cmds = orchestrator.Next(w.state.Clone(), e)
	return next
}

// digest stands for a key, of which there are millions.
type digest [16]byte

// key tells worlds apart by everything that matters for what can follow. What was
// red when it was last looked at is in the engine's state where it matters.
func (w world) key() digest {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%s|%s|%v|%d %d %d", w.state.Key(), w.nodes.key(), w.other.key(w.waits), w.approved, w.left.Troubles, w.left.Crashes, w.left.Waits))
	return digest(sum[:16])
}

// broken names the safety rule that does not hold in this world.
func (w world) broken() string {
	bad := append(w.bad, orchestrator.Violations(w.state)...)
	c := w.truth()
	bad = append(bad, c.Always()...)
	if w.state.SafeToLeave().Safe { // status says it of a run whose controller is dead, too
		bad = append(bad, c.Safe()...)
	}
	switch {
	case len(bad) > 0:
		return bad[0]
	case w.state.Ended == "" && len(w.cmds) == 0 && len(w.state.Working()) == 0:
		return "nothing to do, nothing under way, and no end: the run hangs"
	case w.state.Stop != nil && w.state.Stop.Reason == journal.StopInvariant:
		return "the live monitor stopped the engine: " + w.state.Stop.Detail
	case w.state.Ended == journal.RunDone:
		return strings.Join(w.ended().Done(), "; ")
	}
	return ""
}
