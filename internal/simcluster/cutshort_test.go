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

func TestFilesListsWhatIsBelowADirectory(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, c *Cluster) {
		if got := c.Files("m1", programDir); len(got) != 0 {
			t.Errorf("before anything was done: %v", got)
		}
		must(t, c, "m1").put(installedPath(), []byte(program))
		if got := c.Files("m1", programDir); len(got) != 1 || got[0] != installedPath() {
			t.Errorf("%v, want %s alone", got, installedPath())
		}
		if got := c.Files("m9", "/"); got != nil {
			t.Errorf("a node that is not there has %v", got)
		}
	})
}
