package gates

import "time"

// eager is the pause between two questions that cost a node next to nothing.
// Metrics are read less often than that, which is their reader's business.
const eager = 200 * time.Millisecond

// Table lists every gate, in the order in which plans ask and documents show
// them. A master's serving gates wait for Exhibitor like everything else on a
// master, so that their timeout begins where Exhibitor's ends.
func Table() []Gate {
	return []Gate{{
		Name: "exhibitor", Half: Quarantined,
		Demand: Demand{3, 60 * time.Second}, Every: 15 * time.Second, Eager: 2 * time.Second, Within: Timeouts{Master: "exhibitor"},
		Asks:     "Exhibitor lists exactly the masters (by detect_ip), all serving, one leader; the node's own ZooKeeper is leader or follower by srvr (standalone if it is the only one), and as leader has all followers in sync by mntr",
		Evidence: "GET /exhibitor/v1/cluster/status by curl on the node, HTTP 200; srvr and mntr at 127.0.0.1:2181",
		Applies:  "always", Versions: "all; with TLS where /var/lib/dcos/exhibitor-tls-artifacts/client-key.pem exists (Enterprise from 2.0 on), whose key never leaves the node",
		Restart: "process of dcos-exhibitor.service changed",
	}, {
		Name: "mesos-master", Half: Quarantined,
		Demand: Demand{3, 60 * time.Second}, Every: 15 * time.Second, Eager: eager, Within: Timeouts{Master: "unit"},
		Asks:     "dcos-mesos-master.service is active with the same main process throughout",
		Evidence: "systemctl show and /proc/PID on the node",
		Applies:  "always", Versions: "all", Restart: "its process changed, and runs from a package of the target where /proc tells",
	}, {
		Name: "registrar", Half: Quarantined,
		Demand: Demand{3, 20 * time.Second}, Every: 5 * time.Second, Eager: eager, Within: Timeouts{Master: "registrar"},
		Asks:     "registrar/log/recovered is 1 and registrar/log/ensemble_size the number of masters; the overlay's log likewise; missing is not ready",
		Evidence: "GET /metrics/snapshot of the node's own Mesos master",
		Applies:  "always; to the overlay's log where the master has overlay/log/recovered, or had it at the baseline",
		Versions: "all; up to 1.11 the names are written with escaped slashes", Restart: "the unit's process changed, asked before the metrics; master/uptime_secs is of a new process",
		Baseline: "whether there was an overlay log",
	}, {
		Name: "leader", Half: OfCluster,
		Demand: Demand{3, 15 * time.Second}, Every: 5 * time.Second, Eager: eager, Within: Timeouts{Master: "leader"},
		Asks:     "every master's metrics are read, exactly one has master/elected 1, a v1 call on it answers, and it has registrar/registry_size_bytes",
		Evidence: "GET /metrics/snapshot of every master, v1 GET_AGENTS of the leader; never /redirect",
		Applies:  "always", Versions: "all", Restart: "the leader's name is the identity of the streak: a failover restarts it",
	}, {
		Name: "registered", Half: Quarantined,
		Demand: Demand{3, 20 * time.Second}, Every: 5 * time.Second, Eager: eager, Within: Timeouts{Agent: "registered"},
		Return:   Demand{2, 5 * time.Second},
		Asks:     "the leader lists the agent as active under the same id, re-registered, with the target's Mesos; fails when it has been missing for agent_ping_timeout × max_agent_ping_timeouts, after which Mesos marks it unreachable",
		Evidence: "v1 GET_AGENTS of the leader; never slave/registered, which only says that a leader was detected",
		Applies:  "always", Versions: "all; an agent can be deactivated from 2.0 on", Restart: "process of the Mesos unit changed, and the registration's times changed at the leader",
		Baseline: "id, times, and whether somebody had deactivated it",
	}, {
		Name: "mesos-version", Half: Quarantined, AfterPatch: true,
		Demand: Demand{Need: 1}, Every: 5 * time.Second, Eager: eager, Within: Timeouts{Master: "unit", Agent: "registered"},
		Asks:     "the running Mesos daemon says the target's version; where the plan does not know it, runs from a package of the target",
		Evidence: "GET /version of the node's Mesos daemon; never mesos-master --version, which reads the new file",
		Applies:  "always", Versions: "all", Restart: "process of the Mesos unit changed, asked before the version",
	}, {
		Name: "cockroach", Half: Quarantined,
		Demand: Demand{3, 30 * time.Second}, Every: 10 * time.Second, Eager: 2 * time.Second, Within: Timeouts{Master: "ranges"},
		Asks:     "every master's row is live and rewritten within the row of samples; 0 ranges under-replicated or unavailable; other rows are named",
		Evidence: "cockroach node status --ranges on the node, columns by name",
		Applies:  "not when the survey of the node shows active packages and none is cockroach--",
		Versions: "Enterprise, and open from 1.13 on; CockroachDB 1.1 (1.11, 1.12), 2.0 (1.13), 2.1 (2.0, 2.1), 19.1 (2.2)",
		Restart:  "process of dcos-cockroach.service changed and its own row's started_at changed", Baseline: "started_at of its own row",
	}, {
		Name: "etcd", Half: Quarantined, Package: "etcd",
		Demand: Demand{3, 30 * time.Second}, Every: 10 * time.Second, Eager: time.Second, Within: Timeouts{Master: "exhibitor"},
		Asks:     "the node's etcd says that it is healthy: it could read through a quorum",
		Evidence: "GET :2379/health by curl on the node, HTTP 200",
		Applies:  "not when the survey of the node shows active packages and none is etcd--",
		Versions: "from 2.1 on; in Enterprise with the client certificate that dcos-etcdctl uses",
		Restart:  "process of dcos-etcd.service changed",
	}, {
		Name: "tasks", Half: Serving, Waivable: true, AfterPatch: true,
		Demand: Demand{2, 10 * time.Second}, Every: 5 * time.Second, Eager: 500 * time.Millisecond, Within: Timeouts{Agent: "tasks"},
		Asks:     "each task that ran here runs again, or finished, failed or was killed by itself or its framework; lost, gone, unreachable, or ended by the agent's restart is a failure",
		Evidence: "v1 GET_TASKS of the leader, by task id",
		Applies:  "always", Versions: "all", Restart: "process of the Mesos unit changed", Baseline: "ids of the tasks that ran here",
	}, {
		Name: "check-runner", Half: Serving, Waivable: true,
		Demand: Demand{2, 60 * time.Second}, Every: 30 * time.Second, Eager: 5 * time.Second, Within: Timeouts{Master: "exhibitor+checks", Agent: "checks"},
		Asks:     "node-poststart and cluster: a check with a status other than 0 and 1 (above 2 it is unknown), or one that could not be run, is red; status 1 warns",
		Evidence: "JSON of dcos-check-runner on the node, whose exit code says nothing",
		Applies:  "always", Versions: "all; in 1.11 the runner is dcos-diagnostics", Restart: "process of the Mesos unit changed", Baseline: "red checks may stay red, and are shown",
		Deferred: "checks of masters under expected_red_until (components_master); asked again when all masters are done",
	}, {
		Name: "units", Half: Serving, Waivable: true,
		Demand: Demand{2, 60 * time.Second}, Every: 20 * time.Second, Eager: time.Second, Within: Timeouts{Master: "exhibitor+units", Agent: "units"},
		Asks:     "every service, socket and timer of DC/OS is up, or rests as a oneshot or a woken service may; the Mesos unit and its socket, dcos-net, Exhibitor and dcos-telegraf.socket in any case; dcos-net keeps its process",
		Evidence: "systemctl show of every unit in dcos.target.wants, and /proc/PID on the node",
		Applies:  "always", Versions: "all; dcos-telegraf from 1.12 on, the agent's socket from 2.1 on", Restart: "process of the Mesos unit changed", Baseline: "red units may stay red, and are shown; a service that ran must run",
		Deferred: "units of masters under expected_red_until (Marathon, Metronome, Cosmos, Admin Router, the timed checks); asked again when all masters are done",
	}, {
		Name: "agents-back", Half: OfCluster, Waivable: true, AfterPatch: true,
		Demand: Demand{2, 10 * time.Second}, Every: 5 * time.Second, Eager: eager, Within: Timeouts{Master: "agents_back"},
		Asks:     "the leader works, recovers none of the baseline's agents any more, and lists each of them as active",
		Evidence: "v1 GET_AGENTS of the leader, by agent id",
		Applies:  "always", Versions: "all", Restart: "process of the Mesos unit changed", Baseline: "ids of the active agents; excluded nodes are named and not waited for",
	}}
}
