package dcos

// Ports of DC/OS daemons that are asked directly. Mesos listens only on the
// node's detect_ip address; Exhibitor and CockroachDB's HTTP on loopback too.
const (
	MesosMasterPort = 5050
	MesosAgentPort  = 5051
	ExhibitorPort   = 8181
	ZooKeeperPort   = 2181
	MarathonPort    = 8080
)

// SetupUnit runs pkgpanda once at boot, which tries to finish a swap that was cut.
const SetupUnit = "dcos-setup.service"

// Files of DC/OS on a node.
const (
	InstallProgress = "/opt/mesosphere/install_progress"      // exists only in the middle of pkgpanda's swap
	Libltdl         = "/opt/mesosphere/lib/libltdl.so.7"      // removed on agents before the script runs
	ExhibitorTLSDir = "/var/lib/dcos/exhibitor-tls-artifacts" // client-key.pem here means Exhibitor wants TLS
	ExhibitorStatus = "/exhibitor/v1/cluster/status"          // path on ExhibitorPort
	MetricsSnapshot = "/metrics/snapshot"                     // path on the Mesos ports
)
