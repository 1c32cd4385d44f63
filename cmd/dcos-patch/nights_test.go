package main

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// row is one misfortune with all its positions.
type row struct {
	fault   simcluster.Fault
	words   string
	strikes []strike // the told ones first
	told    int      // positions that docs/faults.md tells of: where it is sure to act
}

// name is what the row is about, and unique.
func (r row) name() string {
	if r.fault.For != 0 {
		return fmt.Sprintf("%s for %s", r.fault.What, spelled(r.fault.For))
	}
	return string(r.fault.What)
}

func (r row) where() string {
	switch {
	case ofController(r.fault.What):
		return "controller"
	case r.fault.What.OfCluster():
		return "cluster"
	case !r.fault.What.Bears(dcos.PrivateAgent):
		return "m2"
	case !r.fault.What.Bears(dcos.Master):
		return "a1"
	default:
		return "m2, a1"
	}
}

// moments are the starts of steps at which misfortunes strike, of a run that
// patches master m2 and agent a1.
func moments() []string {
	return []string{"stage-masters/m2/stage", "masters/m2/baseline", "masters/m2/patch", "masters/m2/serve",
		"general/a1/baseline", "general/a1/patch", "general/a1/return", "general/a1/settle", "postflight/postflight"}
}

// rows lists every misfortune there is, with its positions: from the start, as
// steps start, and, where it may choose its moment, within the script. Who is
// struck is the node at work, where either may be. With a seed other than 0
// they strike some seconds after each step's start, by the seed.
func rows(seed uint64) []row {
	var out []row
	for _, k := range simcluster.Kinds() {
		for _, lasts := range lasting(k) {
			r := row{fault: simcluster.Fault{What: k, For: lasts}, words: k.Words()}
			if k.AtMoment() {
				r.strikes, r.told = r.within(), 1
			}
			r.strikes = append(r.strikes, r.at("masters/m2", strike{}))
			if r.told == 0 {
				r.told = 1
			}
			if r.where() == "m2, a1" && k.Waits() {
				r.strikes, r.told = append(r.strikes, r.at("general/a1", strike{})), 2
			}
			if !k.FromStart() {
				r.strikes = append(r.strikes, r.along(seed, moments())...)
			}
			out = append(out, r)
		}
	}
	for _, t := range troubles() {
		r := row{fault: simcluster.Fault{What: t.kind}, words: t.words, told: 2}
		r.strikes = r.along(seed, []string{"masters/m2/patch", "general/a1/return", "preflight/preflight"})
		for _, x := range r.along(seed, moments()) {
			if x.step != "masters/m2/patch" && x.step != "general/a1/return" {
				r.strikes = append(r.strikes, x)
			}
		}
		out = append(out, r)
	}
	return out
}

// at makes a strike befall whoever is at work in a step.
func (r row) at(step string, x strike) strike {
	f := r.fault
	switch where := r.where(); {
	case where == "m2" || where == "a1":
		f.Where = where
	case where == "m2, a1" && strings.Contains(step, "/a1"):
		f.Where = "a1"
	case where == "m2, a1":
		f.Where = "m2"
	}
	x.fault = f
	return x
}

// along are the positions at the start of each step.
func (r row) along(seed uint64, steps []string) []strike {
	var out []strike
	for _, step := range steps {
		x := strike{step: step}
		if seed != 0 {
			h := fnv.New64a()
			fmt.Fprint(h, seed, r.name(), step)
			x.after = time.Duration(h.Sum64()%20) * time.Second
		}
		out = append(out, r.at(step, x))
	}
	return out
}

// within are the positions while the script runs: in its beginning and its
// fetching on the master, in its swap and just after on the agent.
func (r row) within() []strike {
	var out []strike
	for _, at := range []struct {
		step, node string
		after      time.Duration
	}{{"masters/m2", "m2", 4 * time.Second}, {"masters/m2", "m2", 9 * time.Second}, {"general/a1", "a1", 4 * time.Second}, {"general/a1", "a1", 12 * time.Second}} {
		x := r.at(at.step, strike{})
		if x.fault.Where == "" {
			x.fault.Where = at.node
		}
		if x.fault.Where == at.node {
			x.fault.When, x.fault.After = simcluster.WhenLaunch, at.after
			out = append(out, x)
		}
	}
	return out
}

// lasting is how long kinds last that end by themselves, or do not.
func lasting(k simcluster.Kind) []time.Duration {
	switch k {
	case simcluster.SSHDown, simcluster.SSHSilent, simcluster.ZooKeeperGone, simcluster.LeaderAlone, simcluster.LeaderUnread:
		return []time.Duration{2 * time.Minute, 0}
	case simcluster.NodeNeverReturns:
		return []time.Duration{5 * time.Minute, 0}
	case simcluster.ClockSkew, simcluster.ClockStep:
		return []time.Duration{time.Hour, -time.Hour}
	case simcluster.SlowSudo, simcluster.SlowShell:
		return []time.Duration{15 * time.Second}
	default:
		return []time.Duration{0}
	}
}

// spelled writes a duration without what is zero.
func spelled(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	default:
		return d.String()
	}
}
