package inventory_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dcos-patch/dcos-patch/inventory"
)

func ExampleParse() {
	c, err := inventory.Parse("inventory.yaml", []byte(`
version: 1
cluster: {name: prod-eu}
target: {url: "http://10.20.0.5:8080/dcos_node_upgrade.sh", from: 2.1.0, to: 2.1.1}
masters: [{name: "m[1-3]", address: "10.20.0.[11-13]"}]
agents:
  general:
    role: private
    nodes: [{name: "a[001-104]", address: "10.20.1.[1-104]"}]
    policy: {width: 5%}
`), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	general := c.Groups[0]
	fmt.Println(len(c.Masters), "masters,", len(general.Nodes), "agents,", general.Policy.Width.Of(len(general.Nodes)), "at a time")
	// Output: 3 masters, 104 agents, 5 at a time
}

func ExampleProblems() {
	_, err := inventory.Parse("inventory.yaml", []byte(`version: 1
cluster: {name: prod-eu}
masters: [{name: "m[1-2]", address: "10.20.0.[11-13]"}]
policy: {widht: 5%, bake: 15}
`), nil)
	fmt.Println(err)

	var problems *inventory.Problems
	if errors.As(err, &problems) {
		fmt.Println("first in line", problems.List[0].Line)
	}
	// Output:
	// 3 problems:
	// inventory.yaml:3:37: masters[0].address: makes 3 addresses, but name makes 2 names (the ranges of name and address must be equally long)
	// inventory.yaml:4:10: policy.widht: unknown field (did you mean "width"?)
	// inventory.yaml:4:27: policy.bake: is "15"; a duration is wanted (give the unit: 15s or 15m)
	// first in line 3
}

func ExampleCluster_Show() {
	c, err := inventory.Load("../examples/minimal/inventory.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	var shown strings.Builder
	if err := c.Show(&shown); err != nil {
		fmt.Println(err)
	}
	_, fromPolicy, _ := strings.Cut(shown.String(), "\npolicy:")
	fmt.Print("policy:" + fromPolicy)
	// Output:
	// policy:
	//   # max_out is not said: the plan takes width + max(2, 2% of the agents)
	//   width: 1
	//   max_failures: 0
	//   launch_probe: true
	//   bake: 15m
	//   settle: 3m
	//   settle_leading: 5m
	//   stage_parallel: 10
	//   hold_limit: 30m
	//   expected_red_until:
	//     masters_done:
	//       - dcos-adminrouter.service
	//       - dcos-checks-poststart.service
	//       - dcos-cosmos.service
	//       - dcos-marathon.service
	//       - dcos-metronome.service
	//       - node-poststart/components_master
	//   timeouts:
	//     script: 15m
	//     registered: 10m
	//     tasks: 5m
	//     checks: 5m
	//     units: 3m
	//     exhibitor: 10m
	//     unit: 5m
	//     registrar: 5m
	//     leader: 5m
	//     ranges: 20m
	//     agents_back: 9m
}
