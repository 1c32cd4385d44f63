package checks_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// simNodes reaches the nodes of a simulated cluster over real SSH.
type simNodes struct{ pool *sshexec.Pool }

func (n simNodes) Node(ctx context.Context, name inventory.NodeName) (checks.Prober, error) {
	return n.pool.Get(ctx, string(name))
}

// sim is a simulated cluster and what checks need of it.
type sim struct {
	t       *testing.T
	cluster *simcluster.Cluster
	nodes   simNodes
	plan    *plan.Plan
	sha     string
}

func newSim(t *testing.T, opt simcluster.Options) *sim {
	t.Helper()
	c, err := simcluster.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	dir := t.TempDir()
	if err := c.WriteFiles(dir); err != nil {
		t.Fatal(err)
	}
	pool := sshexec.NewPool(sshexec.Config{
		Identities: []string{filepath.Join(dir, "id_ed25519")}, KnownHosts: []string{filepath.Join(dir, "known_hosts")}, NetDial: c.DialContext,
	}, func(name string) (sshexec.Target, error) {
		return sshexec.Target{Name: name, Addr: net.JoinHostPort(c.Address(name), strconv.Itoa(c.Port())), User: "ops"}, nil
	})
	t.Cleanup(pool.Close)
	script, err := dcos.ParseScript(c.Script())
	if err != nil {
		t.Fatal(err)
	}
	inv, err := inventory.Load(filepath.Join(dir, "inventory.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(c.Script())
	s := &sim{t: t, cluster: c, nodes: simNodes{pool}, sha: hex.EncodeToString(sum[:]), plan: &plan.Plan{Script: script, From: script.From, To: script.To, Mesos: inv.Target.Mesos}}
	for _, role := range []dcos.Role{dcos.Master, dcos.PrivateAgent, dcos.PublicAgent} {
		for _, name := range c.Names(role) {
			s.plan.Nodes = append(s.plan.Nodes, plan.Node{Name: inventory.NodeName(name), IP: c.Address(name), Role: role, Disposition: plan.Patch})
		}
	}
	return s
}

// prepare puts program and script on a node.
func (s *sim) prepare(name inventory.NodeName) *sshexec.Conn {
	s.t.Helper()
	ctx := s.t.Context()
	conn, err := s.nodes.pool.Get(ctx, string(name))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, f := range []struct {
		dst     string
		content []byte
	}{{node.InstalledPath(), node.Program()}, {node.ScriptPath(s.sha), s.cluster.Script()}} {
		err := conn.Put(ctx, sshexec.PutFile{Content: f.content, Dst: f.dst, Mode: 0o700, Install: func(tmp string) sshexec.Cmd { return node.InstallCmd("0700", tmp, f.dst) }})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	if err := node.Init(ctx, conn, simClaim()); err != nil {
		s.t.Fatal(err)
	}
	return conn
}

func simClaim() node.Claim { return node.Claim{Epoch: 1, Run: "run1", Owner: "me on here"} }

// lock takes the cluster lock, as a run does before it touches anything.
func (s *sim) lock() {
	s.t.Helper()
	for _, m := range s.plan.Masters() {
		if err := node.Lock(s.t.Context(), s.prepare(m.Name), simClaim()); err != nil {
			s.t.Fatal(err)
		}
	}
}

// launch starts the patch as the patcher does.
func (s *sim) launch(name inventory.NodeName) {
	s.t.Helper()
	h := s.prepare(name)
	up, err := node.ReadUptime(s.t.Context(), h)
	if err != nil {
		s.t.Fatal(err)
	}
	start := node.Start{Claim: simClaim(), SHA256: s.sha, Attempt: 1, From: s.plan.From, Until: up.At(time.Minute)}
	if _, err := node.Launch(s.t.Context(), h, start); err != nil {
		s.t.Fatal(err)
	}
}

// verify takes a baseline, patches, and awaits all gates of the role, which
// must pass.
func (s *sim) verify(c *checks.Cluster, name inventory.NodeName) time.Duration {
	s.t.Helper()
	begin := time.Now()
	n, _ := s.plan.Node(name)
	if news, _, err := s.await(c, n, checks.Gates(n.Role)); err != nil {
		s.t.Errorf("%s: %v\n%s", name, err, strings.Join(news, "\n"))
	}
	return time.Since(begin)
}

// await takes a baseline, patches, and awaits the gates.
func (s *sim) await(c *checks.Cluster, n plan.Node, gates []plan.GateSpec) (news []string, findings []dcos.Finding, err error) {
	s.t.Helper()
	ctx := s.t.Context()
	base, err := c.Baseline(ctx, n.Name)
	if err != nil {
		s.t.Fatal(err)
	}
	s.launch(n.Name)
	begin := time.Now()
	findings, err = c.Await(ctx, plan.Task{
		Run: "run1", Epoch: 1, Attempt: 1, Baseline: base,
		Step: plan.Step{ID: plan.StepID(n.Name + "/serve"), Node: n.Name, Action: plan.ActionServe, Gates: gates},
	}, func(f dcos.Finding) {
		news = append(news, fmt.Sprintf("%6s %s %s %d/%d %s", time.Since(begin).Round(time.Second), f.Check, f.Status, f.Have, f.Need, f.Observed))
	})
	return news, findings, err
}

// complaints are what the simulated cluster holds against us. A question that
// we stopped asking half-way is none.
func (s *sim) complaints() []string {
	all := slices.Concat(s.cluster.Drift(), s.cluster.Violations())
	return slices.DeleteFunc(all, func(c string) bool { return strings.HasSuffix(c, "(standard input is not the node program)") })
}

func TestTheGatesPassOnASimulatedClusterThatIsPatched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSim(t, simcluster.Options{Private: 2, Public: 1, Seed: 7})
		c := checks.New(s.nodes, checks.SubjectOf(s.plan))
		obs := c.Observe(t.Context(), plan.Ask{Kind: plan.StageGroup})
		if !obs.Green || len(obs.Quorums) != 4 || len(obs.Out)+len(obs.Unknown) != 0 {
			t.Fatalf("the steady cluster: %+v", obs)
		}
		s.lock()
		masters := s.plan.Masters()
		slices.SortStableFunc(masters, func(a, b plan.Node) int { return obs.Weights[a.Name] - obs.Weights[b.Name] })
		for _, n := range append(masters, s.plan.Nodes[3:]...) {
			took := s.verify(c, n.Name)
			if took < time.Minute {
				t.Errorf("%s passed after %s: less than the spans of its gates", n.Name, took)
			}
			if t.Failed() {
				return
			}
		}
		if obs := c.Observe(t.Context(), plan.Ask{Kind: plan.StageGroup}); !obs.Green || len(obs.Out) != 0 {
			t.Errorf("the patched cluster: %+v", obs)
		}
		for _, d := range s.complaints() {
			t.Errorf("the simulated cluster says: %s", d)
		}
	})
}

