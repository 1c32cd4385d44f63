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
	ask  func(context.Context, *gateContext) Answer
	unit func(dcos.Role) string // whose process must be newer than the active packages; nil: none
	late bool                   // asked under a new process of the Mesos unit only: see afterRestart
}

// judges are those of the table, by name.
func judges() map[string]judge {
	mesos := dcos.Role.MesosUnit
	return map[string]judge{
		"exhibitor":     {ask: askExhibitor, unit: always(exhibitorUnit)},
		"mesos-master":  {ask: askMesosMaster, unit: mesos},
		"registrar":     {ask: askRegistrar, unit: mesos},
		"leader":        {ask: askLeader},
		"registered":    {ask: askRegistered, unit: mesos},
		"mesos-version": {ask: askMesosVersion, unit: mesos},
		"cockroach":     {ask: askCockroach, unit: always(cockroachUnit)},
		"etcd":          {ask: askEtcd, unit: always(etcdUnit)},
		"tasks":         {ask: askTasks, unit: mesos, late: true},
		"check-runner":  {ask: askCheckRunner, unit: mesos, late: true},
		"units":         {ask: askUnits, unit: mesos, late: true},
		"agents-back":   {ask: askAgentsBack, late: true},
	}
}

// always is a unit that does not depend on the role.
func always(unit string) func(dcos.Role) string { return func(dcos.Role) string { return unit } }

// gateOf finds a gate by name: one of the table, or the operator's own.
func (c *Cluster) gateOf(name string) (gate, bool) {
	for _, g := range c.subject.Gates {
		if g.Name == name {
			return customGate(g), true
		}
	}
	g, ok := gates.Find(name)
	return gate{g, judges()[name]}, ok
}

// customGate is an operator's own gate: it differs from others in
// what is asked alone.
func customGate(g plan.CustomGate) gate {
	of := gate{Gate: gates.Gate{Name: g.Name, Half: gates.Serving, Within: gates.Own()[0].Within}, judge: judge{unit: dcos.Role.MesosUnit, late: true}}
	if g.OfCluster {
		of.Half, of.unit = gates.OfCluster, nil
	}
	of.ask = func(ctx context.Context, a *gateContext) Answer { return a.custom(ctx, g) }
	return of
}
