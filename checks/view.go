package checks

import (
	"fmt"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
)

// masterLook is what one master answered, or why it did not.
type masterLook struct {
	node         plan.Node
	reading      reading
	srvr         dcos.ZooKeeperServer
	srvrErr      error
	code         int
	servers      []dcos.ExhibitorServer
	exhibitorErr error
	survey       node.Survey
	surveyErr    error
	rows         []dcos.CockroachNode
	noIAM        string // the proof that this master has no CockroachDB
	iamErr       error
	etcd         etcdSelf
	noEtcd       string // the proof that this master has no etcd
	etcdErr      error
	marathon     string // address of the leading Marathon; empty when not known
}

// view is the cluster at one moment, as read. What it amounts to is pure.
type view struct {
	nodes     []plan.Node
	looks     []masterLook // of every master, in plan order
	lead      leadership
	own       []dcos.Finding // of the operator's own gates
	upkeep    maintenance
	staleRows []string      // addresses whose row of CockroachDB is not rewritten
	age       time.Duration // of the oldest answer
}

// observation judges the view. Green is that there are masters and no finding
// is worse than a warning.
func (v view) observation() plan.Observation {
	leader := judgeLeader(v.lead, expectation{}).Finding
	fs, quorums, due := []dcos.Finding{leader}, []plan.Quorum(nil), map[string][]inventory.NodeName{}
	if names := v.lead.unread(); !leader.Status.OK() && names != nil {
		due[leader.Check] = names
	}
	for _, part := range []func() (dcos.Finding, members, bool){v.zookeeper, v.registrar, v.cockroach, v.etcd} {
		f, q, applies := part()
		fs = append(fs, f)
		if q.dueTo != nil {
			due[f.Check] = q.dueTo
		}
		if applies {
			quorums = append(quorums, q.Quorum)
		}
	}
	rest, busy := v.atRest()
	if fs = append(fs, rest); busy != nil {
		due[rest.Check] = busy
	}
	fs = append(append(fs, v.own...), v.upkeep.unread()...)
	obs := plan.Observation{Findings: fs, Quorums: quorums, Weights: v.weights(), DueTo: due}
	obs.Green = len(v.looks) > 0 && !slices.ContainsFunc(fs, func(f dcos.Finding) bool { return !f.Status.OK() })
	obs.Out, obs.Agents, obs.Unknown = v.agents()
	obs.Ensemble = v.ensemble()
	return obs
}

// masterIPs are the masters' addresses, sorted.
func (v view) masterIPs() []string {
	var nodes []plan.Node
	for _, m := range v.looks {
		nodes = append(nodes, m.node)
	}
	return ips(nodes)
}

// zookeeper: a member serves when its own srvr says so. Green is more: every
// Exhibitor lists all masters as serving with one leader, and srvr agrees.
func (v view) zookeeper() (dcos.Finding, members, bool) {
	ips := v.masterIPs()
	f, q := v.quorum(question{"exhibitor", "", "all masters serving, one leader"}, "zookeeper", func(m masterLook) member {
		one := member{node: m.node.Name, status: dcos.Unknown}
		switch {
		case m.srvrErr != nil:
			one.why = words(m.srvrErr)
		case !m.srvr.Serves(len(v.looks)):
			one.status, one.why = dcos.Failed, "its ZooKeeper "+idleZooKeeper(m.srvr)
		}
		return one
	})
	leaders := 0
	for _, m := range v.looks {
		if m.srvr.Mode == "leader" || m.srvr.Mode == "standalone" {
			leaders++
		}
		why, s := "", dcos.Failed
		if m.exhibitorErr != nil {
			why, s = words(m.exhibitorErr), dcos.Unknown
		} else {
			why = notServingAll(m.code, m.servers, ips)
		}
		if why != "" && f.Status.OK() {
			f.Status, f.Observed = s, by(m.node.Name, why) // each by itself may serve, and the list says otherwise
		}
	}
	if leaders != 1 && f.Status.OK() {
		f.Status, f.Observed = dcos.Failed, fmt.Sprintf("%s; %d of them lead", f.Observed, leaders)
	}
	return f, q, true
}

// registrar: a member serves when its replica is recovered and sees all. That it
// sees fewer while others give no answer is due to those.
func (v view) registrar() (dcos.Finding, members, bool) {
	f, q := v.quorum(question{"registrar", "", "recovered 1 and the whole ensemble, on every master"}, "registrar", func(m masterLook) member {
		if m.reading.err != nil {
			return member{node: m.node.Name, status: dcos.Unknown, why: words(m.reading.err)}
		}
		for _, log := range []string{"registrar", "overlay"} {
			if s, why := logReady(m.reading.metrics, log, len(v.looks)); why != "" {
				return member{m.node.Name, s, why, v.silent(m.reading.metrics, log)}
			}
		}
		return member{node: m.node.Name}
	})
	return f, q, true
}

