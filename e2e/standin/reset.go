package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/swap"
)

// runReset makes the node what it is before a patch: at the old version, with
// nothing of dcos-patch on it, its daemons started. The cluster's state
// (ZooKeeper's data, the agent's id, tasks) stays.
func runReset(ctx context.Context, l lab, _ []string) error {
	if _, err := systemctl(ctx, "stop", "dcos.target"); err == nil {
		stopOld(ctx)
	}
	units, err := filepath.Glob(unitDir + "/dcos-*")
	if err != nil {
		return err
	}
	for _, path := range append(units, base, wantsDir, wantsDir+".new", wantsDir+".old", "/var/lib/dcos-patch", eventsFile, switchDir) {
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	if err := writeNode(l); err != nil {
		return err
	}
	var ids []string
	for _, p := range release(l, l.From) {
		if err := p.write(filepath.Join(base, "packages", p.id)); err != nil {
			return err
		}
		ids = append(ids, p.id)
	}
	a := activation{lab: l, ids: ids, noBlock: true}
	if err := errors.Join(a.build(ctx), a.swap(ctx)); err != nil {
		return err
	}
	if l.Role.IsAgent() {
		// Nothing in DC/OS ships it; where it is, an older version has left it.
		if err := writeFile(dcos.Libltdl, "of an older release\n", 0o644); err != nil {
			return err
		}
		if err := seedTasks(l); err != nil {
			return err
		}
	}
	return a.start(ctx)
}

// stopOld stops the units of the set that is active now, and waits for it.
func stopOld(ctx context.Context) {
	entries, err := os.ReadDir(wantsDir)
	if err != nil {
		return // the first reset: nothing is there
	}
	args := []string{"stop"}
	for _, e := range entries {
		args = append(args, e.Name())
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if _, err := systemctl(ctx, args...); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// writeNode writes what the installer leaves outside of packages.
func writeNode(l lab) error {
	target := "[Unit]\nDescription=DC/OS\n\n[Install]\nWantedBy=multi-user.target\n"
	setup := "[Unit]\nDescription=Pkgpanda: Specialize this DC/OS host\n\n[Service]\nType=oneshot\nEnvironmentFile=/opt/mesosphere/environment\n" +
		"ExecStart=/opt/mesosphere/bin/pkgpanda setup --no-block-systemd\n\n[Install]\nWantedBy=multi-user.target\n"
	return errors.Join(
		writeFile("/etc/systemd/system/dcos.target", target, 0o644),
		writeFile(unitDir+"/"+dcos.SetupUnit, setup, 0o644),
		swap.Dir("").Link(unitDir+"/multi-user.target.wants/"+dcos.SetupUnit, "../"+dcos.SetupUnit),
		writeFile("/etc/mesosphere/roles/"+l.Role.File(), "", 0o644),
		writeFile("/var/lib/dcos/cluster-id", l.ClusterID+"\n", 0o644),
		writeFile("/etc/dcos-patch-rehearsal", "This is a node of the end-to-end lab of dcos-patch.\n", 0o644),
		os.MkdirAll(switchDir, 0o755),
		os.MkdirAll(base, 0o755),
	)
}
