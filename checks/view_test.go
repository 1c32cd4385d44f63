package checks

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

func TestZooKeeperOfTheWholeCluster(t *testing.T) {
	for _, c := range []struct {
		name   string
		modes  []string
		code   int
		status dcos.Status
		serve  int
		says   string
	}{
		{"one leader and two followers", []string{"leader", "follower", "follower"}, 200, dcos.Passed, 3, "3/3 serve"},
		{"two that say they lead, whatever Exhibitor lists", []string{"leader", "leader", "follower"}, 200, dcos.Failed, 3, "2 of them lead"},
		{"followers only", []string{"follower", "follower", "follower"}, 200, dcos.Failed, 3, "0 of them lead"},
		{"one that does not serve", []string{"leader", "follower", ""}, 200, dcos.Failed, 2, "m3"},
		{"one that has lost the others and answers reads only", []string{"leader", "follower", "read-only"}, 200, dcos.Failed, 2, "m3: its ZooKeeper is not serving requests (its mode is read-only)"},
		{"an observer beside two members", []string{"leader", "follower", "observer"}, 200, dcos.Failed, 2, "its mode is observer"},
		{"one that was started alone", []string{"leader", "follower", "standalone"}, 200, dcos.Failed, 2, "its mode is standalone"},
		{"Exhibitor's word is missed though all serve", []string{"leader", "follower", "follower"}, 500, dcos.Failed, 3, "m1: Exhibitor answers HTTP 500"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var v view
			for i, n := range threeMasters() {
				v.looks = append(v.looks, masterLook{
					node: n, code: c.code, servers: servers(nil),
					srvr: dcos.ZooKeeperServer{Mode: c.modes[i]},
				})
			}
			f, q, _ := v.zookeeper()
			if f.Status != c.status || len(q.Serving) != c.serve || !strings.Contains(f.Observed, c.says) || strings.HasPrefix(c.says, "m1") && f.Observed != c.says {
				t.Errorf("%s %q, %d serve; want %s, %q, %d", f.Status, f.Observed, len(q.Serving), c.status, c.says, c.serve)
			}
		})
	}
}

// A master that gives no answer is what the findings are due to, and also what
// others then count.
func TestWhatIsMissingIsPutDownToTheMasterThatIsSilent(t *testing.T) {
	silent := errors.New("no answer")
	v := view{}
	for i, n := range threeMasters() {
		m := masterLook{node: n, code: 200, servers: servers(nil), srvr: dcos.ZooKeeperServer{Mode: "follower"}, rows: goodIAM().rows}
		m.reading = reading{node: n, metrics: dcos.Metrics{"registrar/log/recovered": 1, "registrar/log/ensemble_size": 3, "master/elected": 0}}
		m.etcd = etcdSelf{code: 200, health: dcos.EtcdHealth{Healthy: true}}
		if i == 1 {
			m = masterLook{node: n, srvrErr: silent, exhibitorErr: silent, surveyErr: silent, iamErr: silent, etcdErr: silent, reading: reading{node: n, err: silent}}
		} else {
			m.reading.metrics["registrar/log/ensemble_size"] = 2
			m.rows[1].UnderReplicated = dcos.KnownCount(7)
		}
		v.looks = append(v.looks, m)
		v.lead.readings = append(v.lead.readings, m.reading)
	}
	due := func(want ...inventory.NodeName) {
		t.Helper()
		obs := v.observation()
		if len(obs.DueTo) != 6 {
			t.Fatalf("%+v", obs)
		}
		for _, f := range obs.Findings {
			if got := obs.DueTo[f.Check]; f.Status.OK() || !slices.Equal(got, want) {
				t.Errorf("%s is %s (%s), due to %v, want %v", f.Check, f.Status, f.Observed, got, want)
			}
		}
	}
	due("m2")
	for _, q := range v.observation().Quorums {
		if !slices.Equal(q.Unknown, []inventory.NodeName{"m2"}) {
			t.Errorf("%s: it is not known of %v whether they serve, want m2 alone", q.Name, q.Unknown)
		}
	}
	for i := range v.looks { // m1 has a part in it
		if v.looks[i].node.Name == "m1" {
			v.looks[i].srvr.Mode, v.looks[i].etcd.code = "", 503
			v.looks[i].reading.metrics = dcos.Metrics{}
			v.looks[i].iamErr, v.looks[i].survey.MidSwap = silent, true
			v.lead.readings[i] = v.looks[i].reading
		}
	}
	due("m1", "m2")
}

func TestAViewOfNoMastersIsNotGreen(t *testing.T) {
	if (view{}).observation().Green {
		t.Error("green")
	}
}

func TestANodeIsNamedOnceBeforeWhatItSaid(t *testing.T) {
	for what, want := range map[string]string{"red": "m1: red", "m1: red": "m1: red", "m1 cannot connect": "m1 cannot connect", "m12 is away": "m1: m12 is away"} {
		if got := by("m1", what); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	broken := &sshexec.ExitError{Node: "m1", Cmd: "curl", Code: 7, Stderr: []byte("refused")}
	v := view{}
	for i, n := range threeMasters() {
		m := masterLook{node: n, code: 200, servers: servers(nil), srvr: dcos.ZooKeeperServer{Mode: "follower"}}
		if i == 0 {
			m.srvrErr, m.reading = broken, reading{node: n, err: broken}
		}
		v.looks, v.lead.readings = append(v.looks, m), append(v.lead.readings, m.reading)
	}
	for _, f := range v.observation().Findings[:3] {
		if !strings.Contains(f.Observed, "m1: exit code 7: refused") || strings.Contains(f.Observed, "m1: m1:") {
			t.Errorf("%s: %q", f.Check, f.Observed)
		}
	}
}
