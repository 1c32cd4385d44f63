package bench

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The most resident memory that a controller may take for clusters of up to so
// many nodes, in MB, and how its processor time may grow with their number.
const (
	most1000, most5000 = 120, 300
	exponent           = 1.1
)

// cost is what a command took of its machine: its own process alone, without
// the simulated cluster, which is another.
type cost struct {
	mb  float64       // resident, at its highest
	cpu time.Duration // user and system
}

// BenchmarkNodes measures commands against simulated clusters of many nodes, each
// in a process of its own. Apply of 1,000 nodes takes half an hour, most of it
// waiting; that of 5,000, more than an hour, is left out unless
// DCOS_PATCH_BENCH=all.
func BenchmarkNodes(b *testing.B) {
	if testing.Short() {
		b.Skip("takes minutes: make bench does it")
	}
	bin := product(b)
	for name, args := range map[string][]string{"plan": {"plan"}, "apply": {"apply", "--yes"}} {
		base := map[int]cost{}
		for _, nodes := range []int{200, 1000, 5000} {
			b.Run(fmt.Sprintf("%s-%d", name, nodes), func(b *testing.B) {
				if name == "apply" && nodes > 1000 && os.Getenv("DCOS_PATCH_BENCH") != "all" {
					b.Skip("takes more than an hour: DCOS_PATCH_BENCH=all")
				}
				for b.Loop() {
					c := newSim(b, bin, nodes)
					took := c.run(b, args...)
					base[nodes] = took
					c.report(b, took)
					if name == "apply" { // status has a finished run to tell of
						status := c.run(b, "status")
						c.within(b, status)
						b.ReportMetric(status.mb, "MB-RSS-status")
					}
				}
				if small, known := base[200]; known && nodes > 200 {
					grows := math.Log(float64(base[nodes].cpu)/float64(small.cpu)) / math.Log(float64(nodes)/200)
					b.ReportMetric(grows, "exponent")
					if grows > exponent {
						b.Errorf("processor time grows as n^%.2f, at most %.1f is wanted", grows, exponent)
					}
				}
			})
		}
	}
}

// simulated is a cluster that another process simulates.
type simulated struct {
	bin, dir string
	nodes    int
}

// newSim is a cluster of 3 masters and agents, 5 % of them in flight, five times
// as fast as a real one: faster, and a busy machine misses the gates' timeouts.
func newSim(b *testing.B, bin string, nodes int) simulated {
	b.Helper()
	c := simulated{bin: bin, dir: b.TempDir(), nodes: nodes}
	up := exec.Command(bin, "sim", "up", "--dir", c.dir, "--private-agents", strconv.Itoa(nodes-3), "--public-agents", "0", "--width", strconv.Itoa(nodes/20), "--time-scale", "0.2")
	ready, err := up.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := up.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = up.Process.Signal(os.Interrupt)
		_ = up.Wait() // its exit code is that of an interrupt
	})
	first := make([]byte, 64)
	if n, err := ready.Read(first); err != nil || !strings.HasPrefix(string(first[:n]), "simulated cluster") {
		b.Fatalf("%q, %v", first[:n], err)
	}
	return c
}

// run runs a command to its end, with exit code 0. Its memory is read while it
// runs: what wait(2) tells counts the image that it was forked from.
func (c simulated) run(b *testing.B, args ...string) cost {
	b.Helper()
	cmd := exec.Command(c.bin, append([]string{"-i", filepath.Join(c.dir, "inventory.yaml")}, args...)...)
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+filepath.Join(c.dir, "state"))
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	highest := 0
	for {
		select {
		case err := <-ended:
			if out := said.Bytes(); err != nil || highest == 0 {
				b.Fatalf("%v: %v, %d KB\n%s", args, err, highest, out[max(0, len(out)-2000):])
			}
			return cost{mb: float64(highest) / 1024, cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
		case <-time.After(50 * time.Millisecond):
			highest = max(highest, highWater(cmd.Process.Pid))
		}
	}
}

func (c simulated) report(b *testing.B, took cost) {
	b.Helper()
	c.within(b, took)
	b.ReportMetric(took.mb, "MB-RSS")
	b.ReportMetric(float64(took.cpu.Milliseconds())/float64(c.nodes), "cpu-ms/node")
}

// within fails a command that takes more memory than is wanted.
func (c simulated) within(b *testing.B, took cost) {
	b.Helper()
	most := most1000
	if c.nodes > 1000 {
		most = most5000
	}
	if took.mb > float64(most) {
		b.Errorf("%.0f MB resident, at most %d are wanted", took.mb, most)
	}
}
