package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// TestWarningsAreToldWhereTheyOccurAndAtTheEnd: what passed although a person should look.
func TestWarningsAreToldWhereTheyOccurAndAtTheEnd(t *testing.T) {
	t.Parallel()
	opt := simcluster.Options{Private: 2, Seed: 1, Faults: append(patched("m1", "m2", "m3"),
		simcluster.Fault{What: fault.UnitRedBefore, Where: "a1"}, simcluster.Fault{What: fault.UnitRedBefore, Where: "a2"}, simcluster.Fault{What: fault.ChecksRedBefore, Where: "a2"})}
	inBubble(t, opt, func(l *lab) {
		e := l.run("apply", "--yes")
		l.want(e, exitDone)
		during, end, _ := strings.Cut(e.out, "\nDONE ")
		for _, want := range []string{"a1 warned: units: red before too: dcos-log.service", "a2 warned: units: red before too: dcos-log.service", "a2 warned: check-runner: red before too: node-poststart"} {
			if strings.Count(during, want) != 1 {
				l.Errorf("%q is said %d times: %s", want, strings.Count(during, want), e)
			}
		}
		for _, want := range []string{"  warned  a[1-2] units: red before too: dcos-log.service", "  warned  a2 check-runner: red before too: "} {
			if !strings.Contains(end, want) {
				l.Errorf("the end lacks %q: %s", want, e)
			}
		}
		var sum struct {
			Warnings []string `json:"warnings"`
		}
		if err := json.Unmarshal([]byte(l.run("status", "-o", "json").out), &sum); err != nil || len(sum.Warnings) != 2 {
			t.Errorf("%+v, %v", sum, err)
		}
		if s := l.run("status"); !strings.Contains(s.out, "warned  a[1-2] units: red before too") {
			t.Errorf("%s", s)
		}
	})
}
