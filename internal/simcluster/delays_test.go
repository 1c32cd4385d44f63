package simcluster

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pkg/sftp"

	"github.com/dcos-patch/dcos-patch/internal/answers"
	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// until waits for a condition of the model, and gives how long it took.
func until(t *testing.T, c *Cluster, what string, holds func() bool) time.Duration {
	t.Helper()
	from := time.Now()
	for range 20_000 {
		leave := c.enter()
		ok := holds()
		leave()
		if ok {
			return time.Since(from)
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("%s: not within %v", what, time.Since(from))
	return 0
}

func between(t *testing.T, what string, took, lo, hi time.Duration) {
	t.Helper()
	if took < lo || took > hi {
		t.Errorf("%s took %v, want %v to %v", what, took, lo, hi)
	}
}

func TestALostLeaderIsFollowedByAnotherAndTheAgentsComeBack(t *testing.T) {
	bubble(t, Options{Private: 3}, func(t *testing.T, c *Cluster) {
		old := c.mesos.leader
		standby := c.byName[map[bool]string{true: "m2", false: "m1"}[old.name == "m1"]]
		id := c.byName["a1"].agent.id
		leave := c.enter()
		old.stopDaemons()
		old.startDaemons()
		leave()
		// While the dead leader's session lasts, standbys redirect to it, and
		// agents go on saying that they are registered.
		time.Sleep(3 * time.Second)
		res, _, err := must(t, c, standby.name).http("GET", "http://"+standby.ip+":5050/slaves", nil)
		if err != nil || res.StatusCode != 307 || !strings.Contains(res.Header.Get("Location"), old.ip) {
			t.Errorf("%v %v", res, err)
		}
		if m := must(t, c, "a1").get("5051", "/metrics/snapshot"); m["slave/registered"] != 1.0 {
			t.Error("the agent has noticed")
		}
		took := until(t, c, "election", func() bool { return c.mesos.leader != nil })
		between(t, "the election", took+3*time.Second, 8*time.Second, 10500*time.Millisecond)
		if c.mesos.leader == old {
			t.Error("the old leader leads again")
		}
		if status, _ := must(t, c, c.mesos.leader.name).v1("5050", "GET_AGENTS"); status != 503 {
			t.Errorf("GET_AGENTS of a leader that has not recovered: %d", status)
		}
		until(t, c, "recovery", func() bool { return c.mesos.recovered })
		if _, got := must(t, c, c.mesos.leader.name).v1("5050", "GET_AGENTS"); len(got["recovered_agents"].([]any)) == 0 {
			t.Errorf("%v", got)
		}
		until(t, c, "agents", func() bool { return c.byName["a1"].agent.record.active })
		if a := c.byName["a1"].agent; a.id != id || a.record.reregistered.IsZero() || a.tasks[0].State != answers.TaskRunning {
			t.Errorf("%+v", a)
		}
	})
}

func TestExhibitorServesNoSoonerThanAMinuteAfterItsStart(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, c *Cluster) {
		n := c.byName["m1"]
		leave := c.enter()
		n.stopDaemons()
		n.startDaemons()
		leave()
		time.Sleep(59 * time.Second)
		leave = c.enter()
		if n.master.up || n.exhibitor.state == answers.ExhibitorServing {
			t.Errorf("after 59 s mesos-master 2.1.0 runs: %v, Exhibitor is %v", n.master.up, n.exhibitor.state)
		}
		leave()
		between(t, "serving", until(t, c, "serving", func() bool { return n.exhibitor.state == answers.ExhibitorServing }), time.Second, 6*time.Second)
		until(t, c, "mesos-master", func() bool { return n.master.up })
	})
}

func TestAMasterOf210WaitsForAllOthersAndOneOf211DoesNot(t *testing.T) {
	for version, waits := range map[string]bool{"2.1.0": true, "2.1.1": false} {
		faults := Faults{}
		if !waits {
			faults = Faults{{What: fault.AtTarget, Where: "m1"}}
		}
		bubble(t, Options{Faults: faults}, func(t *testing.T, c *Cluster) {
			n := c.byName["m1"]
			leave := c.enter()
			c.byName["m3"].powerOff()
			n.stopDaemons()
			n.startDaemons()
			leave()
			time.Sleep(20 * time.Minute)
			defer c.enter()()
			if n.master.up == waits {
				t.Errorf("%s: mesos-master runs: %v", version, n.master.up)
			}
		})
	}
}

