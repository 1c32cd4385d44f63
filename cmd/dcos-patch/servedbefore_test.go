package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/node"
)

// TestAnAgentThatServedAnotherClusterIsPatched: it has seen a higher epoch there, and
// the very script, whose receipt it keeps.
func TestAnAgentThatServedAnotherClusterIsPatched(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 2, Width: 1, Seed: 1, Faults: patched("m1", "m2", "m3")}, func(l *lab) {
		sum := sha256.Sum256(l.c.Script())
		receipt := node.Dir + "/receipts/" + hex.EncodeToString(sum[:]) + "/1/"
		const other = "00000000-aaaa-bbbb-cccc-000000000000"
		l.c.SetFile("a1", node.Dir+"/epoch", []byte("9 "+other+"\n"))
		l.c.SetFile("a1", node.Dir+"/claim", []byte("9 run-1\n"))
		l.c.SetFile("a1", receipt+"started", []byte("run=run-1\nepoch=9\nwho=ops@there\nat=946684000\nboot_id=b0\nuntil=9\npid1_start=3\nunit=dcos-patch-x-1.service\nfrom=2.1.0\nactive_sum=x\ncluster="+other+"\n"))
		l.c.SetFile("a1", receipt+"output", []byte("done\n"))
		l.c.SetFile("a1", receipt+"exit", []byte("0 946684060\n"))
		l.want(l.run("preflight"), exitDone)
		e := l.run("apply", "--yes")
		l.want(e, exitDone)
		l.done(5)
		l.launched(1, "a1", "a2")
		if got := l.c.Launches("a1")[0].Attempt; got != 2 {
			t.Errorf("attempt %d, want 2: the other cluster's is kept", got)
		}
		if text, _ := l.c.File("a1", node.Dir+"/epoch"); string(text) != fmt.Sprintf("1 %s\n", l.c.ID()) {
			t.Errorf("the epoch is %q", text)
		}
		if !strings.Contains(e.out, "attempt 1 was of cluster "+other) {
			t.Errorf("the other cluster's receipt is not shown: %s", e)
		}
	})
}
