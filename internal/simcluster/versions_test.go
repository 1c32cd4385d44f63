package simcluster

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	prog "github.com/dcos-patch/dcos-patch/node"
)

// What each release of DC/OS prints is read by the product's decoders, and has
// the oddities of that release.
func TestEveryReleaseHasItsOwnFormats(t *testing.T) {
	for _, v := range []struct {
		from, to dcos.Version
		variant  Variant
		under    int // column of ranges_underreplicated, from 1; 0: there is no CockroachDB
		counted  bool
		escaped  bool
		etcd     bool
		socket   bool
		says     bool // that nobody is deactivated
		named    bool // dcos-version.json has the variant
	}{
		{"1.11.11", "1.11.12", Open, 0, false, true, false, false, false, false},
		{"1.11.11", "1.11.12", Enterprise, 10, true, true, false, false, false, false},
		{"1.12.3", "1.12.4", Open, 0, false, false, false, false, false, false},
		{"1.12.3", "1.12.4", Enterprise, 10, true, false, false, false, false, false},
		{"1.13.8", "1.13.9", Open, 11, false, false, false, false, false, false},
		{"2.0.5", "2.0.6", Open, 12, false, false, false, false, true, true},
		{"2.1.0", "2.1.1", Enterprise, 12, false, false, true, true, true, true},
		{"2.2.0", "2.2.1", Open, 13, false, false, true, true, true, true},
	} {
		t.Run(string(v.from)+" "+string(v.variant), func(t *testing.T) {
			bubble(t, Options{From: v.from, To: v.to, Variant: v.variant, Private: 1}, func(t *testing.T, c *Cluster) {
				l := must(t, c, "m1")
				out, _, code := l.run("sudo -n /bin/sh -s -- cockroach", program)
				rows, err := dcos.ParseCockroachStatus([]byte(out))
				header, _, _ := strings.Cut(out, "\n")
				under := 1 + slices.Index(strings.Split(header, "\t"), "ranges_underreplicated")
				if (code == 0) != (v.under > 0) || v.under > 0 && (err != nil || len(rows) != 3 || under != v.under || rows[0].UpdatedAt.IsZero()) {
					t.Errorf("cockroach: code %d, %v, column %d\n%s", code, err, under, out)
				}
				if strings.Contains(out, "# 3 rows") != v.counted {
					t.Errorf("counted: %s", out)
				}
				_, raw, err := l.http("GET", "http://"+c.Address("m1")+":5050/metrics/snapshot", nil)
				m, err2 := dcos.ParseMetrics(raw)
				if err != nil || err2 != nil || m["registrar/log/recovered"] != 1 || strings.Contains(string(raw), `registrar\/log`) != v.escaped {
					t.Errorf("metrics: %v %v %s", err, err2, raw)
				}
				lead := must(t, c, c.mesos.leader.name)
				_, raw, _ = lead.http("POST", "http://"+c.Address(lead.node)+":5050/api/v1", map[string]string{"type": "GET_AGENTS"})
				agents, err := dcos.ParseGetAgents(raw)
				if err != nil || len(agents.Registered) != 1 || strings.Contains(string(raw), "deactivated") != v.says {
					t.Errorf("agents: %v %s", err, raw)
				}
				survey, err := prog.ParseSurvey([]byte(l.verb("survey")))
				if want := map[bool]string{true: string(v.variant)}[v.named]; err != nil || survey.Variant != want {
					t.Errorf("survey: %v, variant %q, want %q", err, survey.Variant, want)
				}
				leave := c.enter()
				tree := c.byName["a1"].tree
				if own := tree.exists("/opt/mesosphere/etc/dcos-service-configuration.json"); !own {
					t.Error("pkgpanda has written no dcos-service-configuration.json")
				}
				leave()
				units := l.verb("units --dcos") + must(t, c, "a1").verb("units --dcos")
				if strings.Contains(units, "dcos-etcd.service") != v.etcd || strings.Contains(units, "dcos-mesos-slave.socket") != v.socket {
					t.Errorf("units: %s", units)
				}
			})
		})
	}
}

func TestAnExhibitorWithTLSRefusesPlainHTTP(t *testing.T) {
	bubble(t, Options{From: "2.1.0", To: "2.1.1", Variant: Enterprise, ExhibitorTLS: true}, func(t *testing.T, c *Cluster) {
		l := must(t, c, "m1")
		if out := l.verb("exhibitor"); !strings.HasPrefix(out, "status 200\n") {
			t.Errorf("with the node's key: %s", out)
		}
		if _, _, err := l.http("GET", "http://127.0.0.1:8181"+dcos.ExhibitorStatus, nil); err == nil {
			t.Error("it answers plain HTTP")
		}
		leave := c.enter()
		c.byName["m1"].tree.remove(dcos.ExhibitorTLSDir)
		leave()
		if out, _, code := l.run("sudo -n /bin/sh -s -- exhibitor", program); code != 1 {
			t.Errorf("without its key: %d %s", code, out)
		}
	})
}

// A master of 1.13.10 or 2.0.6 comes back when most masters serve; see the
// delays for the releases before and after.
func TestAMasterOf206WaitsForMostOthers(t *testing.T) {
	bubble(t, Options{From: "2.0.5", To: "2.0.6", Masters: 5, Faults: Faults{{What: fault.AtTarget, Where: "m1"}}}, func(t *testing.T, c *Cluster) {
		n := c.byName["m1"]
		leave := c.enter()
		c.byName["m5"].powerOff()
		n.stopDaemons()
		n.startDaemons()
		leave()
		until(t, c, "mesos-master with 4 of 5", func() bool { return n.master.up })
	})
}

// The script of 1.11 refuses a node whose checks are red, and ends only when
// they are green again, unless it looks while the old daemons still run.
func TestTheScriptOf111WaitsForTheNode(t *testing.T) {
	opt := Options{From: "1.11.11", To: "1.11.12", Private: 1}
	bubble(t, opt, func(t *testing.T, c *Cluster) {
		r, waited := begin(t, c, true), 0
		for _, name := range []string{"m1", "m2", "m3"} {
			l := must(t, c, name)
			from := time.Now()
			if _, errs, code := l.launchFrom(1, "1.11.11"); code != 0 {
				t.Fatal(errs)
			}
			until(t, c, "its end", func() bool { return c.watch.launches[len(c.watch.launches)-1].Exit == 0 })
			if time.Since(from) > time.Minute { // half of it is the fetch
				waited++
			}
			r.back(name)
			time.Sleep(2 * time.Minute)
		}
		if waited == 0 {
			t.Error("it waited for none of three masters")
		}
	})
	opt.Faults = Faults{{What: fault.ChecksRedBefore, Where: "a1"}}
	bubble(t, opt, func(t *testing.T, c *Cluster) {
		l := must(t, c, "a1")
		l.prepare()
		if _, errs, code := l.launchFrom(1, "1.11.11"); code != 0 {
			t.Fatal(errs)
		}
		until(t, c, "its end", func() bool { return c.watch.launches[0].Exit >= 0 })
		if out := l.verb("output " + sumOf(c.Script()) + " 1 0"); out != "Cannot proceed with upgrade, node checks failed\n" || c.watch.launches[0].Exit != 1 {
			t.Errorf("exit %d: %s", c.watch.launches[0].Exit, out)
		}
		leave := c.enter()
		c.watch.broken = nil // an agent before its masters: of no matter here
		leave()
	})
}
