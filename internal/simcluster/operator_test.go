package simcluster

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/answers"
	"github.com/dcos-patch/dcos-patch/maintenance"
	"github.com/dcos-patch/dcos-patch/maintenance/schedule"
	"github.com/dcos-patch/dcos-patch/mesos"
)

// operators are the product's own clients of the cluster's Mesos, through tunnels.
func operators(t *testing.T, c *Cluster) *mesos.Leading {
	t.Helper()
	var all []*mesos.Client
	for _, n := range c.masters() {
		all = append(all, client(t, c, n.name, "5050"))
	}
	return mesos.NewLeading(all...)
}

func client(t *testing.T, c *Cluster, node, port string) *mesos.Client {
	t.Helper()
	l := must(t, c, node)
	doer := &http.Client{Transport: &http.Transport{DialContext: l.ssh.DialContext, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return mesos.New(doer, "http://"+c.Address(node)+":"+port)
}

// seen is the agent of a node at the leader.
func (c *Cluster) seen(t *testing.T, l *mesos.Leading, node string) (dcos.Agent, bool) {
	t.Helper()
	all, err := mesos.Read(t.Context(), l, func(ctx context.Context, m *mesos.Client) (dcos.Agents, error) { return m.Agents(ctx) })
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all.Registered {
		if a.IP == c.Address(node) {
			return a, true
		}
	}
	return dcos.Agent{}, false
}

func TestADrainEndsAtTheAgentAfterItsMasterSaysSo(t *testing.T) {
	bubble(t, Options{Private: 2}, func(t *testing.T, c *Cluster) {
		lead := operators(t, c)
		a, _ := c.seen(t, lead, "a1")
		write := func(do func(context.Context, *mesos.Client) error) error { return lead.Write(t.Context(), do) }
		reactivate := func(ctx context.Context, m *mesos.Client) error { return m.Reactivate(ctx, a.ID) }
		c.Stubborn("a1", 0)
		err := write(func(ctx context.Context, m *mesos.Client) error { return m.Drain(ctx, a.ID, mesos.Drain{}) })
		if err != nil {
			t.Fatal(err)
		}
		if err := write(reactivate); !errors.Is(err, mesos.ErrDraining) {
			t.Errorf("a drain was called off: %v", err)
		}
		until(t, c, "the master says drained", func() bool { return c.byName["a1"].agent.record.drain.State == answers.Drained })
		agent := client(t, c, "a1", "5051")
		if self, err := agent.Self(t.Context()); err != nil || !self.Draining {
			t.Errorf("the agent itself: %+v, %v", self, err)
		}
		tasks, err := agent.Tasks(t.Context())
		if err != nil || len(tasks.Launched) != 0 || len(tasks.Completed) != 2 || tasks.Completed[0].State != answers.TaskKilled {
			t.Errorf("its tasks: %+v, %v", tasks, err)
		}
		time.Sleep(2 * time.Second)
		if self, err := agent.Self(t.Context()); err != nil || self.Draining {
			t.Errorf("the agent itself, later: %+v, %v", self, err)
		}
		if a, _ = c.seen(t, lead, "a1"); a.Active || !a.Deactivated || a.Drain != answers.Drained {
			t.Errorf("%+v", a)
		}
		if o := c.Operated(); !o["a1"].Deactivated || o["a1"].Drain.State != answers.Drained || o["a2"] != (Operated{}) {
			t.Errorf("the truth: %+v", o)
		}
		if err := write(reactivate); err != nil {
			t.Error(err)
		}
		if a, _ = c.seen(t, lead, "a1"); !a.Active || a.Deactivated || a.Drain != "" {
			t.Errorf("%+v", a)
		}
	})
}

// Reactivated as soon as the master says drained, an agent loses the next task (REC 310).
func TestATaskThatComesBeforeTheAgentHasDrainedIsLost(t *testing.T) {
	bubble(t, Options{Private: 1}, func(t *testing.T, c *Cluster) {
		lead := operators(t, c)
		a, _ := c.seen(t, lead, "a1")
		f := must(t, c, c.mesos.leader.name).subscribe()
		defer f.close()
		f.offer()
		if err := lead.Write(t.Context(), func(ctx context.Context, m *mesos.Client) error { return m.Drain(ctx, a.ID, mesos.Drain{}) }); err != nil {
			t.Fatal(err)
		}
		until(t, c, "the master says drained", func() bool { return c.byName["a1"].agent.record.drain.State == answers.Drained })
		if err := lead.Write(t.Context(), func(ctx context.Context, m *mesos.Client) error { return m.Reactivate(ctx, a.ID) }); err != nil {
			t.Fatal(err)
		}
		f.launch(f.offer(), "t1", "exit 0", asOffered)
		f.status(answers.TaskLost, "REASON_AGENT_DRAINING")
	})
}

func TestAMachineThatIsDownLosesItsTasksAndComesBackWithItsID(t *testing.T) {
	bubble(t, Options{Private: 2}, func(t *testing.T, c *Cluster) {
		lead, n := operators(t, c), c.byName["a1"]
		before, _ := c.seen(t, lead, "a1")
		machines := []dcos.Machine{{Hostname: n.ip, IP: n.ip}}
		window := dcos.MaintenanceWindow{Machines: machines, Start: time.Now(), Duration: time.Hour}.Scheduled()
		for _, do := range []func(context.Context, *mesos.Client) error{
			func(ctx context.Context, m *mesos.Client) error { return m.Deactivate(ctx, before.ID) },
			func(ctx context.Context, m *mesos.Client) error {
				return m.UpdateSchedule(ctx, []dcos.ScheduledWindow{window})
			},
			func(ctx context.Context, m *mesos.Client) error { return m.StartMaintenance(ctx, machines) },
		} {
			if err := lead.Write(t.Context(), do); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		if _, there := c.seen(t, lead, "a1"); there || n.unit(n.role.MesosUnit()).restarts < 3 {
			t.Errorf("listed: %t; its unit was started %d times", there, n.unit(n.role.MesosUnit()).restarts)
		}
		if o := c.Operated()["a1"]; !o.Down || !o.Scheduled || o.Deactivated || len(c.Maintenance().Windows) != 1 {
			t.Errorf("the truth: %+v, %+v", o, c.Maintenance())
		}
		for _, task := range c.Tasks("a1") {
			if task.State != answers.TaskLost || task.Reason != "REASON_AGENT_REMOVED" {
				t.Errorf("%+v", task)
			}
		}
		if err := lead.Write(t.Context(), func(ctx context.Context, m *mesos.Client) error { return m.StopMaintenance(ctx, machines) }); err != nil {
			t.Fatal(err)
		}
		until(t, c, "back", func() bool { return n.agent.record.active })
		after, _ := c.seen(t, lead, "a1")
		if after.ID != before.ID || after.Deactivated || after.ReregisteredAt.IsZero() {
			t.Errorf("%+v, before %+v", after, before)
		}
		windows, err := mesos.Read(t.Context(), lead, func(ctx context.Context, m *mesos.Client) ([]dcos.ScheduledWindow, error) { return m.Schedule(ctx) })
		if err != nil || len(windows) != 0 {
			t.Errorf("still scheduled: %v, %v", windows, err)
		}
	})
}

func TestAnAgentThatIsGoneDoesNotComeBackUnderItsID(t *testing.T) {
	bubble(t, Options{Private: 2}, func(t *testing.T, c *Cluster) {
		lead, n := operators(t, c), c.byName["a1"]
		a, _ := c.seen(t, lead, "a1")
		if err := lead.Write(t.Context(), func(ctx context.Context, m *mesos.Client) error { return m.MarkGone(ctx, a.ID) }); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Minute)
		if _, there := c.seen(t, lead, "a1"); there || n.agent.record.listed() || !c.Operated()["a1"].Gone {
			t.Error("it is listed")
		}
		err := lead.Write(t.Context(), func(ctx context.Context, m *mesos.Client) error { return m.Deactivate(ctx, a.ID) })
		if !errors.Is(err, mesos.ErrUnknownAgent) {
			t.Error(err)
		}
	})
}

// Without a quorum a leader says nothing to what it must store, and aborts (REC 419, 420).
func TestAWriteWithoutAQuorumHasNoAnswerAndEndsTheLeader(t *testing.T) {
	bubble(t, Options{Private: 1}, func(t *testing.T, c *Cluster) {
		lead := operators(t, c)
		a, _ := c.seen(t, lead, "a1")
		leave := c.enter()
		term := c.mesos.term
		for _, n := range c.masters() {
			if n != c.mesos.leader {
				n.stopMaster()
			}
		}
		leave()
		began := time.Now()
		err := lead.Write(t.Context(), func(ctx context.Context, m *mesos.Client) error { return m.Deactivate(ctx, a.ID) })
		var unknown *mesos.UnknownOutcomeError
		if took := time.Since(began); !errors.As(err, &unknown) || took < fetchTimeout || took > mesos.WriteTimeout {
			t.Errorf("%v after %s", err, took)
		}
		defer c.enter()()
		if c.mesos.leader != nil || c.mesos.term != term || c.byName["a1"].agent.record.inactive {
			t.Error("the leader goes on, or has stored it")
		}
	})
}

func TestMesosBeforeItDrainedDoesNotHaveTheCall(t *testing.T) {
	bubble(t, Options{Private: 1, From: "1.13.9", To: "1.13.10"}, func(t *testing.T, c *Cluster) {
		lead := operators(t, c)
		a, _ := c.seen(t, lead, "a1")
		for _, do := range []func(context.Context, *mesos.Client) error{
			func(ctx context.Context, m *mesos.Client) error { return m.Drain(ctx, a.ID, mesos.Drain{}) },
			func(ctx context.Context, m *mesos.Client) error { return m.Deactivate(ctx, a.ID) },
			func(ctx context.Context, m *mesos.Client) error { return m.Reactivate(ctx, a.ID) },
		} {
			if err := lead.Write(t.Context(), do); !errors.Is(err, mesos.ErrUnknownCall) {
				t.Error(err)
			}
		}
	})
}

func TestADrainGoesOnOverAFailoverAndWhileItsAgentIsAway(t *testing.T) {
	bubble(t, Options{Private: 2}, func(t *testing.T, c *Cluster) {
		lead, n := operators(t, c), c.byName["a1"]
		a, _ := c.seen(t, lead, "a1")
		leave := c.enter()
		n.stopDaemons()
		leave()
		if err := c.Order(answers.Order{Call: "DRAIN_AGENT", Agent: a.ID, Drain: answers.Drain{State: answers.Draining, MaxGrace: time.Minute}}); err != nil {
			t.Fatal(err)
		}
		leave = c.enter()
		c.mesos.leader.stopMaster()
		leave()
		until(t, c, "another leader", func() bool { return c.mesos.recovered })
		if n.agent.record.drain.State != answers.Draining || n.agent.tasks[0].State != answers.TaskRunning {
			t.Errorf("%+v, %+v", n.agent.record, n.agent.tasks[0])
		}
		leave = c.enter()
		n.startDaemons()
		leave()
		until(t, c, "drained", func() bool { return n.agent.record.drain.State == answers.Drained })
		if n.agent.id != a.ID || n.agent.tasks[0].State != answers.TaskKilled {
			t.Errorf("%+v", n.agent)
		}
	})
}

// While none leads nothing is sent; afterwards the next one is found, and knows what the
// last one stored.
func TestTheNextLeaderIsFoundAndKnowsWhatWasStored(t *testing.T) {
	bubble(t, Options{Private: 1}, func(t *testing.T, c *Cluster) {
		lead := operators(t, c)
		a, _ := c.seen(t, lead, "a1")
		deactivate := func(ctx context.Context, m *mesos.Client) error { return m.Deactivate(ctx, a.ID) }
		if err := lead.Write(t.Context(), deactivate); err != nil {
			t.Fatal(err)
		}
		leave := c.enter()
		c.mesos.leader.stopMaster()
		leave()
		if err := lead.Write(t.Context(), deactivate); !errors.Is(err, mesos.ErrNoLeader) {
			t.Errorf("while none leads: %v", err)
		}
		until(t, c, "another leader", func() bool { return c.mesos.recovered && c.byName["a1"].agent.record.active })
		if after, there := c.seen(t, lead, "a1"); !there || after.ID != a.ID || !after.Deactivated || after.Active {
			t.Errorf("%+v", after)
		}
	})
}

// An update of the schedule through the product's own clients: windows of others keep what
// they say, and what the leader did not answer is looked for at the next one.
func TestTheScheduleIsUpdatedWhileLeadersFail(t *testing.T) {
	bubble(t, Options{Private: 3}, func(t *testing.T, c *Cluster) {
		lead := operators(t, c)
		find := func(ctx context.Context) (schedule.Leader, error) { return lead.Find(ctx) }
		machine := func(name string) answers.MachineID { return c.byName[name].machine() }
		theirs := answers.Window{Machines: []answers.MachineID{machine("a1")}, Start: time.Unix(0, 7).UTC(), For: time.Second}
		if err := c.Order(answers.Order{Call: "UPDATE_MAINTENANCE_SCHEDULE", Windows: []answers.Window{theirs}}); err != nil {
			t.Fatal(err)
		}
		away := func(name, ip string) maintenance.Change {
			return maintenance.Change{Add: []dcos.MaintenanceWindow{{Machines: []dcos.Machine{{Hostname: machine(name).Hostname, IP: ip}}, Start: time.Now(), Duration: time.Hour}}}
		}
		ours := away("a2", machine("a2").IP)
		r, err := schedule.Update(t.Context(), find, ours)
		if err != nil || r.Posts != 1 || len(r.Warnings)+len(r.Lost) != 0 {
			t.Fatalf("%+v, %v", r, err)
		}
		leave := c.enter()
		c.mesos.leader.stopMaster()
		leave()
		if _, err := schedule.Update(t.Context(), find, maintenance.Change{Cancel: ours.Add, Add: away("a3", machine("a3").IP).Add}); err != nil {
			t.Fatal(err)
		}
		if o := c.Operated(); !o["a1"].Scheduled || o["a2"].Scheduled || !o["a3"].Scheduled || !reflect.DeepEqual(c.Maintenance().Windows[0], theirs) {
			t.Errorf("%+v, %+v", o, c.Maintenance())
		}
		before := c.Maintenance()
		for is, change := range map[error]maintenance.Change{
			maintenance.ErrScheduled: away("a1", machine("a1").IP),
			maintenance.ErrAnnounced: away("a2", "10.9.9.9"),
			maintenance.ErrNoName:    away("a2", ""),
		} {
			if _, err := schedule.Update(t.Context(), find, change); !errors.Is(err, is) {
				t.Errorf("%v, want %v", err, is)
			}
		}
		if !reflect.DeepEqual(c.Maintenance(), before) {
			t.Errorf("%+v, before %+v", c.Maintenance(), before)
		}
	})
}
