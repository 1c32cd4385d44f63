package main

import (
	"context"
	"fmt"
)

// runBootstrap is the gate before a unit of a master: up to 2.1.0 it waits
// for the whole ensemble with one leader, from 2.1.1 for the local server
// only. It does not wait itself: the unit's restarts do.
func runBootstrap(ctx context.Context, l lab, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("want the name of a unit")
	}
	ask := []string{"127.0.0.1"}
	if installedVersion().NeedsAllMasters() {
		ask = l.Masters
	}
	leaders := 0
	for _, ip := range ask {
		mode, err := srvr(ctx, ip)
		if err != nil {
			return fmt.Errorf("%s has to wait: ZooKeeper on %s: %w", args[0], ip, err)
		}
		if mode == "not serving" {
			return fmt.Errorf("%s has to wait: ZooKeeper on %s is %s", args[0], ip, mode)
		}
		if mode == "leader" {
			leaders++
		}
	}
	if len(ask) > 1 && leaders != 1 {
		return fmt.Errorf("%s has to wait: %d leaders in the ensemble", args[0], leaders)
	}
	return nil
}
