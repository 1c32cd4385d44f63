package checks

import (
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
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
		{"Exhibitor's word is missed though all serve", []string{"leader", "follower", "follower"}, 500, dcos.Failed, 3, "HTTP 500"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var v view
			for i, n := range threeMasters() {
				v.looks = append(v.looks, masterLook{
					node: n, code: c.code, servers: servers(nil),
					srvr: dcos.ZooKeeperServer{Serving: c.modes[i] != "", Mode: c.modes[i]},
				})
			}
			f, q, _ := v.zookeeper()
			if f.Status != c.status || len(q.Serving) != c.serve || !strings.Contains(f.Observed, c.says) {
				t.Errorf("%s %q, %d serve; want %s, %q, %d", f.Status, f.Observed, len(q.Serving), c.status, c.says, c.serve)
			}
		})
	}
}

func TestAViewOfNoMastersIsNotGreen(t *testing.T) {
	if (view{}).observation().Green {
		t.Error("green")
	}
}
