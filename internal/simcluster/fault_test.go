package simcluster

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// story is what a test of one fault may do.
type story struct {
	run1
	*testing.T
}

// inStory plays a story on a cluster with faults, prepared for a launch.
func inStory(t *testing.T, text string, do func(s story)) {
	t.Helper()
	faults, err := ParseFaults([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	bubble(t, Options{Private: 1, Public: 1, Faults: faults}, func(t *testing.T, c *Cluster) {
		s := story{T: t, run1: run1{t, c}}
		for _, n := range []string{"m1", "m2", "m3", "a1"} {
			l := must(t, c, n)
			l.prepare()
			if n != "a1" {
				l.change("lock 1 run1 me")
			}
			l.ssh.Close()
		}
		do(s)
	})
}

func (s story) node(name string) *node { return s.c.byName[name] }

// wantSurvey looks at the node's own answer.
func (s story) wantSurvey(name string, want ...string) {
	s.Helper()
	l := must(s.T, s.c, name)
	defer l.ssh.Close()
	text := l.verb("survey")
	for _, w := range want {
		if lacks, cut := strings.CutPrefix(w, "!"); cut && strings.Contains(text, lacks) || !cut && !strings.Contains(text, w) {
			s.Errorf("%s: want %q in\n%s", name, w, text)
		}
	}
}

func (s story) wait(d time.Duration) { time.Sleep(d) }

// agentEntry is what the leader lists of an agent.
func (s story) agentEntry(name string) (map[string]any, bool) {
	s.Helper()
	leave := s.c.enter()
	lead := s.c.mesos.leader
	leave()
	if lead == nil {
		return nil, false
	}
	l := must(s.T, s.c, lead.name)
	defer l.ssh.Close()
	_, got := l.v1("5050", "GET_AGENTS")
	list, _ := got["agents"].([]any)
	for _, e := range list {
		m := e.(map[string]any)
		if m["agent_info"].(map[string]any)["hostname"] == s.c.Address(name) {
			return m, true
		}
	}
	return nil, false
}

// taskStates counts the states of the tasks that the leader lists.
func (s story) taskStates(name string) map[string]int {
	states := map[string]int{}
	defer s.c.enter()()
	for _, t := range s.node(name).agent.tasks {
		states[t.State]++
	}
	return states
}

func TestFaults(t *testing.T) {
	sha := func(s story) string { return sumOf(s.c.Script()) }
	for _, test := range []struct {
		name   string
		faults string
		do     func(s story)
	}{
		{"ssh-cut-before-exec breaks the connection and runs nothing", `[{what: ssh-cut-before-exec, where: m1, nth: 1}]`, func(s story) {
			l := must(s.T, s.c, "m1")
			if _, _, code := l.launch(); code != -1 || len(s.c.Launches("m1")) != 0 {
				s.Errorf("exit %d, %v", code, s.c.Launches("m1"))
			}
			s.launch("m1")
		}},
		{"launch-late breaks the connection, and the launch runs later", `[{what: launch-late, where: m1, for: 30s, nth: 1}]`, func(s story) {
			l := must(s.T, s.c, "m1")
			if _, _, code := l.launch(); code != -1 || len(s.c.Launches("m1")) != 0 {
				s.Errorf("exit %d, %v", code, s.c.Launches("m1"))
			}
			s.wantSurvey("m1", "!receipt")
			s.wait(31 * time.Second)
			s.wantSurvey("m1", "receipt "+sha(s)+" 1 running")
		}},
		{"launch-late is refused by a call-off that came before it", `[{what: launch-late, where: m1, for: 30s, nth: 1}]`, func(s story) {
			must(s.T, s.c, "m1").launch()
			must(s.T, s.c, "m1").change("call-off 1 run1 " + sha(s) + " 1")
			s.wait(31 * time.Second)
			s.wantSurvey("m1", "receipt "+sha(s)+" 1 called-off")
			if n := len(s.c.Launches("m1")); n != 0 {
				s.Errorf("%d launches", n)
			}
		}},
		{"launch-late is refused after its deadline", `[{what: launch-late, where: m1, for: 61s, nth: 1}]`, func(s story) {
			must(s.T, s.c, "m1").launch()
			s.wait(2 * time.Minute)
			s.wantSurvey("m1", "!receipt")
		}},
		{"launch-torn leaves an attempt without a receipt, which a call-off ends", `[{what: launch-torn, where: m1, nth: 1}]`, func(s story) {
			l := must(s.T, s.c, "m1")
			if _, _, code := l.launch(); code != -1 || len(s.c.Launches("m1")) != 0 {
				s.Errorf("exit %d, %v", code, s.c.Launches("m1"))
			}
			s.wait(5 * time.Minute) // nothing comes of it by itself
			s.wantSurvey("m1", "receipt "+sha(s)+" 1 unbegun")
			must(s.T, s.c, "m1").change("call-off 1 run1 " + sha(s) + " 1")
			s.wantSurvey("m1", "receipt "+sha(s)+" 1 called-off")
			if n := len(s.c.Launches("m1")); n != 0 {
				s.Errorf("%d launches", n)
			}
		}},
		{"ssh-cut-after-exec breaks the connection of a launch that runs", `[{what: ssh-cut-after-exec, where: m1}]`, func(s story) {
			l := must(s.T, s.c, "m1")
			if _, _, code := l.launch(); code != -1 || len(s.c.Launches("m1")) != 1 {
				s.Errorf("exit %d, %v", code, s.c.Launches("m1"))
			}
			s.wantSurvey("m1", "receipt "+sha(s)+" 1 running")
		}},
		{"ssh-cut-during-script breaks what waits, and the script goes on", `[{what: ssh-cut-during-script, where: m1}]`, func(s story) {
			l := must(s.T, s.c, "m1")
			if _, _, code := l.launch(); code != 0 {
				s.Fatal(code)
			}
			if _, _, code := l.run("sleep 100", ""); code != -1 {
				s.Errorf("sleep: exit %d, want a broken connection", code)
			}
			s.back("m1")
		}},
		{"sshd-down refuses connections for a while", `[{what: sshd-down, where: m1, when: launch, for: 2m}]`, func(s story) {
			l := must(s.T, s.c, "m1")
			l.launch()
			if _, err := dial(s.T, s.c, "m1"); err == nil {
				s.Error("connected")
			}
			s.wait(2*time.Minute + time.Second)
			s.wantSurvey("m1", "version 2.1.1")
		}},
		{"script-fails-fetch leaves the node as it was", `[{what: script-fails-fetch, where: m1, nth: 1}]`, func(s story) {
			s.launch("m1")
			s.wait(2 * time.Minute)
			s.wantSurvey("m1", "receipt "+sha(s)+" 1 exit:1", "version 2.1.0", "!midswap")
			if !s.node("m1").masterServes() {
				s.Error("the master does not serve")
			}
		}},
		{"script-fails-mid-swap leaves install_progress and stopped units", `[{what: script-fails-mid-swap, where: m1}]`, func(s story) {
			s.launch("m1")
			s.wait(2 * time.Minute)
			s.wantSurvey("m1", "receipt "+sha(s)+" 1 exit:1", "!version", "midswap", "swap_missing environment.export")
		}},
		{"disk-full before the swap stops nothing, and the exit stands nowhere", `[{what: disk-full, where: m1, when: launch, after: 10s}]`, func(s story) {
			s.launch("m1")
			s.wait(2 * time.Minute)
			s.wantSurvey("m1", "receipt "+sha(s)+" 1 running", "version 2.1.0", "!midswap", "free_kb 0\n")
			s.wait(10 * time.Minute)
			s.wantSurvey("m1", "receipt "+sha(s)+" 1 lost")
		}},
		{"disk-full in the swap tears it", `[{what: disk-full, where: m1, when: launch, after: 32s}]`, func(s story) {
			s.launch("m1")
			s.wait(2 * time.Minute)
			s.wantSurvey("m1", "receipt "+sha(s)+" 1 running", "midswap")
			s.wait(10 * time.Minute)
			s.wantSurvey("m1", "receipt "+sha(s)+" 1 lost", "midswap")
		}},
		{"disk-full after the swap only hides the exit, until there is room", `[{what: disk-full, where: m1, when: launch, after: 34500ms}]`, func(s story) {
			s.launch("m1")
			s.wait(2 * time.Minute)
			s.wantSurvey("m1", "receipt "+sha(s)+" 1 running", "version 2.1.1", "!midswap")
			s.c.Mend()
			s.wantSurvey("m1", "receipt "+sha(s)+" 1 exit:0")
		}},
		{"what waits for the patch has not acted before", `[{what: exhibitor-latent, where: m1}]`, func(s story) {
			if s.wantSurvey("m1", "version 2.1.0"); s.c.Acted(fault.ExhibitorLatent) {
				s.Error("acted before the patch")
			}
			s.launch("m1")
			if s.wait(5 * time.Minute); !s.c.Acted(fault.ExhibitorLatent) || s.c.Acted(fault.ExhibitorEmpty) {
				s.Error("did not act, or what is not there did")
			}
		}},
		{"script-fails-start is cured by starting dcos.target", `[{what: script-fails-start, where: m1}]`, func(s story) {
			s.launch("m1")
			s.wait(2 * time.Minute)
			s.wantSurvey("m1", "receipt "+sha(s)+" 1 exit:1", "version 2.1.1", "!midswap")
			s.c.mu.Lock()
			s.node("m1").startDaemons()
			s.c.mu.Unlock()
			s.back("m1")
		}},
		{"script-hangs runs for ever", `[{what: script-hangs, where: m1}]`, func(s story) {
			s.launch("m1")
			s.wait(10 * time.Hour)
			s.wantSurvey("m1", "receipt "+sha(s)+" 1 running", "version 2.1.0")
		}},
		{"node-never-returns dies with its daemons", `[{what: node-never-returns, where: m1}]`, func(s story) {
			s.launch("m1")
			s.wait(3 * time.Minute)
			if _, err := dial(s.T, s.c, "m1"); err == nil {
				s.Error("connected")
			}
		}},
		{"reboot-mid-script loses the unit and changes nothing", `[{what: reboot-mid-script, where: m1}]`, func(s story) {
			s.launch("m1")
			s.wait(5 * time.Minute)
			s.wantSurvey("m1", "receipt "+sha(s)+" 1 lost", "version 2.1.0", "boot_id "+s.c.uuid("boot m1 1"))
			if _, errs, code := must(s.T, s.c, "m1").launchFrom(2, "2.1.0"); code != 0 {
				s.Errorf("second launch: %d %s", code, errs)
			}
		}},
		{"node-never-returns with a time does return", `[{what: node-never-returns, where: m1, for: 5m}]`, func(s story) {
			s.launch("m1")
			s.wait(3 * time.Minute)
			if _, err := dial(s.T, s.c, "m1"); err == nil {
				s.Error("connected")
			}
			s.back("m1")
			s.wantSurvey("m1", "receipt "+sha(s)+" 1 exit:0", "version 2.1.1", "boot_id "+s.c.uuid("boot m1 1"))
		}},
		{"reboot-mid-swap is finished by dcos-setup", `[{what: reboot-mid-swap, where: m1}]`, func(s story) {
			s.launch("m1")
			s.wait(95 * time.Second)
			s.wantSurvey("m1", "receipt "+sha(s)+" 1 lost", "version 2.1.0", "midswap")
			s.back("m1")
			s.wantSurvey("m1", "receipt "+sha(s)+" 1 lost", "version 2.1.1", "!midswap")
		}},
		{"exhibitor-latent is never listed as serving", `[{what: exhibitor-latent, where: m1}]`, func(s story) {
			s.launch("m1")
			s.wait(10 * time.Minute)
			want := `"description":"latent","hostname":"` + s.c.Address("m1")
			if list := must(s.T, s.c, "m2").verb("exhibitor"); !strings.Contains(list, want) {
				s.Errorf("%s", list)
			}
		}},
		{"registrar-metric-absent leaves the key out", `[{what: registrar-metric-absent, where: m1}]`, func(s story) {
			s.launch("m1")
			s.back("m1")
			s.wait(time.Minute)
			if m := must(s.T, s.c, "m1").get("5050", "/metrics/snapshot"); m["registrar/log/recovered"] != nil || m["registrar/log/ensemble_size"] != 3.0 {
				s.Errorf("%v", m)
			}
		}},
		{"stale-happy never restarts anything", `[{what: stale-happy, where: m1}]`, func(s story) {
			s.launch("m1")
			s.wait(time.Hour)
			s.wantSurvey("m1", "version 2.1.1")
			if v := must(s.T, s.c, "m1").get("5050", "/version"); v["version"] != "1.10.0" {
				s.Errorf("%v", v)
			}
		}},
		{"under-replicated goes on for ever", `[{what: under-replicated, where: m1}]`, func(s story) {
			s.launch("m1")
			s.wait(time.Hour)
			if out := must(s.T, s.c, "m2").verb("cockroach"); !strings.Contains(out, "\t23\n") {
				s.Errorf("%s", out)
			}
		}},
		{"agent-new-id comes back as another", `[{what: agent-new-id, where: a1}]`, func(s story) {
			before, _ := s.agentEntry("a1")
			s.launch("a1")
			s.wait(3 * time.Minute)
			after, ok := s.agentEntry("a1")
			if !ok || reflect.DeepEqual(after["agent_info"], before["agent_info"]) {
				s.Errorf("%v", after)
			}
		}},
		{"agent-never-registers says registered, and is not", `[{what: agent-never-registers, where: a1}]`, func(s story) {
			s.launch("a1")
			s.wait(4 * time.Minute)
			if m := must(s.T, s.c, "a1").get("5051", "/metrics/snapshot"); m["slave/registered"] != 1.0 {
				s.Errorf("%v", m["slave/registered"])
			}
			if e, _ := s.agentEntry("a1"); e["active"] != false {
				s.Errorf("%v", e)
			}
			s.wait(3 * time.Minute)
			if e, listed := s.agentEntry("a1"); listed || s.taskStates("a1")["TASK_UNREACHABLE"] != 2 {
				s.Errorf("after the pings: %v %v", e, s.taskStates("a1"))
			}
		}},
		{"tasks-do-not-return fails them", `[{what: tasks-do-not-return, where: a1}]`, func(s story) {
			s.launch("a1")
			s.wait(3 * time.Minute)
			if got := s.taskStates("a1"); got["TASK_FAILED"] != 2 {
				s.Errorf("%v", got)
			}
		}},
		{"batch-job-finishes ends one task well", `[{what: batch-job-finishes, where: a1}]`, func(s story) {
			s.launch("a1")
			s.wait(3 * time.Minute)
			if got := s.taskStates("a1"); got["TASK_FINISHED"] != 1 || got["TASK_RUNNING"] != 1 {
				s.Errorf("%v", got)
			}
		}},
		{"socket-down-after makes the agent loop", `[{what: socket-down-after, where: a1}]`, func(s story) {
			s.launch("a1")
			s.wait(3 * time.Minute)
			if out := must(s.T, s.c, "a1").verb("units " + dcos.PrivateAgent.MesosUnit()); !strings.Contains(out, "SubState=auto-restart") || strings.Contains(out, "NRestarts=0") {
				s.Errorf("%s", out)
			}
		}},
		{"unit-red-before is red from the start", `[{what: unit-red-before, where: a1}]`, func(s story) {
			if out := must(s.T, s.c, "a1").verb("units --dcos"); strings.Count(out, "ActiveState=failed") != 1 {
				s.Errorf("%s", out)
			}
		}},
		{"checks-red-after turns red with the patch", `[{what: checks-red-after, where: a1}]`, func(s story) {
			l := must(s.T, s.c, "a1")
			if out := l.verb("checks node-poststart"); !strings.HasSuffix(out, "exit 0\n") {
				s.Errorf("before: %s", out)
			}
			s.launch("a1")
			s.wait(3 * time.Minute)
			if out := l.verb("checks node-poststart"); !strings.HasSuffix(out, "exit 3\n") || !strings.Contains(out, `"status": 127`) {
				s.Errorf("after: %s", out)
			}
		}},
		{"no-sudo refuses sudo", `[{what: no-sudo, where: p1}]`, func(s story) {
			if _, errs, code := must(s.T, s.c, "p1").run("sudo -n true", ""); code != 1 || !strings.Contains(errs, "password is required") {
				s.Errorf("%d %s", code, errs)
			}
		}},
		{"sudo-revoked refuses it after the launch", `[{what: sudo-revoked, where: a1}]`, func(s story) {
			s.launch("a1")
			if _, _, code := must(s.T, s.c, "a1").run("sudo -n true", ""); code != 1 {
				s.Errorf("%d", code)
			}
		}},
		{"host-key-changed is noticed by who knows the old one", `[{what: host-key-changed, where: p1}]`, func(s story) {
			if _, err := dial(s.T, s.c, "p1"); err == nil || !strings.Contains(err.Error(), "host key mismatch") {
				s.Errorf("%v", err)
			}
		}},
		{"wrong-key lets nobody in", `[{what: wrong-key, where: p1}]`, func(s story) {
			if _, err := dial(s.T, s.c, "p1"); err == nil || !strings.Contains(err.Error(), "unable to authenticate") {
				s.Errorf("%v", err)
			}
		}},
		{"agent-dead is not listed by the leader", `[{what: agent-dead, where: p1}]`, func(s story) {
			if _, ok := s.agentEntry("p1"); ok {
				s.Error("listed")
			}
		}},
		{"mid-swap shows from the start", `[{what: mid-swap, where: p1}]`, func(s story) { s.wantSurvey("p1", "midswap") }},
		{"at-target was patched before", `[{what: at-target, where: p1}]`, func(s story) {
			s.wantSurvey("p1", "version 2.1.1", "active "+packagesOf(release{"2.1.1", Open})[0])
		}},
		{"slow-sudo waits for DNS", `[{what: slow-sudo, where: m1, for: 20s}]`, func(s story) {
			l := must(s.T, s.c, "m1")
			from := time.Now()
			l.ok("sudo -n true", "")
			between(s.T, "sudo with DNS", time.Since(from), 0, time.Second)
			s.launch("m1")
			until(s.T, s.c, "daemons to stop", func() bool { return !s.node("m1").running })
			from = time.Now()
			l.ok("sudo -n true", "")
			between(s.T, "sudo without DNS", time.Since(from), 20*time.Second, 21*time.Second)
		}},
		{"disk-low shows in the survey", `[{what: disk-low, where: p1}]`, func(s story) { s.wantSurvey("p1", "free_kb 102400\n") }},
		{"other-cluster shows in the survey", `[{what: other-cluster, where: m2}]`, func(s story) { s.wantSurvey("m2", "!"+s.c.ID()) }},
		{"other-version shows in the survey", `[{what: other-version, where: p1}]`, func(s story) { s.wantSurvey("p1", "version 2.0.6\n") }},
		{"clock-skew shows in the receipt", `[{what: clock-skew, where: a1, for: 1h}]`, func(s story) {
			s.launch("a1")
			if ahead := s.node("a1").clock().Sub(s.c.now()); ahead != time.Hour {
				s.Error(ahead)
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			inStory(t, test.faults, test.do)
		})
	}
}

func TestAForeignLockIsRefusedToOthers(t *testing.T) {
	bubble(t, Options{Faults: Faults{{What: fault.LockHeld, Where: "m1"}}}, func(t *testing.T, c *Cluster) {
		l := must(t, c, "m1")
		l.put(installedPath(), []byte(program))
		if _, errs, code := l.installedVerb("lock 6 run1 me"); code != codeRefused || !strings.Contains(errs, "refused: lock: 5 other-run eve@laptop") {
			t.Errorf("%d %s", code, errs)
		}
	})
}

func TestFaultsOfTheBootstrapNode(t *testing.T) {
	for kind, want := range map[fault.Kind]string{fault.Script404: "404", fault.ScriptHTML: "<!DOCTYPE", fault.ScriptOtherVersion: "DC/OS from 1.13.4 to 2.1.1"} {
		bubble(t, Options{Faults: Faults{{What: kind}}}, func(t *testing.T, c *Cluster) {
			_, body, err := must(t, c, "m1").http("GET", c.ScriptURL(), nil)
			if err != nil || !strings.Contains(string(body), want) {
				t.Errorf("%s: %.100s %v", kind, body, err)
			}
		})
	}
}

func TestFaultsThatCouldNeverActAreRefused(t *testing.T) {
	for _, text := range []string{"[{what: no-such}]", "[{what: no-sudo}]", "[{what: no-sudo, where: m9}]", "[{what: no-sudo, where: m1, when: never}]",
		"[{what: no-sudo, whree: m1}]", "what: no-sudo", "[{what: sshd-down, where: m1, for: 2 minutes}]"} {
		fs, err := ParseFaults([]byte(text))
		if err == nil {
			_, err = New(Options{Faults: fs})
		}
		if err == nil {
			t.Errorf("%s: accepted", text)
		}
	}
}
