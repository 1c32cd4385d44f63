package checks

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// TestOtherMastersHaveItOnlyIfOneWasSeenToHaveIt: one without, and two that cannot be asked.
func TestOtherMastersHaveItOnlyIfOneWasSeenToHaveIt(t *testing.T) {
	down := errors.New("no connection")
	looks := func(second masterLook) view {
		v := view{}
		for i, l := range []masterLook{{noEtcd: "no etcd package is active", noIAM: "no cockroach package is active"}, second, {etcdErr: down, iamErr: down}} {
			l.node = threeMasters()[i]
			v.looks, v.nodes = append(v.looks, l), append(v.nodes, l.node)
		}
		return v
	}
	for name, find := range map[string]func(view) dcos.Finding{
		"etcd":      func(v view) dcos.Finding { f, _, _ := v.etcd(); return f },
		"cockroach": func(v view) dcos.Finding { f, _, _ := v.cockroach(); return f },
	} {
		if f := find(looks(masterLook{etcdErr: down, iamErr: down})); f.Status.OK() || strings.Contains(f.Observed, "other masters have") {
			t.Errorf("%s, nobody was seen to have it: %+v", name, f)
		}
		if f := find(looks(masterLook{})); f.Status.OK() || !strings.Contains(f.Observed, "other masters have") {
			t.Errorf("%s, m2 has it: %+v", name, f)
		}
	}
}

// TestWhatOneMasterMayHaveAloneIsDueToIt: the first master that is patched to a release
// with etcd is cut in its swap. The others have none yet, and hinder no remedy.
func TestWhatOneMasterMayHaveAloneIsDueToIt(t *testing.T) {
	v := view{}
	lacks := masterLook{noEtcd: "no etcd package is active", noIAM: "no cockroach package is active"}
	for i, l := range []masterLook{lacks, {etcdErr: errors.New("no connection"), iamErr: errors.New("no connection")}, lacks} {
		l.node = threeMasters()[i]
		v.looks, v.nodes = append(v.looks, l), append(v.nodes, l.node)
	}
	m2 := []inventory.NodeName{v.nodes[1].Name}
	for name, find := range map[string]func() (dcos.Finding, members, bool){"etcd": v.etcd, "cockroach": v.cockroach} {
		f, q, _ := find()
		if f.Status.OK() || !slices.Equal(q.dueTo, m2) {
			t.Errorf("%s: due to %v, want %v: %+v", name, q.dueTo, m2, f)
		}
		for _, i := range []int{0, 2} {
			if by := q.Hindered[v.nodes[i].Name]; !slices.Equal(by, m2) {
				t.Errorf("%s: %s is hindered by %v, want %v", name, v.nodes[i].Name, by, m2)
			}
		}
	}
}
