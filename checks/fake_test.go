package checks

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/memnet"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// fakeCluster is three masters and one agent, as data; m2 leads Mesos, m1
// leads ZooKeeper. Its lock also guards its nodes.
type fakeCluster struct {
	mu     sync.Mutex
	nodes  map[inventory.NodeName]*fakeNode
	agents []dcos.Agent
	tasks  []dcos.AgentTask
	leader inventory.NodeName
	began  time.Time
	takes  time.Duration // every answer of a node

	scheduled, down []string // addresses of machines under maintenance
	noUpkeep        bool     // nothing is said of maintenance

	recovered []dcos.Agent // in the registry, not back since the failover
}

// fakeNode answers the node program's verbs and the daemons' HTTP.
type fakeNode struct {
	node    plan.Node
	in      *fakeCluster
	pid     int // of every unit's main process
	since   time.Time
	down    error            // the node cannot be reached
	broken  map[string]error // a verb or an HTTP path or "srvr" that fails
	hung    map[string]bool  // likewise, that never answers
	late    time.Duration    // its metrics
	metrics map[string]float64
	reads   []time.Time // of /metrics/snapshot
	noIAM   bool
	updated time.Time // of every row, when not zero: frozen
	units   string    // of `units --dcos`; empty: a tidy node
}

func newFake() *fakeCluster {
	f := &fakeCluster{nodes: make(map[inventory.NodeName]*fakeNode), leader: "m2", began: time.Now()}
	for _, n := range fakeSubject().Nodes {
		f.nodes[n.Name] = &fakeNode{
			node: n, in: f, pid: 100, since: f.began.AddDate(0, 0, -10),
			broken: map[string]error{}, hung: map[string]bool{}, metrics: map[string]float64{},
		}
	}
	f.agents = []dcos.Agent{{ID: "x-S41", IP: "10.0.1.37", Version: "1.10.0", Active: true, RegisteredAt: f.began.AddDate(0, 0, -90), ReregisteredAt: f.began.AddDate(0, 0, -10)}}
	f.tasks = []dcos.AgentTask{{ID: "web.1", AgentID: "x-S41", State: "TASK_RUNNING"}}
	return f
}

func fakeSubject() Subject {
	return Subject{
		Nodes:    append(threeMasters(), agentNode()),
		Packages: []string{newMesos, newerRoot, "dcos-config--setup_new"}, Mesos: "1.10.1",
	}
}

// set changes the cluster under its lock.
func (f *fakeCluster) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

// patch is what a patch does to a node: other processes.
func (n *fakeNode) patch() { n.pid, n.since = n.pid+100, time.Now() }

func (f *fakeCluster) Node(_ context.Context, name inventory.NodeName) (Prober, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.nodes[name]
	if n.down != nil {
		return nil, n.down
	}
	return n, nil
}

// Run answers a verb of the node program.
func (n *fakeNode) Run(ctx context.Context, c sshexec.Cmd) (sshexec.Result, error) {
	args := c.Argv[3:] // /bin/sh -s -- VERB ARGS...
	rest(ctx, n.in.takes)
	n.in.mu.Lock()
	hung, err, out := n.hung[args[0]], n.broken[args[0]], n.verb(args)
	n.in.mu.Unlock()
	if hung {
		<-ctx.Done()
		return sshexec.Result{}, &sshexec.LostError{Node: string(n.node.Name), Err: ctx.Err()}
	}
	if err != nil {
		return sshexec.Result{}, err
	}
	return sshexec.Result{Stdout: []byte(out)}, nil
}

