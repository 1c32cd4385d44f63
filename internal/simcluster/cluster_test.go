package simcluster

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func bubble(t *testing.T, opt Options, run func(*testing.T, *Cluster)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { run(t, start(t, opt)) })
}

func TestASteadyClusterAnswersEverything(t *testing.T) {
	bubble(t, Options{Private: 2, Public: 1}, func(t *testing.T, c *Cluster) {
		leaders := 0
		for _, name := range []string{"m1", "m2", "m3"} {
			l := must(t, c, name)
			s := l.verb("survey")
			for _, want := range []string{"program 1\n", "role master\n", "version 2.1.0\n", "cluster_id " + c.ID(), "ip " + c.Address(name), "rehearsal\n"} {
				if !strings.Contains(s, want) {
					t.Errorf("%s: survey lacks %q:\n%s", name, want, s)
				}
			}
			m := l.get("5050", "/metrics/snapshot")
			if m["master/elected"] == 1.0 {
				leaders++
				status, agents := l.v1("5050", "GET_AGENTS")
				if status != 200 || len(agents["agents"].([]any)) != 3 {
					t.Errorf("GET_AGENTS: %d %v", status, agents)
				}
				if _, tasks := l.v1("5050", "GET_TASKS"); len(tasks["tasks"].([]any)) != 6 {
					t.Errorf("GET_TASKS: %v", tasks)
				}
			}
			_, body, err := l.http("GET", "http://127.0.0.1:8181/exhibitor/v1/cluster/status", nil)
			if err != nil || strings.Count(string(body), `"serving"`) != 3 || strings.Count(string(body), `"isLeader":true`) != 1 {
				t.Errorf("%s: exhibitor: %s %v", name, body, err)
			}
			if out := l.verb("cockroach"); strings.Count(out, "\ttrue\ttrue\t") != 3 {
				t.Errorf("cockroach: %s", out)
			}
			l.ssh.Close()
		}
		if leaders != 1 {
			t.Errorf("%d leaders", leaders)
		}
		res, body, err := must(t, c, "a1").http("GET", c.ScriptURL(), nil)
		if err != nil || res.StatusCode != 200 || string(body) != string(c.Script()) {
			t.Errorf("script: %v %v", res, err)
		}
	})
}

func TestAMasterIsPatchedAndTheOldDaemonsAnswerAfterTheScriptHasEnded(t *testing.T) {
	bubble(t, Options{Private: 1}, func(t *testing.T, c *Cluster) {
		for _, m := range []string{"m2", "m3", "m1"} {
			must(t, c, m).prepare()
			must(t, c, m).change("lock 1 run1 me")
		}
		l := must(t, c, "m1")
		if out, errs, code := l.launch(); code != 0 || !strings.HasPrefix(out, "unit dcos-patch-") {
			t.Fatalf("launch: %d %s %s", code, out, errs)
		}
		sha := sumOf(c.Script())
		if s := l.verb("survey"); !strings.Contains(s, "receipt "+sha+" 1 running\n") {
			t.Fatalf("survey right after the launch:\n%s", s)
		}
		before := l.verb("units dcos-mesos-master.service")
		for !strings.Contains(l.verb("survey"), "receipt "+sha+" 1 exit:0\n") {
			time.Sleep(time.Second)
		}
		if s := l.verb("survey"); !strings.Contains(s, "version 2.1.1\n") || strings.Contains(s, "midswap") {
			t.Errorf("survey after the script:\n%s", s)
		}
		if now := l.verb("units dcos-mesos-master.service"); now != before {
			t.Errorf("the daemons have been restarted when the script ends:\n%s", now)
		}
		if v := l.get("5050", "/version"); v["version"] != "1.10.0" {
			t.Errorf("version right after the script: %v", v)
		}
		time.Sleep(3 * time.Minute)
		if now := l.verb("units dcos-mesos-master.service"); now == before || !strings.Contains(now, "ActiveState=active") {
			t.Errorf("three minutes later:\n%s", now)
		}
		if v := l.get("5050", "/version"); v["version"] != "1.10.1" {
			t.Errorf("version three minutes later: %v", v)
		}
		if v := c.Violations(); len(v) > 0 {
			t.Errorf("violations: %q", v)
		}
	})
}
