package plan_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

func ExampleProveMaster() {
	masters := []plan.Node{{Name: "m1"}, {Name: "m2"}, {Name: "m3"}}
	seen := plan.Observation{Green: true, Quorums: []plan.Quorum{
		{Name: "zookeeper", Size: 3, Serving: []inventory.NodeName{"m1", "m2", "m3"}, Age: plan.Duration(2 * time.Second)},
	}}
	proof, _ := plan.ProveMaster(seen, "m2", masters, false)
	fmt.Println(proof)

	seen.Quorums[0].Serving = []inventory.NodeName{"m1", "m2"}
	_, err := plan.ProveMaster(seen, "m2", masters, false)
	fmt.Println(err)
	// Output:
	// zookeeper 3/3 serve, quorum 2: m2 stops, 2 remain (2s old)
	// m2 must not stop: zookeeper: 2/3 serve, quorum 2: m2 stops, 1 would remain
}

func ExampleBuild() {
	c := &inventory.Cluster{ID: "3f0c", Masters: []inventory.Node{{Name: "m1"}}, Policy: inventory.DefaultPolicy("2.1.2")}
	_, err := plan.Build(plan.Input{Inventory: c})
	var refused *plan.RefusalError
	if errors.As(err, &refused) {
		last := refused.Blocks[len(refused.Blocks)-1]
		fmt.Println(last.Node, last.What)
	}
	// Output: m1 its answer cannot be used
}