func (n *fakeNode) verb(args []string) string {
	switch args[0] {
	case "survey":
		s := "program 1\nip " + n.node.IP + "\nactive " + newMesos + "\n"
		if !n.noIAM {
			s += "active " + newerRoot + "\n"
		}
		return s
	case "units":
		if args[1] != "--dcos" {
			return n.unitBlock(args[1])
		}
		if n.units != "" {
			return n.units
		}
		return n.unitBlock(n.node.Role.MesosUnit())
	case "checks":
		return `{"status": 0, "checks": {}}` + "\nexit 0\n"
	case "exhibitor":
		var list []map[string]any
		for _, m := range threeMasters() {
			list = append(list, map[string]any{"code": 3, "description": "serving", "hostname": m.IP, "isLeader": m.Name == "m1"})
		}
		b, _ := json.Marshal(list)
		return "status 200\n" + string(b)
	case "cockroach":
		s := "id\taddress\tbuild\tstarted_at\tupdated_at\tis_available\tis_live\treplicas_leaders\treplicas_leaseholders\tranges\tranges_unavailable\tranges_underreplicated\n"
		for i, m := range threeMasters() {
			updated := n.updated
			if updated.IsZero() {
				updated = time.Now().Truncate(10 * time.Second)
			}
			const format = "2006-01-02 15:04:05.999999-07:00"
			s += fmt.Sprintf("%d\t%s:26257\tv2.1.8\t%s\t%s\ttrue\ttrue\t1\t1\t10\t0\t0\n", i+1, m.IP,
				n.in.nodes[m.Name].since.UTC().Format(format), updated.UTC().Format(format))
		}
		return s
	}
	panic("the fake does not know the verb " + args[0])
}

func (n *fakeNode) unitBlock(name string) string {
	id := oldMesos
	if n.pid != 100 {
		id = newMesos
	}
	return fmt.Sprintf("Id=%s\nLoadState=loaded\nActiveState=active\nSubState=running\nResult=success\nMainPID=%d\nActiveEnterTimestampMonotonic=1\nStartTicks=%d\nExe=/opt/mesosphere/packages/%s/bin/x\nBootID=boot-1\n",
		name, n.pid, n.pid*7, id)
}

// DialContext opens a connection that carries one question.
func (n *fakeNode) DialContext(_ context.Context, _, addr string) (net.Conn, error) {
	ours, theirs := memnet.Pipe(memnet.Addr("controller:1"), memnet.Addr(addr))
	go func() {
		defer theirs.Close()
		if strings.HasSuffix(addr, ":2181") {
			n.fourLetters(theirs)
			return
		}
		req, err := http.ReadRequest(bufio.NewReader(theirs))
		if err != nil {
			return
		}
		body, _ := io.ReadAll(req.Body)
		rest(context.Background(), n.in.takes)
		if req.URL.Path == dcos.MetricsSnapshot {
			rest(context.Background(), n.late)
		}
		status, answer := n.serve(req.URL.Path, string(body))
		if status == 0 {
			io.Copy(io.Discard, theirs) // never answers; ends when the asker gives up
			return
		}
		resp := http.Response{
			StatusCode: status, ProtoMajor: 1, ProtoMinor: 1, ContentLength: int64(len(answer)), Close: true,
			Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(answer)),
		}
		resp.Write(theirs)
	}()
	return ours, nil
}

func (n *fakeNode) fourLetters(conn net.Conn) {
	word := make([]byte, 4)
	if _, err := io.ReadFull(conn, word); err != nil {
		return
	}
	n.in.mu.Lock()
	err, hung := n.broken[string(word)], n.hung[string(word)]
	n.in.mu.Unlock()
	mode := "follower"
	if n.node.Name == "m1" {
		mode = "leader"
	}
	switch {
	case hung:
		io.Copy(io.Discard, conn)
	case err != nil:
		io.WriteString(conn, "This ZooKeeper instance is not currently serving requests\n")
	case string(word) == "mntr":
		fmt.Fprintf(conn, "zk_version\t3.4.14\nzk_server_state\t%s\nzk_followers\t2\nzk_synced_followers\t2\n", mode)
	default:
		fmt.Fprintf(conn, "Zookeeper version: 3.4.14, built on 03/06/2019\nMode: %s\nNode count: 9\n", mode)
	}
}

