package controller_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// A program patches a cluster: here a simulated one, behind real SSH servers in this
// process.
func Example() {
	dir, err := os.MkdirTemp("", "controller-example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	sim, err := simcluster.New(simcluster.Options{Name: "demo", Masters: 3, Private: 1, Width: 1, Seed: 1, TimeScale: 0.005, Port: 22})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()
	if err := sim.WriteFiles(dir); err != nil {
		fmt.Println(err)
		return
	}

	ctx := context.Background()
	inv, err := inventory.Load(filepath.Join(dir, "inventory.yaml"))
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := controller.Open(inv, controller.Config{
		Owner:  "ops@jobs1 nightly 42",
		Stores: controller.StoresAt(filepath.Join(dir, "state")),
		Events: func(e controller.Event) {
			if r, ok := e.(controller.Recorded); ok && r.Event.Kind == journal.LaneAdmitted && r.Event.Node != "" && !strings.HasPrefix(r.Event.Stage, "stage-") {
				fmt.Println("admitted:", r.Event.Node)
			}
		},
		SSH: controller.SSH{Dial: sim.DialContext}, // the network, without it
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()

	p, err := c.Prepare(ctx, controller.Order{})
	if err != nil {
		fmt.Println(err) // a plan.RefusalError says everything that stands in the way
		return
	}
	patched := 0
	for _, n := range p.Plan.Nodes {
		if n.Disposition == plan.Patch {
			patched++
		}
	}
	fmt.Println("to patch:", patched, "nodes")

	// A person would look at p.Plan now. Sending to pause finishes the nodes under
	// way and admits no more.
	r, err := p.Apply(ctx, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the run is", r.State.Word())
	// Output:
	// to patch: 4 nodes
	// admitted: m1
	// admitted: m3
	// admitted: m2
	// admitted: a1
	// the run is done
}
