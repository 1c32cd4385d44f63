package rehearse

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// chance decides how long things take and what goes wrong, from a seed.
type chance struct {
	rng    *rand.Rand
	rates  map[fault.Kind]float64 // chaos: per opportunity
	faults []Fault
	count  map[spot]int
	armed  []Fault // each strikes the first that comes to it, once
	struck map[fault.Kind]int
}

// spot is a place at which a fault could act.
type spot struct {
	kind fault.Kind
	node inventory.NodeName
}

func newChance(seed, night uint64) *chance {
	return &chance{rng: rand.New(rand.NewPCG(seed, night)), count: map[spot]int{}, struck: map[fault.Kind]int{}}
}

// around is a duration about the median: half of all are within a fifth of it,
// few are twice as long.
func (c *chance) around(median time.Duration) time.Duration {
	f := math.Exp(0.3 * c.rng.NormFloat64())
	return time.Duration(float64(median) * min(max(f, 0.4), 4)).Round(time.Millisecond)
}

// between is any duration of the range.
func (c *chance) between(low, high time.Duration) time.Duration {
	return low + time.Duration(c.rng.Int64N(int64(high-low)+1)).Round(time.Millisecond)
}

// hit reports whether a fault of a node acts now, and how long it lasts.
func (c *chance) hit(k fault.Kind, node inventory.NodeName) (time.Duration, bool) {
	for i, f := range c.armed {
		if f.What == k && (f.Where == "" || f.Where == node) {
			c.armed = append(c.armed[:i:i], c.armed[i+1:]...)
			return c.strikes(f)
		}
	}
	for _, f := range c.faults {
		if f.What != k || f.Where != "" && f.Where != node {
			continue
		}
		at := spot{k, f.Where}
		c.count[at]++
		if f.Nth == 0 || f.Nth == c.count[at] {
			return c.strikes(f)
		}
	}
	if r := c.rates[k]; r > 0 && c.rng.Float64() < r {
		return c.strikes(Fault{What: k})
	}
	return 0, false
}

// happens is hit of a fault that does not last.
func (c *chance) happens(k fault.Kind, n *host) bool {
	_, yes := c.hit(k, n.Name)
	return yes
}

func (c *chance) strikes(f Fault) (time.Duration, bool) {
	c.struck[f.What]++
	t, _ := f.What.Rehearsed()
	if f.For > 0 {
		t.Lasts = f.For
	}
	if t.Lasts == 0 {
		return never, true
	}
	return t.Lasts, true
}
