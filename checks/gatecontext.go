package checks

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// gateContext is what the gates of one step share.
type gateContext struct {
	c *Cluster
	p *peer // the step's node
	// reapplied: the node was at the target before the run, and its daemons
	// must be newer than the packages all the same.
	reapplied bool
	// waiting: the gate's last answer was no good one.
	waiting bool
	expectation
}

// unreadable is the answer when a question could not be asked or read.
func (a *gateContext) unreadable(check string, err error) Answer {
	q := question{check, a.node.Name, "an answer"}
	return Answer{Finding: q.unknown("%s", words(err))}
}

// old reports whether the unit's process is not proved to be a new one. All
// judges look at that first: what else a gate asks would be of no use.
func (a *gateContext) old(u dcos.Unit) bool {
	_, why := a.restarted(processOf(u))
	return why != ""
}

// cheaply is the answer of a gate that has asked for the process alone.
func cheaply(ans Answer) Answer {
	ans.Cheap = true
	return ans
}

// afterRestart keeps a gate from passing on the old daemons, whose tasks, units
// and checks are as green as ever until they stop: they are not even asked for.
// Where there is no process, what is red may say why, and is told; what passes
// counts only under a new process.
func (a *gateContext) afterRestart(ctx context.Context, g gate) Answer {
	if !g.late || !a.restarts {
		return g.ask(ctx, a)
	}
	u, err := a.p.unit(ctx, a.node.Role.MesosUnit()) // first: what is asked after it is of this process or a later one
	if err != nil {
		return a.unreadable(g.Name, err)
	}
	now := processOf(u)
	if st, why := a.restarted(now); why != "" && now.known() {
		q := question{g.Name, a.node.Name, "an answer under a new Mesos process"}
		return cheaply(Answer{Finding: q.say(st, "%s", why)})
	}
	return a.under(now, g.Name, g.ask(ctx, a))
}

// under is what an answer counts for, given in the time of a Mesos process.
func (a expectation) under(now Process, check string, ans Answer) Answer {
	if !ans.Finding.Status.OK() {
		return ans
	}
	if s, why := a.restarted(now); why != "" {
		q := question{check, a.node.Name, ans.Finding.Want + ", restarted"}
		return Answer{Finding: q.say(s, "%s", why), Evidence: ans.Evidence}
	}
	ans.Identity = strings.Trim(ans.Identity+" "+now.id(), " ")
	return ans
}

func askExhibitor(ctx context.Context, a *gateContext) Answer {
	var e ensemble
	var err error
	if e.unit, err = a.p.unit(ctx, exhibitorUnit); err != nil {
		return a.unreadable("exhibitor", err)
	}
	if a.old(e.unit) {
		return cheaply(judgeExhibitor(e, a.expectation))
	}
	if e.srvr, err = a.p.srvr(ctx); err != nil {
		return a.unreadable("exhibitor", err)
	}
	if e.srvr.Mode == "leader" {
		if e.mntr, err = a.p.mntr(ctx); err != nil {
			return a.unreadable("exhibitor", err)
		}
	}
	if e.code, e.servers, err = a.p.exhibitor(ctx); err != nil {
		return a.unreadable("exhibitor", err)
	}
	return judgeExhibitor(e, a.expectation)
}

func askMesosMaster(ctx context.Context, a *gateContext) Answer {
	u, err := a.p.unit(ctx, a.node.Role.MesosUnit())
	if err != nil {
		return a.unreadable("mesos-master", err)
	}
	return a.explain(ctx, judgeMesosUnit(u, a.expectation))
}

func askRegistrar(ctx context.Context, a *gateContext) Answer {
	u, err := a.p.unit(ctx, a.node.Role.MesosUnit())
	if err != nil {
		return a.unreadable("registrar", err)
	}
	if a.old(u) {
		return cheaply(judgeRegistrar(masterSelf{unit: u}, a.expectation))
	}
	r := a.p.reading(ctx)
	if r.err != nil {
		return a.unreadable("registrar", r.err)
	}
	return judgeRegistrar(masterSelf{unit: u, metrics: r.metrics, asked: r.asked}, a.expectation)
}

func askLeader(ctx context.Context, a *gateContext) Answer {
	return judgeLeader(a.c.leadership(ctx), a.expectation)
}

func askMesosVersion(ctx context.Context, a *gateContext) Answer {
	u, err := a.p.unit(ctx, a.node.Role.MesosUnit())
	if err != nil {
		return a.unreadable("mesos-version", err)
	}
	v, err := overHTTP(ctx, a.p.mesos.Version)
	if err != nil {
		return a.unreadable("mesos-version", err)
	}
	return judgeMesosVersion(u, v, a.expectation)
}

