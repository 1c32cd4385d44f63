package checks

import (
	"errors"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/mesos"
	"github.com/dcos-patch/dcos-patch/plan"
)

func servers(change func([]dcos.ExhibitorServer)) []dcos.ExhibitorServer {
	list := []dcos.ExhibitorServer{
		{Code: 3, Description: "serving", Hostname: "10.0.0.3"},
		{Code: 3, Description: "serving", Hostname: "10.0.0.1", IsLeader: true},
		{Code: 3, Description: "serving", Hostname: "10.0.0.2"},
	}
	if change != nil {
		change(list)
	}
	return list
}

func goodEnsemble() ensemble {
	return ensemble{unit: fresh(exhibitorUnit), code: 200, servers: servers(nil), srvr: dcos.ZooKeeperServer{Mode: "follower"}}
}

func exhibitorCases() []verdictCase {
	a := afterPatch(master(1))
	judge := func(change func(*ensemble)) Answer { return judgeExhibitor(edit(goodEnsemble(), change), a) }
	return []verdictCase{
		{"all serving under a new process passes, in any order of the list", judge(func(e *ensemble) {}), dcos.Passed, "3/3 serving"},
		{"a stale yes: all serving, but Exhibitor is still the old process", judge(func(e *ensemble) { e.unit = old(exhibitorUnit) }), dcos.Failed, "still the old process (pid 100)"},
		{"untidy: Exhibitor run by the system's java passes", judge(func(e *ensemble) { e.unit.Exe = "/usr/bin/java" }), dcos.Passed, "3/3"},
		{"an empty list is not all serving", judge(func(e *ensemble) { e.servers = nil }), dcos.Failed, "lists []"},
		{"a list that lacks a master is refused", judge(func(e *ensemble) { e.servers = e.servers[:2] }), dcos.Failed, "the masters are [10.0.0.1 10.0.0.2 10.0.0.3]"},
		{"a stranger in place of a master is refused", judge(func(e *ensemble) { e.servers[0].Hostname = "10.0.0.9" }), dcos.Failed, "10.0.0.9"},
		{"a latent master is refused", judge(func(e *ensemble) { e.servers[2].Code, e.servers[2].Description = 0, "latent" }), dcos.Failed, "10.0.0.2 latent"},
		{"two leaders are refused", judge(func(e *ensemble) { e.servers[0].IsLeader = true }), dcos.Failed, "2 leaders"},
		{"no leader is refused", judge(func(e *ensemble) { e.servers[1].IsLeader = false }), dcos.Failed, "0 leaders"},
		{"HTTP 500 is refused", judge(func(e *ensemble) { e.code, e.servers = 500, nil }), dcos.Failed, "HTTP 500"},
		{"serving in the list, not by its own word", judge(func(e *ensemble) { e.srvr = dcos.ZooKeeperServer{} }), dcos.Failed, "own ZooKeeper"},
		{"a leader without all followers in sync is refused", judge(func(e *ensemble) {
			e.srvr.Mode, e.mntr = "leader", dcos.ZooKeeperServer{SyncedFollowers: dcos.KnownCount(1)}
		}), dcos.Failed, "1 of 2 followers"},
		{"one that answers reads only is refused", judge(func(e *ensemble) { e.srvr.Mode = "read-only" }), dcos.Failed, "own ZooKeeper is not serving requests (its mode is read-only)"},
		{"an observer is no member of the quorum", judge(func(e *ensemble) { e.srvr.Mode = "observer" }), dcos.Failed, "its mode is observer"},
		{"standalone among three is refused", judge(func(e *ensemble) { e.srvr.Mode = "standalone" }), dcos.Failed, "its mode is standalone"},
		{"a leader that follows by the time it is asked for followers is unknown", judge(func(e *ensemble) {
			e.srvr.Mode, e.mntr = "leader", dcos.ZooKeeperServer{Mode: "follower"}
		}), dcos.Unknown, "does not count its followers"},
		{"a leader with all followers in sync passes", judge(func(e *ensemble) {
			e.srvr.Mode, e.mntr = "leader", dcos.ZooKeeperServer{SyncedFollowers: dcos.KnownCount(2)}
		}), dcos.Passed, "own ZooKeeper is leader"},
	}
}

