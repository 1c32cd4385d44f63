package node_test

import (
	"path/filepath"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/installed"
	"github.com/dcos-patch/dcos-patch/internal/proof"
	"github.com/dcos-patch/dcos-patch/node/nodetest"
)

// The nodes' /bin/sh is dash, bash or busybox: each must obey the table. Every
// second case is played on systemd 219.
// TestTheProgramObeysTheTable runs every case with the machine's own sh, and a
// sample of them with the other shells; all with all in make proof.
func TestTheProgramObeysTheTable(t *testing.T) {
	for name, shell := range shells(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i, c := range nodetest.Cases() {
				if name != "sh" && i%proof.Of(11, 1) != 0 {
					continue
				}
				t.Run(c.Name, func(t *testing.T) {
					b := newBench(t)
					b.shell = shell
					if i%2 == 0 {
						b.write(t, "run/systemd-219", "", 0o644)
					}
					c.Try(t, b)
					if leaked := b.read(t, "run/flock-leaked"); leaked != "" {
						t.Errorf("the unit inherited our flock as %s", leaked)
					}
				})
			}
		})
	}
}

// shells are those of this machine.
func shells(t *testing.T) map[string][]string {
	all := map[string][]string{"sh": {"/bin/sh"}}
	sh, err := filepath.EvalSymlinks("/bin/sh")
	if err != nil {
		t.Fatal(err)
	}
	for name, shell := range map[string][]string{
		"dash": {"dash"}, "bash": {"bash", "--posix"}, "busybox": {"busybox", "sh"}, "mksh": {"mksh"},
	} {
		path, found := installed.Find(t, shell[0])
		if !found {
			continue
		}
		if path == sh || filepath.Base(path) == filepath.Base(sh) {
			continue // tried already
		}
		all[name] = append([]string{path}, shell[1:]...)
	}
	return all
}
