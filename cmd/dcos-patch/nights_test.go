package main

import (
	"fmt"
	"hash/fnv"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
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
	case r.fault.What.OfController():
		return "controller"
	case r.fault.What.OfCluster():
		return "cluster"
	case !r.fault.What.Bears(dcos.PrivateAgent), strings.HasPrefix(string(r.fault.What), "metrics-"): // nobody asks agents for metrics
		return "m2"
	case !r.fault.What.Bears(dcos.Master):
		return "a1"
	default:
		return "m2, a1"
	}
}

// moments are the starts of steps at which misfortunes strike, of a run that
// patches master m2 and agent a1.
func moments(k fault.Kind) []string {
	if ofProbe(k) {
		return []string{"masters/m2/patch", "general-canary/a1/baseline", "general-canary/a1/patch", "general-canary/a1/return", "general-canary/a1/serve", probeOfA1}
	}
	return []string{"stage-masters/m2/stage", "masters/m2/baseline", "masters/m2/patch", "masters/m2/serve",
		"general/a1/baseline", "general/a1/patch", "general/a1/return", "general/a1/settle", "postflight/postflight"}
}

// rows lists every misfortune there is, with its positions: from the start, as
// steps start, and, where it may choose its moment, within the script. Who is
// struck is the node at work, where either may be. With a seed other than 0
// they strike some seconds after each step's start, by the seed.
func rows(seed uint64) []row {
	var out []row
	for _, k := range fault.Simulated() {
		for _, lasts := range lasting(k) {
			r := row{fault: simcluster.Fault{What: k, For: lasts}, words: k.Words()}
			r.strikes, r.told = r.positions(seed)
			out = append(out, r)
		}
	}
	for _, k := range fault.OfProduct() {
		r := row{fault: simcluster.Fault{What: k}, words: k.Words(), told: 2}
		r.strikes = r.along(seed, []string{"masters/m2/patch", "general/a1/return", "preflight/preflight"})
		for _, x := range r.along(seed, moments(k)) {
			if x.step != "masters/m2/patch" && x.step != "general/a1/return" {
				r.strikes = append(r.strikes, x)
			}
		}
		out = append(out, r)
	}
	return out
}

// positions are those of a row, the told ones first.
func (r row) positions(seed uint64) (all []strike, told int) {
	var rest []strike
	for _, x := range r.everywhere(seed) {
		if r.tells(x) {
			all = append(all, x)
		} else {
			rest = append(rest, x)
		}
	}
	return append(all, rest...), len(all)
}

// everywhere are the positions of a row: within the script, from the start, and
// at the starts of steps.
func (r row) everywhere(seed uint64) []strike {
	var all []strike
	if r.fault.What.AtMoment() {
		all = r.within()
	}
	if r.fault.What == fault.SSHCut { // at the start there is nothing to cut
		return append(all, r.along(seed, moments(fault.SSHCut))...)
	}
	all = append(all, r.at("masters/m2", strike{}))
	if r.where() == "m2, a1" {
		all = append(all, r.at("general/a1", strike{}))
	}
	if r.fault.What.FromStart() || ofPlanning(r.fault.What) {
		return all
	}
	late := func(x strike) bool { return tooLate(r.fault.What, x.step) }
	return append(all, slices.DeleteFunc(r.along(seed, moments(r.fault.What)), late)...)
}

// tells reports whether docs/faults.md tells of a position.
func (r row) tells(x strike) bool {
	k := r.fault.What
	switch {
	case x.fault.When == simcluster.WhenLaunch:
		return x.fault.After == withinScript || k == fault.DiskFull
	case x.step == "":
		return !k.AtMoment()
	case k.OfCluster(): // after the proof that a master may be taken, and before its launch
		return k.AtMoment() && x.step == "masters/m2/patch"
	default: // once sshd was known
		return k == fault.HostKeyChanged && strings.HasSuffix(x.step, "/patch")
	}
}

// tooLate reports whether a fault of the kind that strikes as a step starts could
// be met by nobody any more.
func tooLate(k fault.Kind, step string) bool {
	after := func(steps ...string) bool { return slices.Contains(steps, path.Base(step)) }
	switch k {
	case fault.SudoRevoked:
		return false
	case fault.ExhibitorLatent, fault.ExhibitorFlaps: // Exhibitor's next check, every 30 s, comes later
		return after("postflight") || strings.HasSuffix(step, "/a1/settle")
	case fault.AgentBackLate, fault.AgentBackTooLate, fault.AgentNewID, fault.AgentNeverRegisters, fault.TasksDoNotReturn,
		fault.BatchJobFinishes, fault.SlowSudo, fault.ChecksRedAfter: // the last daemons have started, and were judged
		return after("settle", "postflight")
	case fault.UnderReplicated, fault.MetricsSlow: // the master has started
		return strings.Contains(step, "/a1") || after("postflight")
	case fault.MetricsEscaped, fault.Metrics500, fault.MetricsCrowded: // masters' are asked for
		return strings.Contains(step, "/a1")
	default: // what waits for a launch, or for what comes of it
		return k.Waits() && after("serve", "return", "settle", "postflight")
	}
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

// withinScript is long enough after a launch that the swap has begun, and not ended.
const withinScript = 4 * time.Second

// within are the positions while the script runs and just after: for a disk
// that is full, before the swap, in it, before the exit is written down and later.
func (r row) within() []strike {
	afters := map[string][]time.Duration{"m2": {withinScript, 9 * time.Second}, "a1": {withinScript, 12 * time.Second}}
	if r.fault.What == fault.DiskFull {
		whole := []time.Duration{time.Second, withinScript, 6 * time.Second, 12 * time.Second}
		afters = map[string][]time.Duration{"m2": whole, "a1": whole}
	}
	var out []strike
	for _, node := range []string{"m2", "a1"} {
		for _, after := range afters[node] {
			x := r.at("/"+node, strike{})
			if x.fault.Where == "" {
				x.fault.Where = node
			}
			if x.fault.Where == node {
				x.fault.When, x.fault.After = simcluster.WhenLaunch, after
				out = append(out, x)
			}
		}
	}
	return out
}

// lasting is how long kinds last that end by themselves, or do not.
func lasting(k fault.Kind) []time.Duration {
	switch k {
	case fault.SSHDown, fault.SSHSilent, fault.ZooKeeperGone, fault.LeaderAlone, fault.LeaderUnread:
		return []time.Duration{2 * time.Minute, 0}
	case fault.NodeNeverReturns:
		return []time.Duration{5 * time.Minute, 0}
	case fault.ClockSkew, fault.ClockStep:
		return []time.Duration{time.Hour, -time.Hour}
	case fault.SlowSudo, fault.SlowShell:
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