func TestWithoutAZooKeeperQuorumTheLeaderGivesUp(t *testing.T) {
	bubble(t, Options{Private: 1}, func(t *testing.T, c *Cluster) {
		lead := c.mesos.leader
		leave := c.enter()
		for _, n := range c.masters() {
			if n != lead {
				n.powerOff()
			}
		}
		leave()
		between(t, "giving up", until(t, c, "giving up", func() bool { return c.mesos.leader == nil }), 9*time.Second, 11*time.Second)
		until(t, c, "agents notice", func() bool { return !c.byName["a1"].detects() })
	})
}

func TestAnAgentIsGivenUpAfterItsPings(t *testing.T) {
	bubble(t, Options{Private: 1}, func(t *testing.T, c *Cluster) {
		n := c.byName["a1"]
		leave := c.enter()
		n.stopDaemons()
		leave()
		took := until(t, c, "unreachable", func() bool { return n.agent.record.gone })
		between(t, "unreachable", took, 300*time.Second, 316*time.Second)
		leave = c.enter()
		n.startDaemons()
		leave()
		until(t, c, "back", func() bool { return n.agent.record.active })
		if len(n.agent.tasks) != 2 || n.agent.tasks[0].State != answers.TaskRunning || n.agent.tasks[1].State != answers.TaskRunning {
			t.Errorf("%+v", n.agent.tasks[0])
		}
	})
}

func TestRangesAreUnderReplicatedForAWhileAfterAMastersReturn(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, c *Cluster) {
		l, n := must(t, c, "m2"), c.byName["m1"]
		column := func() int { return strings.Count(l.verb("cockroach"), "\t23\n") }
		if column() != 0 {
			t.Fatal("under-replicated from the start")
		}
		leave := c.enter()
		n.stopDaemons()
		leave()
		if column() != 0 {
			t.Error("the status knows at once: it is written every ten seconds")
		}
		time.Sleep(11 * time.Second)
		if column() == 0 {
			t.Error("nothing is under-replicated while a node is away")
		}
		leave = c.enter()
		n.startDaemons()
		leave()
		until(t, c, "cockroach", func() bool { return n.cockroach.up })
		if column() == 0 {
			t.Error("repaired at once")
		}
		time.Sleep(51 * time.Second)
		if column() != 0 {
			t.Errorf("not repaired: %s", l.verb("cockroach"))
		}
	})
}

func TestMetricsAreAnsweredTwiceASecondAndQueued(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, c *Cluster) {
		l := must(t, c, "m1")
		from := time.Now()
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() { l.get("5050", "/metrics/snapshot") })
		}
		all.Wait()
		between(t, "ten requests at once", time.Since(from), 4500*time.Millisecond, 4600*time.Millisecond)
	})
}

func TestATimeScaleMakesEverythingFaster(t *testing.T) {
	bubble(t, Options{TimeScale: 0.02}, func(t *testing.T, c *Cluster) {
		r := begin(t, c, true)
		from := time.Now()
		r.launch("m1")
		r.back("m1")
		between(t, "a master", time.Since(from), time.Second, 5*time.Second)
	})
}

func TestUnitsShowNoRestartsOnSystemd219(t *testing.T) {
	for systemd, want := range map[Systemd]bool{Systemd219: false, Systemd247: true} {
		bubble(t, Options{Systemd: systemd}, func(t *testing.T, c *Cluster) {
			if out := showUnits(c.byName["m1"], claim{}, []string{"dcos-mesos-master.service"}).out; strings.Contains(out, "NRestarts=") != want {
				t.Errorf("%d: %s", systemd, out)
			}
		})
	}
}

func TestNodesOfSystemd219RefuseSFTPAndSudoWithoutATerminal(t *testing.T) {
	bubble(t, Options{Systemd: Systemd219}, func(t *testing.T, c *Cluster) {
		l := must(t, c, "m1")
		if _, stderr, code := l.run("sudo -n true", ""); code != 1 || !strings.Contains(stderr, "must have a tty") {
			t.Errorf("exit %d, %q", code, stderr)
		}
		if _, err := sftp.NewClient(l.ssh); err == nil {
			t.Error("SFTP is served")
		}
		if _, _, code := l.run("nc -z 127.0.0.1 22", ""); code != 127 || len(c.Drift()) != 1 {
			t.Errorf("nc: exit %d", code)
		}
		c.drift = nil
	})
}

func TestAThousandAgentsCostLittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, Options{Private: 1000, Width: 50})
		for _, n := range c.masters() {
			leave := c.enter()
			n.setPackages("2.1.1")
			n.writeActive()
			n.stopDaemons()
			n.startDaemons()
			leave()
			until(t, c, n.name, n.masterServes)
		}
		time.Sleep(time.Hour)
		_, got := must(t, c, c.mesos.leader.name).v1("5050", "GET_AGENTS")
		if n := len(got["agents"].([]any)); n != 1000 {
			t.Errorf("%d agents", n)
		}
	})
}