func TestTheGatesJudgeWhatGoesWrong(t *testing.T) {
	if testing.Short() {
		t.Skip("twenty seconds of simulated clusters")
	}
	for i, c := range []struct {
		name  string
		fault fault.Kind
		node  inventory.NodeName
		gate  string // that refuses; empty: all pass
		says  string // of the refusing gate, or of any finding
	}{
		{"the old daemons answer happily for good", fault.StaleHappy, "m3", "mesos-master", "still the old process"},
		{"an agent's old daemon answers happily for ever", fault.StaleHappy, "a1", "registered", "still the old process"},
		{"Exhibitor stays latent", fault.ExhibitorLatent, "m3", "exhibitor", "latent"},
		{"the registrar's metric never appears", fault.RegistrarMissing, "m3", "registrar", "missing"},
		{"etcd finds no quorum", fault.EtcdSick, "m3", "etcd", "HTTP 503"},
		{"the overlay's log never recovers", fault.OverlayStuck, "m3", "registrar", "overlay/log/recovered is 0"},
		{"ranges stay under-replicated", fault.UnderReplicated, "m3", "cockroach", "under-replicated"},
		{"the agent registers under a new id", fault.AgentNewID, "a1", "registered", "new agent"},
		{"the agent never registers", fault.AgentNeverRegisters, "a1", "registered", "of 5m0s"},
		{"tasks are lost", fault.TasksDoNotReturn, "a1", "tasks", "lost"},
		{"a unit fails", fault.UnitRedAfter, "a1", "units", "dcos-log"},
		{"telegraf's socket stays down", fault.SocketDownAfter, "a1", "units", "dcos-telegraf.socket"},
		{"a check fails", fault.ChecksRedAfter, "a1", "check-runner", "red"},
		{"untidy: a batch job ends meanwhile", fault.BatchJobFinishes, "a1", "", "1 ended"},
		{"untidy: a unit had failed before", fault.UnitRedBefore, "a1", "", "red before too: dcos-log.service"},
		{"untidy: a check had failed before", fault.ChecksRedBefore, "a1", "", "red before too: node-poststart"},
	} {
		if raced && i%6 != 0 {
			continue // all of them without the race detector: make test runs both
		}
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSim(t, simcluster.Options{Private: 1, Seed: 3, OverlayLog: true, Faults: simcluster.Faults{{What: c.fault, Where: string(c.node)}}})
				s.lock()
				n, _ := s.plan.Node(c.node)
				gates := checks.Gates(n.Role)
				if c.gate != "" { // the others have their own rows
					gates = slices.DeleteFunc(gates, func(g plan.GateSpec) bool { return g.Gate != c.gate })
				}
				news, findings, err := s.await(checks.New(s.nodes, checks.SubjectOf(s.plan)), n, gates)
				if (err == nil) != (c.gate == "") {
					t.Errorf("got %v\n%s", err, strings.Join(news, "\n"))
				}
				if err == nil && !slices.ContainsFunc(findings, func(f dcos.Finding) bool { return strings.Contains(f.Observed, c.says) }) {
					t.Errorf("no finding shows %q: %+v", c.says, findings)
				}
				var gate *checks.GateError
				if err != nil && (!errors.As(err, &gate) || !slices.ContainsFunc(gate.Late, func(l checks.LateGate) bool {
					return l.Gate == c.gate && strings.Contains(l.Finding.Observed, c.says)
				})) {
					t.Errorf("%s did not refuse for %q: %v\n%s", c.gate, c.says, err, strings.Join(news, "\n"))
				}
			})
		})
	}
}

