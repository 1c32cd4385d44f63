package plan

import (
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// How far clocks may be apart. CockroachDB on the masters ends itself at half a
// second (its --max-offset); agents only judge certificates and log lines.
const (
	mastersApart = 250 * time.Millisecond
	agentWarned  = time.Second
	agentBlocked = time.Minute
)

// judgeClocks compares clocks by what is certain about them: each is known as
// an interval, from the moments of asking and hearing on one machine's clock.
func (s *builder) judgeClocks() {
	var known []inventory.Node // masters
	for _, n := range s.nodes {
		f := s.facts(n.Name)
		switch c := f.Clock; {
		case s.excluded(n.Name) || f.Err != "" || c == nil:
		case c.Err != "":
			s.block(Block{Check: "clock", Node: n.Name, What: "its clock is unknown", Observed: c.Err, Want: "the time in milliseconds", Next: advice.Say("date +%s%3N there")})
		case n.Role == dcos.Master:
			known = append(known, n)
		}
	}
	if len(known) == 0 {
		return
	}
	s.judgeMasterClocks(known)
	s.judgeAgentClocks(known)
}

// clock is one that is known.
func (s *builder) clock(n inventory.Node) Clock { return *s.facts(n.Name).Clock }

// judgeMasterClocks looks at the one that is certainly ahead the most, and the one that is
// certainly behind the most.
func (s *builder) judgeMasterClocks(masters []inventory.Node) {
	ahead, behind := masters[0], masters[0]
	widest := Duration(0)
	for _, m := range masters {
		if s.clock(m).Least > s.clock(ahead).Least {
			ahead = m
		}
		if s.clock(m).Most < s.clock(behind).Most {
			behind = m
		}
		widest = max(widest, s.clock(m).Most-s.clock(m).Least)
	}
	const next = "look at the time service of the masters (chronyc tracking, ntpq -p)"
	switch apart := s.clock(ahead).Least - s.clock(behind).Most; {
	case apart.D() > mastersApart:
		s.block(Block{Check: "clock", What: "the masters' clocks are apart", Observed: fmt.Sprintf("%s is behind %s by at least %s", behind.Name, ahead.Name, rounded(apart)),
			Want: fmt.Sprintf("at most %s: CockroachDB ends itself at 500ms", mastersApart), Next: advice.Say(next)})
	case widest.D() > mastersApart:
		s.warn(Block{Check: "clock", What: "the masters' clocks could not be compared well", Observed: fmt.Sprintf("an answer took %s", rounded(widest)),
			Want: fmt.Sprintf("answers within %s", mastersApart), Next: advice.Say(next)})
	}
}

// judgeAgentClocks compares each agent with all the masters, of which none may
// be nearer.
func (s *builder) judgeAgentClocks(masters []inventory.Node) {
	least, most := s.clock(masters[0]).Least, s.clock(masters[0]).Most
	for _, m := range masters {
		least, most = min(least, s.clock(m).Least), max(most, s.clock(m).Most)
	}
	for _, n := range s.nodes {
		f := s.facts(n.Name)
		if !n.Role.IsAgent() || s.excluded(n.Name) || f.Err != "" || f.Clock == nil || f.Clock.Err != "" {
			continue
		}
		off, way := f.Clock.Least-most, "ahead of"
		if back := least - f.Clock.Most; back > off {
			off, way = back, "behind"
		}
		b := Block{Check: "clock", Node: n.Name, What: "its clock is off", Observed: fmt.Sprintf("at least %s %s the masters'", rounded(off), way),
			Want: fmt.Sprintf("within %s", agentWarned), Next: advice.Say("look at its time service (chronyc tracking, ntpq -p)")}
		switch {
		case off.D() > agentBlocked:
			b.Next = b.Next.Say(exclusionHint(n, s.in.Today))
			s.block(b)
		case off.D() > agentWarned:
			s.warn(b)
		}
	}
}

func rounded(d Duration) time.Duration { return d.D().Round(10 * time.Millisecond) }