func mesosMasterCases() []verdictCase {
	a := afterPatch(master(1))
	unit := dcos.Master.MesosUnit()
	none := a
	none.base = nil
	forgetful := afterPatch(master(1))
	delete(forgetful.base.Processes, unit)
	down := afterPatch(master(1))
	down.base.Processes[unit] = Process{Unit: unit, BootID: "boot-1"}
	postflight := expectation{node: master(1), masters: threeMasters()}
	return []verdictCase{
		{"a new process of the target passes", judgeMesosUnit(fresh(unit), a), dcos.Passed, "pid 200"},
		{"a stale yes: active, but still the old process", judgeMesosUnit(old(unit), a), dcos.Failed, "still the old process (pid 100)"},
		{"a new process out of the old package is refused", judgeMesosUnit(edit(fresh(unit), func(u *dcos.Unit) { u.Exe = old(unit).Exe }), a), dcos.Failed, oldMesos},
		{"the same pid started at another time is a new process", judgeMesosUnit(edit(old(unit), func(u *dcos.Unit) { u.StartTicks, u.Exe = 5001, fresh(unit).Exe }), a), dcos.Passed, "active"},
		{"the same pid and ticks after a reboot are a new process", judgeMesosUnit(edit(old(unit), func(u *dcos.Unit) { u.BootID, u.Exe = "boot-2", fresh(unit).Exe }), a), dcos.Passed, "active"},
		{"untidy: an executable that cannot be read passes on the process alone", judgeMesosUnit(edit(fresh(unit), func(u *dcos.Unit) { u.Exe = "" }), a), dcos.Passed, "active"},
		{"untidy: a unit that was down before passes when it is up", judgeMesosUnit(fresh(unit), down), dcos.Passed, "active"},
		{"waiting to be restarted is refused", judgeMesosUnit(dcos.Unit{Name: unit, Active: "activating", Sub: "auto-restart", Restarts: dcos.KnownCount(14)}, a), dcos.Failed, "auto-restart), restarted 14 times"},
		{"an answer without a state is refused", judgeMesosUnit(dcos.Unit{Name: unit}, a), dcos.Failed, "unknown"},
		{"active without a process is unknown", judgeMesosUnit(edit(fresh(unit), func(u *dcos.Unit) { u.MainPID = 0 }), a), dcos.Unknown, "no main process"},
		{"a process without its boot is unknown", judgeMesosUnit(edit(fresh(unit), func(u *dcos.Unit) { u.BootID = "" }), a), dcos.Unknown, "can be identified"},
		{"no baseline is unknown", judgeMesosUnit(fresh(unit), none), dcos.Unknown, "no baseline"},
		{"a baseline without the process is unknown", judgeMesosUnit(fresh(unit), forgetful), dcos.Unknown, "does not say which process"},
		{"postflight asks for no restart", judgeMesosUnit(old(unit), postflight), dcos.Passed, "active"},
	}
}

func goodSelf() masterSelf {
	return masterSelf{
		unit: fresh(dcos.Master.MesosUnit()), asked: began.Add(5 * time.Minute),
		metrics: dcos.Metrics{"registrar/log/recovered": 1, "registrar/log/ensemble_size": 3, "master/uptime_secs": 40},
	}
}