func TestAWaivedGateIsShownAndDoesNotStopItsNode(t *testing.T) {
	for _, c := range []struct {
		name   string
		waiver plan.Waiver
		passes bool
	}{
		{"waived for the node", plan.Waiver{Check: "units", Node: "a1", Reason: "INC-7", Until: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}, true},
		{"waived for another node", plan.Waiver{Check: "units", Node: "m1", Reason: "INC-7", Until: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}, false},
		{"waived for days that are over", plan.Waiver{Check: "units", Node: "a1", Reason: "INC-7", Until: time.Date(1999, 12, 1, 0, 0, 0, 0, time.UTC)}, false},
		{"another gate waived", plan.Waiver{Check: "tasks", Node: "a1", Reason: "INC-7", Until: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSim(t, simcluster.Options{Private: 1, Seed: 3, Faults: simcluster.Faults{{What: fault.UnitRedAfter, Where: "a1"}}})
				s.lock()
				s.plan.Waivers = []plan.Waiver{c.waiver}
				n, _ := s.plan.Node("a1")
				gates := slices.DeleteFunc(checks.Gates(n.Role), func(g plan.GateSpec) bool { return g.Gate != "units" })
				news, findings, err := s.await(checks.New(s.nodes, checks.SubjectOf(s.plan)), n, gates)
				if (err == nil) != c.passes {
					t.Fatalf("got %v\n%s", err, strings.Join(news, "\n"))
				}
				if c.passes && (findings[0].Status != dcos.Warned || !strings.Contains(findings[0].Observed, "INC-7") || !strings.Contains(findings[0].Observed, "dcos-log")) {
					t.Errorf("shown as %+v", findings[0])
				}
			})
		})
	}
}

// TestAPatchThatRunsOnAnyMasterTurnsTheClusterRed: another controller's, say,
// which has lost the run and does not know it. The cluster is as healthy as it
// was: nothing has been stopped yet.
func TestAPatchThatRunsOnAnyMasterTurnsTheClusterRed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSim(t, simcluster.Options{Private: 1, Seed: 5})
		c := checks.New(s.nodes, checks.SubjectOf(s.plan))
		if obs := c.Observe(t.Context(), plan.Ask{}); !obs.Green {
			t.Fatalf("not green before: %+v", obs.Findings)
		}
		s.lock()
		s.launch("m3")
		obs := c.Observe(t.Context(), plan.Ask{})
		i := slices.IndexFunc(obs.Findings, func(f dcos.Finding) bool { return f.Check == "at-rest" })
		if obs.Green || i < 0 || !strings.Contains(obs.Findings[i].Observed, "m3: a patch runs on it: dcos-patch-") || !slices.Equal(obs.DueTo["at-rest"], []inventory.NodeName{"m3"}) {
			t.Errorf("green %t, due to %v, findings %+v", obs.Green, obs.DueTo, obs.Findings)
		}
		if _, err := s.plan.ProveMaster(obs, "m1"); err == nil {
			t.Error("m1 may be taken while the script of m3 runs")
		}
	})
}
