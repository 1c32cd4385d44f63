package checks

import (
	"context"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/gates"
	"github.com/dcos-patch/dcos-patch/plan"
)

// gate is one of the table of package gates, or one of an operator's own, and
// how it is asked.
type gate struct {
	gates.Gate
	judge
}

// judge asks the question of one gate.
type judge struct {
	ask  func(context.Context, *asking) Answer
	unit func(dcos.Role) string // whose process must be newer than the active packages; nil: none
}

// judges are those of the table, by name.
func judges() map[string]judge {
	mesos := dcos.Role.MesosUnit
	return map[string]judge{
		"exhibitor":     {askExhibitor, always(exhibitorUnit)},
		"mesos-master":  {askMesosMaster, mesos},
		"registrar":     {askRegistrar, mesos},
		"leader":        {askLeader, nil},
		"registered":    {askRegistered, mesos},
		"mesos-version": {askMesosVersion, mesos},
		"cockroach":     {askCockroach, always(cockroachUnit)},
		"etcd":          {askEtcd, always(etcdUnit)},
		"tasks":         {askTasks, mesos},
		"check-runner":  {askCheckRunner, mesos},
		"units":         {askUnits, mesos},
		"agents-back":   {askAgentsBack, nil},
	}
}

// always is a unit that does not depend on the role.
func always(unit string) func(dcos.Role) string { return func(dcos.Role) string { return unit } }

// gateOf finds a gate by name: one of the table, or the operator's own.
func (c *Cluster) gateOf(name string) (gate, bool) {
	if g, own := c.plan.CustomGate(name); own {
		return customGate(g), true
	}
	g, ok := gates.Find(name)
	return gate{g, judges()[name]}, ok
}

// customGate is an operator's own gate: it differs from others of the plan in
// what is asked alone.
func customGate(g plan.CustomGate) gate {
	of := gate{Gate: gates.Gate{Name: g.Name, Half: gates.Serving, Within: gates.Own()[0].Within}, judge: judge{unit: dcos.Role.MesosUnit}}
	if g.OfCluster {
		of.Half, of.unit = gates.OfCluster, nil
	}
	of.ask = func(ctx context.Context, a *asking) Answer {
		return a.afterRestart(ctx, g.Name, func(ctx context.Context, a *asking) Answer { return a.custom(ctx, g) })
	}
	return of
}
