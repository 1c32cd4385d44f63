// Command dcos-patch patches a live DC/OS cluster over SSH: masters one at a
// time, then agents in bounded numbers, each step gated on the cluster's own
// evidence of health.
package main

import (
	"context"
	"os"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], standardStreams()))
}