func registrarCases() []verdictCase {
	a := afterPatch(master(1))
	young := afterPatch(master(1))
	young.base.Uptime = 20
	set := func(name string, v float64) func(*masterSelf) {
		return func(m *masterSelf) { m.metrics[name] = v }
	}
	judge := func(change func(*masterSelf)) Answer { return judgeRegistrar(edit(goodSelf(), change), a) }
	return []verdictCase{
		{"recovered with all three passes", judge(func(*masterSelf) {}), dcos.Passed, "recovered 1, ensemble size 3"},
		{"a stale yes: recovered, but the unit is still the old process", judge(func(m *masterSelf) { m.unit = old(m.unit.Name) }), dcos.Failed, "still the old process"},
		{"a stale yes: metrics of a process as old as the baseline's", judge(set("master/uptime_secs", 864300)), dcos.Unknown, "up before the baseline"},
		{"untidy: the old process had only just started", judgeRegistrar(goodSelf(), young), dcos.Passed, "recovered 1"},
		{"not recovered is refused", judge(set("registrar/log/recovered", 0)), dcos.Failed, "is 0"},
		{"a missing metric is unknown, not 0", judge(func(m *masterSelf) { delete(m.metrics, "registrar/log/recovered") }), dcos.Unknown, "missing"},
		{"a missing size is unknown", judge(func(m *masterSelf) { delete(m.metrics, "registrar/log/ensemble_size") }), dcos.Unknown, "missing"},
		{"a missing uptime is unknown", judge(func(m *masterSelf) { delete(m.metrics, "master/uptime_secs") }), dcos.Unknown, "missing"},
		{"alone is refused", judge(set("registrar/log/ensemble_size", 1)), dcos.Failed, "ensemble_size is 1"},
		{"an overlay log that recovers is waited for", judge(set("overlay/log/recovered", 0)), dcos.Failed, "overlay/log/recovered is 0"},
		{"an overlay log that is ready passes", judge(set("overlay/log/recovered", 1)), dcos.Passed, "recovered"},
	}
}

func lead(elected ...float64) leadership {
	l := leadership{asked: began.Add(time.Minute)}
	for i, n := range threeMasters() {
		m := dcos.Metrics{"master/elected": elected[i]}
		if elected[i] == 1 {
			m["registrar/registry_size_bytes"] = 512
		}
		l.readings = append(l.readings, reading{node: n, metrics: m, asked: l.asked})
	}
	return l
}

func leaderCases() []verdictCase {
	a := afterPatch(master(1))
	judge := func(l leadership, change func(*leadership)) Answer { return judgeLeader(edit(l, change), a) }
	same := func(*leadership) {}
	return []verdictCase{
		{"one leader that works passes", judge(lead(0, 1, 0), same), dcos.Passed, "m2 leads"},
		{"nobody leads during a failover", judge(lead(0, 0, 0), same), dcos.Failed, "0 masters lead"},
		{"two leaders are refused", judge(lead(1, 1, 0), same), dcos.Failed, "2 masters lead"},
		{"a stale yes: elected, but the registry is not recovered", judge(lead(0, 1, 0), func(l *leadership) { delete(l.readings[1].metrics, "registrar/registry_size_bytes") }), dcos.Failed, "registry_size_bytes"},
		{"a stale yes: elected, but v1 calls are refused", judge(lead(0, 1, 0), func(l *leadership) {
			l.agentsErr = &mesos.StatusError{Code: 503, Body: "Master has not finished recovery"}
		}), dcos.Failed, "m2 is elected, and does not work yet"},
		{"a master that cannot be read is unknown", judge(lead(0, 1, 0), func(l *leadership) { l.readings[2].err = errors.New("connection refused") }), dcos.Unknown, "m3: connection refused"},
		{"a master whose metrics lack elected is unknown", judge(lead(0, 1, 0), func(l *leadership) { delete(l.readings[0].metrics, "master/elected") }), dcos.Unknown, "m1"},
		{"no masters at all is refused", judgeLeader(leadership{}, a), dcos.Failed, "0 masters lead"},
		{"untidy: agents that nobody else knows do not matter here", judge(lead(0, 1, 0), func(l *leadership) { l.agents.Recovered = []dcos.Agent{{ID: "S9"}} }), dcos.Passed, "m2 leads"},
	}
}

