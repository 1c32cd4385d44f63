package main

import (
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// BenchmarkHundredAgents is there to be compared with the thousand: what an
// agent costs must not grow with the cluster.
func BenchmarkHundredAgents(b *testing.B) { benchmarkRun(b, 100) }

// BenchmarkThousandAgents takes some minutes, and 3 GB for both ends.
func BenchmarkThousandAgents(b *testing.B) { benchmarkRun(b, 1000) }

// benchmarkRun patches a simulated cluster of 3 masters and many agents, 5 % of
// them at once, in virtual time: how much of a controller's machine one run
// takes, the simulation's own part included. A bubble of virtual time wants a
// test, so each round is one.
func benchmarkRun(b *testing.B, agents int) {
	if testing.Short() {
		b.Skip("takes minutes: make bench does it")
	}
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