func askCockroach(ctx context.Context, a *gateContext) Answer {
	rows, absent, err := a.p.iamRows(ctx)
	if err != nil {
		return a.unreadable("cockroach", err)
	}
	if absent != "" {
		return Answer{Finding: question{"cockroach", a.node.Name, ""}.say(dcos.NotApplicable, "%s", absent)}
	}
	u, err := a.p.unit(ctx, cockroachUnit)
	if err != nil {
		return a.unreadable("cockroach", err)
	}
	return judgeCockroach(iam{unit: u, rows: rows}, a.expectation)
}

func askAgentsBack(ctx context.Context, a *gateContext) Answer {
	var excluded []plan.Node
	for _, n := range a.c.subject.Nodes {
		if n.Role.IsAgent() && (n.Disposition == plan.Excluded || slices.Contains(a.exempt, n.Name)) {
			excluded = append(excluded, n)
		}
	}
	return a.byLeader(ctx, func(l leadership) Answer { return judgeAgentsBack(l, a.expectation, excluded) })
}

func askRegistered(ctx context.Context, a *gateContext) Answer {
	u, err := a.p.unit(ctx, a.node.Role.MesosUnit())
	if err != nil {
		return a.unreadable("registered", err)
	}
	return a.byLeader(ctx, func(l leadership) Answer {
		ans := judgeRegistered(l, u, a.expectation)
		if ans.Finding.Lost { // for good: it is not missed, and waiting does not help
			return a.withReplaced(ctx, l, ans)
		}
		if ans = a.explain(ctx, ans); !ans.Finding.Status.OK() {
			away := a.c.awayAt(ctx, l, a.node)
			if a.gaveUp(l) && !away.Spent() {
				ans.Finding, away = unlisted(ans.Finding), Away{}
			}
			ans.Finding = withAway(ans.Finding, away, a.readLog(u.Name))
			ans.Finding.Final = ans.Finding.Final && !a.c.untilTimeout
		}
		return ans
	})
}

// withReplaced adds to an agent that came back as another one what became of its tasks.
func (a *gateContext) withReplaced(ctx context.Context, l leadership, ans Answer) Answer {
	if len(a.base.Tasks) == 0 {
		return ans
	}
	all, err := a.c.tasks(ctx, l)
	if err != nil {
		ans.Finding.Observed += "; whether their frameworks have replaced them is not known: " + words(err)
		return ans
	}
	ans.Finding.Observed += "; " + newReplacements(all, a.base).sum(a.base.Tasks)
	return ans
}

// gaveUp reports whether a working leader that has recovered does not list the agent.
func (a *gateContext) gaveUp(l leadership) bool {
	_, why := l.broken(minority(len(l.readings)))
	_, listed := agentAt(l.agents, a.node.IP)
	return why == "" && !listed && !isRecovering(l.agents, "", a.node.IP)
}

// unlisted says of an agent that the leader does not list what that means: how long we have
// looked says nothing of when Mesos stopped waiting for it.
func unlisted(f dcos.Finding) dcos.Finding {
	f.Observed += "; Mesos waits for it no longer"
	return f
}

// withAway adds to a finding how long the agent has been missed, and how urgent
// that is to what is known already. Once Mesos gives the agent's tasks up there
// is nothing to wait for: it may come back, and it is not what was wanted.
func withAway(f dcos.Finding, away Away, look string) dcos.Finding {
	if s := away.String(); s != "" {
		f.Observed += ", " + s
	}
	f.Final = away.Spent()
	if !away.Since.IsZero() && away.Budget > 0 {
		f.Deadline = away.Since.Add(away.Budget)
	}
	urgent := ""
	switch {
	case away.Spent():
		urgent = "Mesos has marked the agent unreachable"
	case away.Warn():
		urgent = "Mesos marks it unreachable when the time is over"
	default:
		return f
	}
	f.Hint = cmp.Or(f.Hint, look) + ". " + urgent
	return f
}

func askTasks(ctx context.Context, a *gateContext) Answer {
	return a.byLeader(ctx, func(l leadership) Answer {
		if _, why := l.broken(minority(len(l.readings))); why != "" || !a.present(l.agents) {
			return judgeTasks(l, dcos.Tasks{}, a.expectation)
		}
		all, err := a.c.tasks(ctx, l)
		if err != nil {
			return a.unreadable("tasks", err)
		}
		return judgeTasks(l, all, a.expectation)
	})
}

func askCheckRunner(ctx context.Context, a *gateContext) Answer {
	reports, err := a.p.checkReports(ctx)
	if err != nil {
		return a.unreadable("check-runner", err)
	}
	return judgeCheckRunner(reports, a.expectation)
}

func askUnits(ctx context.Context, a *gateContext) Answer {
	units, err := a.p.allUnits(ctx)
	if err != nil {
		return a.unreadable("units", err)
	}
	return a.explain(ctx, judgeUnits(units, a.expectation))
}
