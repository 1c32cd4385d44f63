package simcluster

import "testing"

func TestAClientThatLeavesBeforeItHasSentTheProgramRunsNothing(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, c *Cluster) {
		out, errs, code := must(t, c, "m1").run("sudo -n /bin/sh -s -- survey", "")
		if out != "" || errs != "" || code != 0 {
			t.Errorf("a shell without a program answered %d %q %q", code, out, errs)
		}
	})
}
