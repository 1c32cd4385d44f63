package sshexec

import (
	"errors"
	"hash/fnv"
	"math"
	"time"
)

const (
	firstWait = time.Second
	waitGrows = 1.5
	spread    = 0.5 // of a wait, to either side
)

// patience says how long to wait before the next attempt to connect. The waits
// of different nodes are spread, so that those which were turned away together
// do not come back together; those of one node are the same every time, so that
// runs can be repeated. It is a backoff.BackOff.
type patience struct {
	seed     uint32
	attempts int // left
	drops    int // further ones, for an sshd that was too busy
	waits    int
}

func newPatience(node string, cfg Config) *patience {
	h := fnv.New32a()
	_, _ = h.Write([]byte(node))
	return &patience{seed: h.Sum32(), attempts: cfg.Attempts - 1, drops: cfg.Drops}
}

// more says whether there is another attempt after one that ended so.
func (p *patience) more(err error) bool {
	if errors.Is(err, errDropped) && p.drops > 0 {
		p.drops--
		return true
	}
	p.attempts--
	return p.attempts >= 0
}

// NextBackOff is the time to wait.
func (p *patience) NextBackOff() time.Duration {
	wait := float64(firstWait) * math.Pow(waitGrows, float64(min(p.waits, 5)))
	p.waits++
	p.seed = p.seed*1664525 + 1013904223 // Numerical Recipes' generator; it need not be a good one
	at := float64(p.seed>>8) / (1 << 24)
	return time.Duration(wait * (1 - spread + 2*spread*at))
}

// Reset begins again; nothing does.
func (p *patience) Reset() {}
