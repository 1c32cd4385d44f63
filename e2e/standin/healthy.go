package main

import (
	"context"
	"fmt"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/answers"
)

// runHealthy says why the cluster, seen from a master, is not ready for a
// scenario; nothing when it is. It takes the number of agents that there
// should be. Tests wait with it; what they assert they ask the nodes.
func runHealthy(ctx context.Context, l lab, args []string) error {
	var agents int
	if len(args) != 1 {
		return fmt.Errorf("want the number of agents")
	}
	if _, err := fmt.Sscan(args[0], &agents); err != nil {
		return err
	}
	if r := checkUnits(ctx, l); r.Status != 0 {
		return fmt.Errorf("%s", r.Output)
	}
	var states []answers.Peer
	if err := fetchJSON(ctx, fmt.Sprintf("http://127.0.0.1:%d%s", dcos.ExhibitorPort, dcos.ExhibitorStatus), &states); err != nil {
		return err
	}
	leaders := 0
	for _, s := range states {
		if s.Code != answers.ExhibitorServing {
			return fmt.Errorf("exhibitor on %s is %s", s.Hostname, s.Description)
		}
		if s.IsLeader {
			leaders++
		}
	}
	if leaders != 1 {
		return fmt.Errorf("%d leaders of the ensemble", leaders)
	}
	if r := checkRanges(ctx, l); r.Status != 0 {
		return fmt.Errorf("%s", r.Output)
	}
	return mesosHealthy(ctx, l, agents)
}

// mesosHealthy demands one leader, whole ensembles and every agent's tasks.
func mesosHealthy(ctx context.Context, l lab, agents int) error {
	leaders := 0
	for _, ip := range l.Masters {
		var m map[string]float64
		if err := fetchJSON(ctx, fmt.Sprintf("http://%s:%d%s", ip, dcos.MesosMasterPort, dcos.MetricsSnapshot), &m); err != nil {
			return err
		}
		if m["registrar/log/recovered"] != 1 || int(m["registrar/log/ensemble_size"]) != len(l.Masters) {
			return fmt.Errorf("the registrar of %s has recovered %v with %v replicas", ip, m["registrar/log/recovered"], m["registrar/log/ensemble_size"])
		}
		if _, read := m["registrar/registry_size_bytes"]; m["master/elected"] != 1 || !read {
			continue
		}
		leaders++
		if int(m["master/slaves_active"]) != agents || int(m["master/tasks_running"]) != agents*l.Tasks {
			return fmt.Errorf("%v agents active with %v tasks", m["master/slaves_active"], m["master/tasks_running"])
		}
	}
	if leaders != 1 {
		return fmt.Errorf("%d leading masters", leaders)
	}
	return nil
}
