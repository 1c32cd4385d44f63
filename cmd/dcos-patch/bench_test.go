package main

import (
	"os"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// BenchmarkHundredAgents is the size that `make bench` has time for.
func BenchmarkHundredAgents(b *testing.B) { benchmarkRun(b, 100) }

// BenchmarkThousandAgents takes a long time as long as every lane reads the
// tasks of the whole cluster for itself.
func BenchmarkThousandAgents(b *testing.B) {
	if os.Getenv("DCOS_PATCH_THOUSAND") == "" {
		b.Skip("DCOS_PATCH_THOUSAND=1 runs it, with -benchtime 1x -timeout 3h")
	}
	benchmarkRun(b, 1000)
}

// benchmarkRun patches a simulated cluster of 3 masters and many agents, 5 % of
// them at once, in virtual time: how much of a controller's machine one run
// takes, the simulation's own part included. A bubble of virtual time wants a
// test, so each round is one.
func benchmarkRun(b *testing.B, agents int) {
	for b.Loop() {
		var virtual time.Duration
		round := testing.InternalTest{Name: b.Name(), F: func(t *testing.T) {
			inBubble(t, simcluster.Options{Private: agents, Width: agents * 5 / 100, Seed: 1}, func(l *lab) {
				e := l.run("apply", "--yes", "-o", "json")
				l.want(e, exitDone)
				l.done(3 + agents)
				if n := len(l.c.Launches("")); n != 3+agents {
					l.Errorf("%d scripts were started", n)
				}
				virtual = e.took
			})
		}}
		if !testing.RunTests(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{round}) {
			b.Fatal("the run did not end well")
		}
		b.ReportMetric(virtual.Minutes(), "virtual-min/op")
	}
}