func mesosVersionCases() []verdictCase {
	a := afterPatch(master(1))
	blind := a
	blind.mesos = ""
	unit := fresh(dcos.Master.MesosUnit())
	is := func(v string) dcos.MesosVersion { return dcos.MesosVersion{Version: v} }
	return []verdictCase{
		{"the target's version passes", judgeMesosVersion(unit, is("1.10.1"), a), dcos.Passed, "Mesos 1.10.1"},
		{"a stale yes: the right version, from the old process of a configuration patch", judgeMesosVersion(old(unit.Name), is("1.10.1"), a), dcos.Failed, "still the old process"},
		{"the old version is refused", judgeMesosVersion(unit, is("1.10.0"), a), dcos.Failed, "1.10.0"},
		{"no version is refused", judgeMesosVersion(unit, is(""), a), dcos.Failed, "unknown"},
		{"untidy: a plan that does not know the version goes by the package", judgeMesosVersion(unit, is("1.10.1"), blind), dcos.Passed, "1.10.1"},
		{"neither version nor package known is unknown", judgeMesosVersion(edit(unit, func(u *dcos.Unit) { u.Exe = "" }), is("1.10.1"), blind), dcos.Unknown, "neither"},
	}
}

func row(ip string, change func(*dcos.CockroachNode)) dcos.CockroachNode {
	r := dcos.CockroachNode{
		ID: "1", Address: ip + ":26257", Build: "v2.1.8", StartedAt: day(0), UpdatedAt: day(1),
		Available: dcos.KnownTruth(true), Live: dcos.KnownTruth(true),
		Unavailable: dcos.KnownCount(0), UnderReplicated: dcos.KnownCount(0),
	}
	if change != nil {
		change(&r)
	}
	return r
}

func goodIAM() iam {
	return iam{unit: fresh(cockroachUnit), rows: []dcos.CockroachNode{row("10.0.0.1", nil), row("10.0.0.2", nil), row("10.0.0.3", nil)}}
}

func cockroachCases() []verdictCase {
	a := afterPatch(master(1))
	a.base.Cockroach = &CockroachBase{Address: "10.0.0.1:26257", StartedAt: day(-30)}
	judge := func(change func(*iam)) Answer { return judgeCockroach(edit(goodIAM(), change), a) }
	alter := func(i int, change func(*dcos.CockroachNode)) func(*iam) {
		return func(d *iam) { change(&d.rows[i]) }
	}
	return []verdictCase{
		{"three live rows without bad ranges pass", judge(func(*iam) {}), dcos.Passed, "3 rows live"},
		{"a stale yes: zeros, but the unit is still the old process", judge(func(d *iam) { d.unit = old(cockroachUnit) }), dcos.Failed, "still the old process"},
		{"a stale yes: zeros, but the row is the old process's", judge(alter(0, func(r *dcos.CockroachNode) { r.StartedAt = day(-30) })), dcos.Failed, "started_at has not changed"},
		{"untidy: rows of masters not yet patched say is_live false and no build", judge(alter(1, func(r *dcos.CockroachNode) { r.Build, r.StartedAt, r.Live = "", time.Time{}, dcos.KnownTruth(false) })), dcos.Passed, "3 rows live"},
		{"untidy: a ghost of a replaced master is named and passes", judge(func(d *iam) {
			d.rows = append(d.rows, row("10.0.0.9", func(r *dcos.CockroachNode) { r.ID, r.Available = "7", dcos.KnownTruth(false) }))
		}), dcos.Warned, "node 7 at 10.0.0.9:26257"},
		{"untidy: a dead row of the same address gives way to the newer one", judge(func(d *iam) {
			d.rows = append(d.rows, row("10.0.0.2", func(r *dcos.CockroachNode) {
				r.ID, r.UpdatedAt, r.Available = "2", day(-100), dcos.KnownTruth(false)
			}))
		}), dcos.Warned, "node 2 at 10.0.0.2:26257"},
		{"under-replicated ranges are refused", judge(alter(2, func(r *dcos.CockroachNode) { r.UnderReplicated = dcos.KnownCount(4) })), dcos.Failed, "10.0.0.3 counts 4 under-replicated"},
		{"unavailable ranges are refused", judge(alter(2, func(r *dcos.CockroachNode) { r.Unavailable = dcos.KnownCount(1) })), dcos.Failed, "1 unavailable"},
		{"NULL in place of a count is unknown", judge(alter(2, func(r *dcos.CockroachNode) { r.UnderReplicated = dcos.Count{} })), dcos.Unknown, "lacks its ranges"},
		{"a row that is not live is refused", judge(alter(1, func(r *dcos.CockroachNode) { r.Available = dcos.KnownTruth(false) })), dcos.Failed, "10.0.0.2 is not live"},
		{"a missing row is refused", judge(func(d *iam) { d.rows = d.rows[:2] }), dcos.Failed, "no row for the master 10.0.0.3"},
		{"no rows at all is refused", judge(func(d *iam) { d.rows = nil }), dcos.Failed, "no row"},
		{"a row without its time of update is unknown", judge(alter(1, func(r *dcos.CockroachNode) { r.UpdatedAt = time.Time{} })), dcos.Unknown, "10.0.0.2"},
	}
}

