package simcluster

import (
	"slices"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Variant is open DC/OS or DC/OS Enterprise. Enterprise is simulated in its
// permissive mode: plain HTTP to Mesos, TLS to CockroachDB and etcd.
type Variant string

// The variants.
const (
	Open       Variant = "open"
	Enterprise Variant = "enterprise"
)

// release is one release of DC/OS: what can be seen of it from outside, and
// differs from others (DCOS_FACTS §0, §2–§4).
type release struct {
	version dcos.Version
	variant Variant
}

func (c *Cluster) release(v dcos.Version) release { return release{v, c.opt.Variant} }

// release is that of the node's active packages.
func (n *node) release() release { return n.c.release(n.version) }

func (r release) from(v dcos.Version) bool { return r.version.Compare(v) >= 0 }

// iam reports whether the release has an IAM, and so CockroachDB: Enterprise
// always, open from 1.13 on.
func (r release) iam() bool { return r.variant == Enterprise || r.from("1.13.0") }

// etcd came for Calico.
func (r release) etcd() bool { return r.from("2.1.0") }

// checkRunner is the program that runs the node's checks: up to 1.11 it is a
// part of dcos-diagnostics.
func (r release) checkRunner() string {
	if r.from("1.12.0") {
		return "dcos-check-runner"
	}
	return "dcos-diagnostics"
}

// waits reports whether the node patch script really asks the node's checks:
// from 1.12 on two quoting accidents make them pass always.
func (r release) waits() bool { return !r.from("1.12.0") }

// noBlock reports whether the script lets systemd stop and start units behind
// its back.
func (r release) noBlock() bool { return !r.from("2.2.0") }

// certsDir is where CockroachDB's client certificates lie; empty when it runs
// without TLS.
func (r release) certsDir() string {
	switch {
	case r.variant != Enterprise:
		return ""
	case r.from("2.0.0"):
		return "/run/dcos/pki/bouncer"
	}
	return "/run/dcos/pki/cockroach"
}

// mesosOf is the first version of Mesos that a minor release of DC/OS has.
func mesosOf(v dcos.Version) string {
	known := map[string]string{"1.11": "1.5.0", "1.12": "1.7.0", "1.13": "1.8.0", "2.0": "1.9.0", "2.1": "1.10.0", "2.2": "1.11.0"}
	return known[v.Minor()]
}

// units lists what /etc/systemd/system/dcos.target.wants has.
func (r release) units(role dcos.Role) []string {
	all := []string{"dcos-diagnostics.service", "dcos-diagnostics.socket", unitLog, unitNet}
	if r.from("1.12.0") {
		all = append(all, "dcos-checks-poststart.timer", "dcos-telegraf.service", unitTelegraf)
	}
	if role == dcos.Master {
		return slices.Sorted(slices.Values(append(all, r.masterUnits()...)))
	}
	all = append(all, "dcos-adminrouter-agent.service", role.MesosUnit())
	if !r.from("1.12.0") {
		all = append(all, "dcos-metrics-agent.service", "dcos-metrics-agent.socket")
	}
	if r.from("2.1.0") {
		all = append(all, mesosSocket(role))
	}
	return slices.Sorted(slices.Values(all))
}

func (r release) masterUnits() []string {
	units := []string{"dcos-adminrouter.service", "dcos-cosmos.service", unitExhibitor, unitMarathon, dcos.Master.MesosUnit(), "dcos-mesos-dns.service"}
	if !r.from("1.12.0") {
		units = append(units, "dcos-metrics-master.service", "dcos-metrics-master.socket")
	}
	if r.iam() {
		units = append(units, unitCockroach, "dcos-bouncer.service")
	}
	if r.etcd() {
		units = append(units, unitEtcd)
	}
	return units
}

// mesosSocket belongs to the agent's service from 2.1 on.
func mesosSocket(role dcos.Role) string {
	if role == dcos.PublicAgent {
		return "dcos-mesos-slave-public.socket"
	}
	return "dcos-mesos-slave.socket"
}
