package checks

import (
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

func listed(change func(*dcos.Agent)) leadership {
	g := dcos.Agent{
		ID: "x-S41", IP: "10.0.1.37", Active: true, Version: "1.10.1",
		RegisteredAt: day(-90), ReregisteredAt: day(0),
	}
	change(&g)
	l := lead(1, 0, 0)
	l.agents.Registered = []dcos.Agent{{ID: "x-S1", IP: "10.0.1.1", Active: true}, g}
	return l
}

func registeredCases() []verdictCase {
	a := afterPatch(agentNode())
	a.base.Agent = &AgentBase{ID: "x-S41", Version: "1.10.0", Active: true, Registered: day(-90), Reregistered: day(-30)}
	unit := fresh(dcos.PrivateAgent.MesosUnit())
	judge := func(change func(*dcos.Agent)) Answer { return judgeRegistered(listed(change), unit, a) }
	same := func(*dcos.Agent) {}

	deactivated := a
	deactivated.base = new(Baseline)
	*deactivated.base = *a.base
	deactivated.base.Agent = &AgentBase{ID: "x-S41", Deactivated: true, Registered: day(-90), Reregistered: day(-30)}
	unlisted := afterPatch(agentNode())
	unlisted.base.Absent["agent"] = "m1 works and does not list it"
	silent := afterPatch(agentNode())
	gone, recovering := lead(1, 0, 0), lead(1, 0, 0)
	recovering.agents.Recovered = []dcos.Agent{{ID: "x-S41", Hostname: "10.0.1.37"}}
	oneDown := listed(same)
	oneDown.readings[2].err = errTest
	twoDown := listed(same)
	twoDown.readings[1].err, twoDown.readings[2].err = errTest, errTest

	return []verdictCase{
		{"active under its id, registered anew, passes", judge(same), dcos.Passed, "id ..-S41"},
		{"a stale yes: active, but it has not registered since", judge(func(g *dcos.Agent) { g.ReregisteredAt = day(-30) }), dcos.Failed, "not re-registered"},
		{"a stale yes: registered anew with another master by the old process", judgeRegistered(listed(same), old(unit.Name), a), dcos.Failed, "still the old process"},
		{"a stale yes: the leader still shows the old version", judge(func(g *dcos.Agent) { g.Version = "1.10.0" }), dcos.Failed, "Mesos 1.10.0"},
		{"inactive is refused", judge(func(g *dcos.Agent) { g.Active = false }), dcos.Failed, "inactive"},
		{"deactivated by somebody since is refused", judge(func(g *dcos.Agent) { g.Active, g.Deactivated = false, true }), dcos.Failed, "deactivated"},
		{"untidy: deactivated before too passes and is shown", judgeRegistered(listed(func(g *dcos.Agent) { g.Active, g.Deactivated = false, true }), unit, deactivated), dcos.Warned, "as it was before"},
		{"another id means that its tasks are lost", judge(func(g *dcos.Agent) { g.ID = "x-S99" }), dcos.Failed, "registered as a new agent x-S99, and was x-S41: no task ran there before"},
		{"an agent that is not listed is refused", judgeRegistered(gone, unit, a), dcos.Failed, "does not list it"},
		{"an agent known from the registry only is refused", judgeRegistered(recovering, unit, a), dcos.Failed, "not come back since the failover"},
		{"untidy: an agent that was out before passes when it is in", judgeRegistered(listed(same), unit, unlisted), dcos.Passed, "active"},
		{"a baseline that lacks the agent without a proof is unknown", judgeRegistered(listed(same), unit, silent), dcos.Unknown, "does not say how"},
		{"untidy: one master of three that cannot be read does not matter", judgeRegistered(oneDown, unit, a), dcos.Passed, "active"},
		{"two masters of three that cannot be read are unknown", judgeRegistered(twoDown, unit, a), dcos.Unknown, "not readable"},
		{"a registration without its times is unknown", judge(func(g *dcos.Agent) { g.RegisteredAt, g.ReregisteredAt = time.Time{}, time.Time{} }), dcos.Unknown, "does not say when"},
	}
}

func tasksCases() []verdictCase {
	a := afterPatch(agentNode())
	a.base.Tasks = []string{"web.1", "job.1"}
	is := func(id, state, reason string) dcos.AgentTask {
		return dcos.AgentTask{ID: id, AgentID: "x-S41", State: state, Reason: reason}
	}
	present := listed(func(*dcos.Agent) {})
	web := is("web.1", "TASK_RUNNING", "")
	judge := func(job dcos.AgentTask) Answer {
		return judgeTasks(present, dcos.Tasks{Launched: []dcos.AgentTask{web}, Completed: []dcos.AgentTask{job}}, a)
	}
	none := a
	none.base = nil
	empty := afterPatch(agentNode())
	return []verdictCase{
		{"all of them running pass", judgeTasks(present, dcos.Tasks{Launched: []dcos.AgentTask{web, is("job.1", "TASK_RUNNING", "")}}, a), dcos.Passed, "2/2 run"},
		{"untidy: a batch job that ended by itself passes", judge(is("job.1", "TASK_FINISHED", "")), dcos.Passed, "1/2 run, 1 ended"},
		{"untidy: a task that its framework killed passes", judge(is("job.1", "TASK_KILLED", "REASON_TASK_KILLED_DURING_LAUNCH")), dcos.Passed, "1 ended"},
		{"untidy: a job that failed by itself passes and is shown", judge(is("job.1", "TASK_FAILED", "REASON_COMMAND_EXECUTOR_FAILED")), dcos.Warned, "1 failed by themselves"},
		{"a task whose executor did not come back in time is a failure", judge(is("job.1", "TASK_FAILED", "REASON_EXECUTOR_REREGISTRATION_TIMEOUT")), dcos.Failed, "job.1 TASK_FAILED"},
		{"a task whose executor ended with a reboot is a failure", judge(is("job.1", "TASK_FAILED", "REASON_EXECUTOR_TERMINATED")), dcos.Failed, "job.1"},
		{"a lost task is a failure", judge(is("job.1", "TASK_LOST", "REASON_SLAVE_REMOVED")), dcos.Failed, "job.1 TASK_LOST"},
		{"a gone task is a failure", judge(is("job.1", "TASK_GONE", "")), dcos.Failed, "job.1 TASK_GONE"},
		{"a task killed with its agent is a failure", judge(is("job.1", "TASK_KILLED", "REASON_AGENT_DRAINING")), dcos.Failed, "AGENT_DRAINING"},
		{"an unreachable task is a failure", judgeTasks(present, dcos.Tasks{Launched: []dcos.AgentTask{web}, Unreachable: []dcos.AgentTask{is("job.1", "TASK_UNREACHABLE", "")}}, a), dcos.Failed, "TASK_UNREACHABLE"},
		{"a task that starts is waited for", judge(is("job.1", "TASK_STAGING", "")), dcos.Failed, "not running yet: job.1"},
		{"a stale yes: a task that nobody lists any more is not known to be well", judgeTasks(present, dcos.Tasks{Launched: []dcos.AgentTask{web}}, a), dcos.Unknown, "job.1 is not listed"},
		{"a state that nobody here knows is unknown", judge(is("job.1", "TASK_UNKNOWN", "")), dcos.Unknown, "TASK_UNKNOWN"},
		{"untidy: a task that came and went since does not matter", judgeTasks(present, dcos.Tasks{
			Launched: []dcos.AgentTask{web, is("job.1", "TASK_RUNNING", "")}, Completed: []dcos.AgentTask{is("new.1", "TASK_LOST", "")},
		}, a), dcos.Passed, "2/2"},
		{"running wins over an older entry of the same task", judgeTasks(present, dcos.Tasks{
			Launched: []dcos.AgentTask{web, is("job.1", "TASK_RUNNING", "")}, Unreachable: []dcos.AgentTask{is("job.1", "TASK_UNREACHABLE", "")},
		}, a), dcos.Passed, "2/2"},
		{"an agent without tasks passes", judgeTasks(present, dcos.Tasks{}, empty), dcos.Passed, "0/0"},
		{"a stale yes: running by the list, but the agent is away", judgeTasks(listed(func(g *dcos.Agent) { g.Active = false }), dcos.Tasks{Launched: []dcos.AgentTask{web, is("job.1", "TASK_RUNNING", "")}}, a), dcos.Failed, "not active at the leader"},
		{"no leader is refused", judgeTasks(lead(0, 0, 0), dcos.Tasks{}, a), dcos.Failed, "0 masters lead"},
		{"no baseline is unknown", judgeTasks(present, dcos.Tasks{}, none), dcos.Unknown, "no baseline"},
	}
}

func checkRunnerCases() []verdictCase {
	a := afterPatch(agentNode())
	a.base.RedChecks["node-poststart/clock_sync"] = "status 2: no ntp"
	m := afterPatch(master(1))
	report := func(name string, status int) dcos.CheckReport {
		c := dcos.CheckResult{Status: status, Output: "it says so\n"}
		return dcos.CheckReport{Status: c.Severity(), Checks: map[string]dcos.CheckResult{name: c}}
	}
	with := func(node dcos.CheckReport) map[string]dcos.CheckReport {
		return map[string]dcos.CheckReport{"node-poststart": node, "cluster": {Checks: map[string]dcos.CheckResult{}}}
	}
	notFound := dcos.CheckReport{Error: "One or more requested checks could not be found on this node.", NotRun: []string{"cluster: Check not found"}}
	none := a
	none.base = nil
	return []verdictCase{
		{"nothing red passes", judgeCheckRunner(with(report("xz", 0)), a), dcos.Passed, "nothing red"},
		{"a new red check is refused with what it says", judgeCheckRunner(with(report("xz", 2)), a), dcos.Failed, "node-poststart/xz (status 2: it says so)"},
		{"a check that ran out of time is red", judgeCheckRunner(with(report("xz", 3)), a), dcos.Failed, "status 3"},
		{"a check whose command is not there is red, and unknown", judgeCheckRunner(with(report("xz", 127)), a), dcos.Failed, "node-poststart/xz (status 127, unknown: it says so)"},
		{"a check that a signal ended is red, and unknown", judgeCheckRunner(with(report("xz", -1)), a), dcos.Failed, "node-poststart/xz (status -1, unknown: it says so)"},
		{"untidy: a check that was red before may stay so, whatever its code", judgeCheckRunner(with(report("clock_sync", 4)), a), dcos.Warned, "red before too: node-poststart/clock_sync"},
		{"untidy: a check that was red before may stay so", judgeCheckRunner(with(report("clock_sync", 2)), a), dcos.Warned, "red before too: node-poststart/clock_sync"},
		{"untidy: a warning passes and is shown", judgeCheckRunner(with(report("xz", 1)), a), dcos.Warned, "to look at: node-poststart/xz"},
		{"a stale yes: exit code 0 of a check that was not found", judgeCheckRunner(with(notFound), a), dcos.Failed, "not run: cluster: Check not found"},
		{"an error without details is red", judgeCheckRunner(with(dcos.CheckReport{Error: "boom"}), a), dcos.Failed, "boom"},
		{"a status that no check explains is red", judgeCheckRunner(with(dcos.CheckReport{Status: 2}), a), dcos.Failed, "no check explains"},
		{"a suite that was not run is unknown", judgeCheckRunner(map[string]dcos.CheckReport{"cluster": {}}, a), dcos.Unknown, "node-poststart"},
		{"untidy: a master's components may be red until the masters are done", judgeCheckRunner(with(report("components_master", 2)), m), dcos.Warned, "until the masters are done"},
		{"an agent's components may not", judgeCheckRunner(with(report("components_agent", 2)), a), dcos.Failed, "components_agent"},
		{"no baseline is unknown", judgeCheckRunner(with(report("xz", 0)), none), dcos.Unknown, "no baseline"},
	}
}

func unit(name, active, sub string) dcos.Unit {
	return dcos.Unit{Name: name, Load: "loaded", Active: active, Sub: sub, Result: "success"}
}

func unitsCases() []verdictCase {
	a := afterPatch(agentNode())
	a.base.Units = map[string]string{
		"dcos-log-agent.service": "active/running", "dcos-gen-resolvconf.service": "inactive/dead", "dcos-rexray.service": "failed/failed",
		"dcos-telegraf.socket": "active/running", "dcos-net.service": "active/running",
	}
	a.base.RedUnits = map[string]string{"dcos-rexray.service": "failed (failed)", "dcos-telegraf.socket": "inactive (dead)"}
	m := afterPatch(master(1))
	up := []dcos.Unit{
		unit("dcos-mesos-slave.service", "active", "running"), unit("dcos-net.service", "active", "running"),
		unit("dcos-telegraf.socket", "active", "running"), unit("dcos-telegraf.service", "active", "running"),
	}
	judge := func(more ...dcos.Unit) Answer { return judgeUnits(append(up[:len(up):len(up)], more...), a) }
	marathon := unit("dcos-marathon.service", "activating", "auto-restart")
	done := m
	done.expected = nil
	return []verdictCase{
		{"everything up passes", judge(), dcos.Passed, "nothing red"},
		{"a failed unit is refused", judge(unit("dcos-log-agent.service", "failed", "failed")), dcos.Failed, "dcos-log-agent.service failed (failed)"},
		{"untidy: a unit that was failed before may stay so", judge(unit("dcos-rexray.service", "failed", "failed")), dcos.Warned, "red before too: dcos-rexray.service"},
		{"untidy: a oneshot at rest is fine", judge(unit("dcos-gen-resolvconf.service", "inactive", "dead")), dcos.Passed, "nothing red"},
		{"untidy: a timer's service at work is fine", judge(unit("dcos-logrotate.timer", "active", "waiting"), unit("dcos-logrotate.service", "activating", "start")), dcos.Passed, "nothing red"},
		{"a timer's service that failed is refused", judge(unit("dcos-logrotate.timer", "active", "waiting"), unit("dcos-logrotate.service", "failed", "failed")), dcos.Failed, "dcos-logrotate.service"},
		{"a oneshot at rest after a failure is refused", judge(edit(unit("dcos-x.service", "inactive", "dead"), func(u *dcos.Unit) { u.Result = "exit-code" })), dcos.Failed, "result exit-code"},
		{"a stale yes: nothing failed, but a service that ran rests now", judge(unit("dcos-log-agent.service", "inactive", "dead")), dcos.Failed, "dcos-log-agent.service inactive (dead)"},
		{"a timer at rest is refused", judge(unit("dcos-logrotate.timer", "inactive", "dead")), dcos.Failed, "dcos-logrotate.timer"},
		{"a socket at rest is refused", judge(unit("dcos-log.socket", "inactive", "dead")), dcos.Failed, "dcos-log.socket"},
		{"a unit in its restart loop is refused", judge(unit("dcos-log-agent.service", "activating", "auto-restart")), dcos.Failed, "auto-restart"},
		{"a masked unit is refused", judge(edit(unit("dcos-log-agent.service", "inactive", "dead"), func(u *dcos.Unit) { u.Load = "masked" })), dcos.Failed, "masked"},
		{"telegraf's socket is refused although it was red before", judgeUnits([]dcos.Unit{up[0], up[1], unit("dcos-telegraf.socket", "inactive", "dead")}, a), dcos.Failed, "dcos-telegraf.socket"},
		{"a node without its Mesos unit is refused", judgeUnits(up[1:], a), dcos.Failed, "dcos-mesos-slave.service is not there"},
		{"a unit of the block list that was there is missed", judgeUnits([]dcos.Unit{up[0], up[2]}, a), dcos.Failed, "dcos-net.service is not there"},
		{"no units at all is refused", judgeUnits(nil, a), dcos.Failed, "is not there"},
		{"untidy: Marathon may be red until the masters are done", judgeUnits([]dcos.Unit{unit("dcos-mesos-master.service", "active", "running"), marathon}, m), dcos.Warned, "until the masters are done"},
		{"after the masters it may not", judgeUnits([]dcos.Unit{unit("dcos-mesos-master.service", "active", "running"), marathon}, done), dcos.Failed, "dcos-marathon.service"},
	}
}