// silent are the masters that gave no metrics, if it may be for them that a
// recovered log sees fewer.
func (v view) silent(m dcos.Metrics, log string) (names []inventory.NodeName) {
	if recovered, _ := m.Get(log + "/log/recovered"); recovered != 1 {
		return nil
	}
	for _, l := range v.looks {
		if l.reading.err != nil {
			names = append(names, l.node.Name)
		}
	}
	return names
}

// cockroach: a member serves when its row is live and fresh in its own answer,
// and it counts no bad range. What it counts while others give no answer is
// due to those. It does not apply when every master has proved
// that it has none; one that has none among others that do is not a member in
// service.
func (v view) cockroach() (dcos.Finding, members, bool) {
	ask := question{"cockroach", "", "every master's row live and fresh, 0 ranges under-replicated or unavailable"}
	if !slices.ContainsFunc(v.looks, func(m masterLook) bool { return m.noIAM == "" }) && len(v.looks) > 0 {
		return ask.say(dcos.NotApplicable, "%s", v.looks[0].noIAM), members{}, false
	}
	ips, silent := v.masterIPs(), []inventory.NodeName(nil)
	for _, m := range v.looks {
		if m.iamErr != nil {
			silent = append(silent, m.node.Name)
		}
	}
	f, q := v.quorum(ask, "cockroach", func(m masterLook) member {
		switch {
		case m.iamErr != nil:
			return member{node: m.node.Name, status: dcos.Unknown, why: words(m.iamErr)}
		case m.noIAM != "":
			return v.odd(m, "CockroachDB", func(o masterLook) (string, error) { return o.noIAM, o.iamErr })
		case slices.Contains(v.staleRows, m.node.IP):
			return member{node: m.node.Name, status: dcos.Unknown, why: fmt.Sprintf("its row has not been rewritten for %s", rowLimit)}
		}
		live, _ := rowsOf(m.rows, ips)
		s, why := rangesReady(live, ips)
		return member{m.node.Name, s, why, silent}
	})
	return f, q, true
}

// odd is a master that lacks what is known of another, or of which it is not known that
// others lack it, too: that is due to those who do not answer about it. The first
// master that is patched to a release that brings it has it alone.
func (v view) odd(m masterLook, what string, asked func(masterLook) (lacks string, err error)) member {
	var silent []inventory.NodeName
	for _, o := range v.looks {
		switch lacks, err := asked(o); {
		case err != nil:
			silent = append(silent, o.node.Name)
		case lacks == "":
			return member{node: m.node.Name, status: dcos.Failed, why: "it has no " + what + ", and other masters have"}
		}
	}
	return member{m.node.Name, dcos.Unknown, "it has no " + what + "; of the other masters that is not known", silent}
}

// etcd: a member serves when it could read through a quorum. It does not apply
// when every master has proved that it has none.
func (v view) etcd() (dcos.Finding, members, bool) {
	ask := question{"etcd", "", "every master's etcd healthy"}
	if !slices.ContainsFunc(v.looks, func(m masterLook) bool { return m.noEtcd == "" }) && len(v.looks) > 0 {
		return ask.say(dcos.NotApplicable, "%s", v.looks[0].noEtcd), members{}, false
	}
	f, q := v.quorum(ask, "etcd", func(m masterLook) member {
		switch {
		case m.etcdErr != nil:
			return member{node: m.node.Name, status: dcos.Unknown, why: words(m.etcdErr)}
		case m.noEtcd != "":
			return v.odd(m, "etcd", func(o masterLook) (string, error) { return o.noEtcd, o.etcdErr })
		}
		return member{node: m.node.Name, status: dcos.Failed, why: m.etcd.sick()}
	})
	return f, q, true
}

// weights orders masters: those whose stop costs most go last.
func (v view) weights() map[inventory.NodeName]int {
	marathon := ""
	for _, m := range v.looks {
		if m.marathon != "" {
			marathon = m.marathon
			break
		}
	}
	leader, known := v.lead.leader()
	w := make(map[inventory.NodeName]int, len(v.looks))
	for _, m := range v.looks {
		n := 0
		if known && leader.node.Name == m.node.Name {
			n += 4
		}
		if m.srvr.Mode == "leader" {
			n += 2
		}
		if marathon != "" && marathon == m.node.IP {
			n++
		}
		w[m.node.Name] = n
	}
	return w
}
