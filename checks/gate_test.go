package checks

import (
	"slices"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/gates"
)

// gateCases are the tables of all gates, by name.
func gateCases() map[string][]verdictCase {
	return map[string][]verdictCase{
		"exhibitor": exhibitorCases(), "mesos-master": mesosMasterCases(), "registrar": registrarCases(),
		"leader": leaderCases(), "mesos-version": mesosVersionCases(), "cockroach": cockroachCases(), "etcd": etcdCases(),
		"agents-back": agentsBackCases(), "registered": registeredCases(), "tasks": tasksCases(),
		"check-runner": checkRunnerCases(), "units": unitsCases(),
		"command": commandCases(), "http": httpCases(), "prometheus": prometheusCases(),
	}
}

// Every gate is tried with answers that a patch makes dangerous: a yes of the
// old daemons, and the untidiness of a cluster that is well.
func TestGate(t *testing.T) {
	all := gateCases()
	rows := slices.Concat(gates.Table(), gates.Own())
	for _, r := range rows {
		t.Run(r.Name, func(t *testing.T) {
			check(t, r.Name, all[r.Name])
			if stale := firstCase(all[r.Name], "a stale yes"); stale.name == "" || stale.answer.Finding.Status.OK() {
				t.Errorf("no test shows a stale yes refused: %q", stale.name)
			}
			if untidy := firstCase(all[r.Name], "untidy"); untidy.name == "" || !untidy.answer.Finding.Status.OK() {
				t.Errorf("no test shows an untidy cluster passed: %q", untidy.name)
			}
			for _, c := range all[r.Name] {
				if strings.HasPrefix(c.name, "a stale yes") && c.answer.Finding.Status.OK() {
					t.Errorf("%s: passes", c.name)
				}
			}
		})
	}
	if len(all) != len(rows) {
		t.Errorf("%d gates are tested, there are %d", len(all), len(rows))
	}
}

// firstCase is the first row whose name begins so.
func firstCase(cases []verdictCase, begins string) verdictCase {
	for _, c := range cases {
		if strings.HasPrefix(c.name, begins) {
			return c
		}
	}
	return verdictCase{}
}

func etcdCases() []verdictCase {
	a := afterPatch(master(1))
	none := a
	none.base = nil
	appeared := afterPatch(master(1))
	appeared.base.Processes[etcdUnit] = Process{Unit: etcdUnit, BootID: "boot-1"}
	well := etcdSelf{200, dcos.EtcdHealth{Healthy: true}}
	return []verdictCase{
		{"healthy in a new process passes", judgeEtcd(fresh(etcdUnit), well, a), dcos.Passed, "healthy, pid 200"},
		{"a stale yes: healthy, but still the old process", judgeEtcd(old(etcdUnit), well, a), dcos.Failed, "still the old process"},
		{"untidy: an etcd that was down before passes when it is well", judgeEtcd(fresh(etcdUnit), well, appeared), dcos.Passed, "healthy"},
		{"alone is refused", judgeEtcd(fresh(etcdUnit), etcdSelf{200, dcos.EtcdHealth{}}, a), dcos.Failed, "finds no quorum"},
		{"HTTP 503 is refused with its reason", judgeEtcd(fresh(etcdUnit), etcdSelf{503, dcos.EtcdHealth{Reason: "RAFT NO LEADER"}}, a), dcos.Failed, "HTTP 503 (RAFT NO LEADER)"},
		{"healthy with another HTTP status is refused", judgeEtcd(fresh(etcdUnit), etcdSelf{502, dcos.EtcdHealth{Healthy: true}}, a), dcos.Failed, "HTTP 502"},
		{"waiting to be restarted is refused", judgeEtcd(dcos.Unit{Name: etcdUnit, Active: "activating", Sub: "auto-restart"}, etcdSelf{}, a), dcos.Failed, "auto-restart"},
		{"no baseline is unknown", judgeEtcd(fresh(etcdUnit), well, none), dcos.Unknown, "no baseline"},
		{"the zero answer is refused", judgeEtcd(fresh(etcdUnit), etcdSelf{}, a), dcos.Failed, "HTTP 0"},
	}
}