func TestEveryMastersRowMustBeRewritten(t *testing.T) {
	a := afterPatch(master(1))
	a.base.Cockroach = &CockroachBase{Address: "10.0.0.1:26257", StartedAt: day(-30)}
	if got := judgeCockroach(goodIAM(), a).Marks; len(got) != 3 {
		t.Errorf("marks %v: want one for each master's row", got)
	}
}

func TestCockroachIsAbsentOnlyByProof(t *testing.T) {
	for _, c := range []struct {
		name   string
		active []string
		absent bool
	}{
		{"active packages without it prove it", []string{"mesos--a", "exhibitor--b"}, true},
		{"its package says that it is there", []string{"mesos--a", "cockroach--b"}, false},
		{"no packages prove nothing", nil, false},
		{"a package that only begins like it is another one", []string{"cockroachdb-tools--a"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, absent := packageAbsent(c.active, cockroachPackage); absent != c.absent {
				t.Errorf("absent %v, want %v", absent, c.absent)
			}
		})
	}
}

func agentsBackCases() []verdictCase {
	a := afterPatch(master(1))
	a.base.Agents = map[string]string{"x-S1": "10.0.1.1", "x-S2": "10.0.1.2"}
	out := agentNode()
	out.IP = "10.0.1.2"
	back := func(agents ...dcos.Agent) leadership {
		l := lead(0, 0, 1)
		l.agents.Registered = agents
		return l
	}
	s1, s2 := dcos.Agent{ID: "x-S1", IP: "10.0.1.1", Active: true}, dcos.Agent{ID: "x-S2", IP: "10.0.1.2", Active: true}
	waiting := back(s1)
	waiting.agents.Recovered = []dcos.Agent{{ID: "x-S2", Hostname: "10.0.1.2"}}
	ghost := back(s1, s2)
	ghost.agents.Recovered = []dcos.Agent{{ID: "x-S77", Hostname: "10.0.9.9"}}
	none := a
	none.base = nil
	return []verdictCase{
		{"the very same set passes", judgeAgentsBack(back(s2, s1), a, nil), dcos.Passed, "2 of 2 back at m3"},
		{"a stale yes: the right number, another agent", judgeAgentsBack(back(s1, dcos.Agent{ID: "x-S9", IP: "10.0.1.9", Active: true}), a, nil), dcos.Failed, "10.0.1.2 (x-S2)"},
		{"an agent that is being waited for is refused", judgeAgentsBack(waiting, a, nil), dcos.Failed, "1 of 2 not back"},
		{"an agent that is listed and inactive is refused", judgeAgentsBack(back(s1, edit(s2, func(g *dcos.Agent) { g.Active = false })), a, nil), dcos.Failed, "x-S2"},
		{"untidy: an excluded agent is named and not waited for", judgeAgentsBack(back(s1), a, []plan.Node{out}), dcos.Warned, "not counted: 10.0.1.2"},
		{"untidy: a ghost in the registry from before the baseline passes", judgeAgentsBack(ghost, a, nil), dcos.Passed, "2 of 2"},
		{"untidy: an agent that somebody deactivated since is back", judgeAgentsBack(back(s1, edit(s2, func(g *dcos.Agent) { g.Active, g.Deactivated = false, true })), a, nil), dcos.Passed, "2 of 2"},
		{"no leader is refused", judgeAgentsBack(lead(0, 0, 0), a, nil), dcos.Failed, "0 masters lead"},
		{"no baseline is unknown", judgeAgentsBack(back(s1), none, nil), dcos.Unknown, "no baseline"},
	}
}
