package checks

import (
	"errors"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
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