// serve answers a request; status 0 never does.
func (n *fakeNode) serve(path, body string) (int, string) {
	n.in.mu.Lock()
	defer n.in.mu.Unlock()
	switch {
	case n.hung[path]:
		return 0, ""
	case n.broken[path] != nil:
		return 503, n.broken[path].Error()
	}
	switch path {
	case dcos.MetricsSnapshot:
		n.reads = append(n.reads, time.Now())
		return 200, asJSON(n.snapshot())
	case "/version":
		v := "1.10.0"
		if n.pid != 100 {
			v = "1.10.1"
		}
		return 200, asJSON(map[string]string{"version": v, "git_sha": "abc"})
	case "/flags":
		return 200, `{"flags": {"agent_ping_timeout": "15secs", "max_agent_ping_timeouts": "20", "agent_reregister_timeout": "10mins"}}`
	case "/v2/leader":
		return 200, `{"leader": "10.0.0.3:8080"}`
	case "/api/v1":
		if n.in.leader != n.node.Name {
			return 503, "No leader elected"
		}
		return n.in.call(body)
	}
	return 404, ""
}

func (n *fakeNode) snapshot() map[string]float64 {
	up := time.Since(n.since).Seconds()
	m := map[string]float64{"slave/registered": 1, "slave/uptime_secs": up}
	if n.node.Role == dcos.Master {
		m = map[string]float64{"master/elected": 0, "master/uptime_secs": up, "registrar/log/recovered": 1, "registrar/log/ensemble_size": 3}
		if n.in.leader == n.node.Name {
			m["master/elected"], m["registrar/registry_size_bytes"] = 1, 512
		}
	}
	for k, v := range n.metrics {
		m[k] = v
	}
	return m
}

// call answers a v1 call of the leader.
func (f *fakeCluster) call(body string) (int, string) {
	type value map[string]string
	if strings.Contains(body, "GET_TASKS") {
		tasks := []any{}
		for _, t := range f.tasks {
			tasks = append(tasks, map[string]any{
				"name": t.ID, "task_id": value{"value": t.ID}, "framework_id": value{"value": "f"}, "agent_id": value{"value": t.AgentID}, "state": t.State,
				"statuses": []any{map[string]any{"reason": t.Reason}},
			})
		}
		return 200, asJSON(map[string]any{"type": "GET_TASKS", "get_tasks": map[string]any{"tasks": tasks}})
	}
	if strings.Contains(body, "GET_MAINTENANCE") {
		return f.maintained(body)
	}
	agents := []any{}
	for _, g := range f.agents {
		agents = append(agents, map[string]any{
			"agent_info": map[string]any{"id": value{"value": g.ID}, "hostname": g.IP, "port": 5051},
			"active":     g.Active, "deactivated": g.Deactivated, "version": g.Version, "pid": "slave(1)@" + g.IP + ":5051",
			"registered_time": map[string]int64{"nanoseconds": g.RegisteredAt.UnixNano()}, "reregistered_time": map[string]int64{"nanoseconds": g.ReregisteredAt.UnixNano()},
		})
	}
	recovered := []any{}
	for _, g := range f.recovered {
		recovered = append(recovered, map[string]any{"id": value{"value": g.ID}, "hostname": g.Hostname})
	}
	return 200, asJSON(map[string]any{"type": "GET_AGENTS", "get_agents": map[string]any{"agents": agents, "recovered_agents": recovered}})
}

// maintained answers what is asked of maintenance.
func (f *fakeCluster) maintained(body string) (int, string) {
	if f.noUpkeep {
		return 500, "no idea"
	}
	down, draining, windows := []any{}, []any{}, []any{}
	for _, ip := range f.down {
		down = append(down, dcos.Machine{IP: ip})
	}
	for _, ip := range f.scheduled {
		draining = append(draining, map[string]any{"id": dcos.Machine{IP: ip}})
		windows = append(windows, map[string]any{"machine_ids": []any{dcos.Machine{IP: ip}}, "unavailability": map[string]any{"start": map[string]int64{"nanoseconds": f.began.UnixNano()}}})
	}
	if strings.Contains(body, "SCHEDULE") {
		return 200, asJSON(map[string]any{"type": "GET_MAINTENANCE_SCHEDULE", "get_maintenance_schedule": map[string]any{"schedule": map[string]any{"windows": windows}}})
	}
	return 200, asJSON(map[string]any{"type": "GET_MAINTENANCE_STATUS", "get_maintenance_status": map[string]any{"status": map[string]any{"draining_machines": draining, "down_machines": down}}})
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

var errDown = errors.New("connecting to 10.0.0.1:22: connection refused")
