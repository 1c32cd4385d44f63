package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/render"
)

// simFlags describe a simulated cluster.
type simFlags struct {
	dir, faults              string
	masters, private, public int
	width, zones, port       int
	seed                     uint64
	scale                    float64
}

func (a *app) simCommand() *cobra.Command {
	var f simFlags
	up := &cobra.Command{
		Use:   "up",
		Short: "Run a simulated cluster on loopback until interrupted",
		Long: `sim up runs a simulated DC/OS cluster behind real SSH servers on loopback, in the
foreground, and writes DIR/inventory.yaml, known_hosts and id_ed25519, so that every
command works against it from another terminal: dcos-patch -i DIR/inventory.yaml plan

Faults are a YAML list; docs/faults.md has every kind, and what comes of it:

  - {what: exhibitor-latent, where: m1}            # for ever
  - {what: sshd-down, where: a2, for: 2m}          # for a while
  - {what: script-fails-fetch, where: a3, nth: 1}  # at the first start
  - {what: sshd-down, where: m1, when: launch}     # as its patch starts; or start, down, always`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.simUp(cmd.Context(), f) },
	}
	fl := up.Flags()
	fl.StringVar(&f.dir, "dir", "", "`directory` for the inventory, known_hosts and key (required)")
	fl.IntVar(&f.masters, "masters", 3, "masters")
	fl.IntVar(&f.private, "private-agents", 5, "private agents")
	fl.IntVar(&f.public, "public-agents", 1, "public agents")
	fl.IntVar(&f.width, "width", 2, "agents in flight")
	fl.IntVar(&f.zones, "zones", 0, "fault domains; 0 declares none")
	fl.IntVar(&f.port, "port", 0, "SSH port of every node; 0 chooses a free one")
	fl.Uint64Var(&f.seed, "seed", 1, "the same seed gives the same cluster and delays")
	fl.StringVar(&f.faults, "faults", "", "YAML `file` of faults")
	fl.Float64Var(&f.scale, "time-scale", 0.05, "0.05 makes every delay and span twenty times shorter; 1 is real time")
	cmd := &cobra.Command{Use: "sim", Short: "Simulated clusters"}
	cmd.AddCommand(up)
	return cmd
}

func (f simFlags) options() (simcluster.Options, error) {
	switch {
	case !(f.scale >= simcluster.LeastTimeScale && f.scale <= 1): // which is how NaN is refused, too
		return simcluster.Options{}, invalid("--time-scale %g: want %g to 1", f.scale, simcluster.LeastTimeScale)
	case f.masters < 1:
		return simcluster.Options{}, invalid("--masters %d: want an odd number", f.masters)
	case f.width < 1:
		return simcluster.Options{}, invalid("--width %d: want 1 or more", f.width)
	case f.zones < 0:
		return simcluster.Options{}, invalid("--zones %d: want 0 or more", f.zones)
	}
	o := simcluster.Options{Name: "sim", Masters: f.masters, Private: f.private, Public: f.public, Width: f.width, Zones: f.zones, Port: f.port, Seed: f.seed, TimeScale: f.scale}
	if f.faults == "" {
		return o, nil
	}
	text, err := inventory.ReadFile(f.faults)
	if err != nil {
		return o, invalid("--faults: %w", err)
	}
	if o.Faults, err = simcluster.ParseFaults(text); err != nil {
		return o, invalid("--faults: %s: %w", f.faults, err)
	}
	return o, nil
}

func (a *app) simUp(ctx context.Context, f simFlags) error {
	ctx, stop := a.untilSignal(ctx)
	defer stop()
	ctx, hungUp := signal.NotifyContext(ctx, syscall.SIGHUP) // nobody is left to end it
	defer hungUp()
	if f.dir == "" {
		return invalid("--dir is required: where to write the inventory, known_hosts and the key")
	}
	dir, err := filepath.Abs(f.dir)
	if err != nil {
		return invalid("--dir: %w", err)
	}
	o, err := f.options()
	if err != nil {
		return err
	}
	c, err := simcluster.New(o)
	if err != nil {
		return invalid("%w", err)
	}
	defer c.Close()
	var writeErr error
	serve, cancel := context.WithCancel(ctx)
	defer cancel()
	err = c.ListenAndServe(serve, func() {
		if writeErr = c.WriteFiles(dir); writeErr != nil {
			cancel()
			return
		}
		fmt.Fprintf(a.out, "simulated cluster %s: %s, %s, %s; time x%g\n", o.Name,
			render.Count(o.Masters, "master"), render.Count(o.Private, "private agent"), render.Count(o.Public, "public agent"), 1/o.TimeScale)
		fmt.Fprintf(a.out, "  from another terminal:  dcos-patch -i %s plan\n  Ctrl-C here ends it\n", filepath.Join(dir, "inventory.yaml"))
	})
	if writeErr != nil {
		return invalid("--dir: %w", writeErr)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	for _, v := range c.Violations() {
		fmt.Fprintf(a.errOut, "safety rule broken: %s\n", v)
	}
	for _, d := range c.Drift() {
		fmt.Fprintf(a.errOut, "the simulation does not know: %s\n", d)
	}
	return nil
}

func (a *app) demoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Patch a simulated cluster in this process: plan, apply, verify; leaves nothing behind",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.demo(cmd.Context()) },
	}
}

// demoScale makes the demo's time run; a real patch of this cluster takes
// hours.
const demoScale = 0.01

// demoBake is shorter than what a real canary has, relative to all the rest:
// nobody learns anything from watching it.
const demoBake = 5 * time.Minute

func (a *app) demo(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "dcos-patch-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	start := time.Now()
	c, err := simcluster.New(simcluster.Options{Name: "demo", Masters: 3, Private: 5, Public: 1, Width: 2, Seed: 1, TimeScale: demoScale, Port: 22})
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.WriteFiles(dir); err != nil {
		return err
	}
	inv, err := loadInventory(filepath.Join(dir, "inventory.yaml"))
	if err != nil {
		return err
	}
	for i := range inv.Groups {
		inv.Groups[i].Policy.Bake = demoBake
	}
	own := *a
	own.dial, own.stores = c.DialContext, controller.StoresAt(filepath.Join(dir, "state"))
	s, err := own.open(inv)
	if err != nil {
		return err
	}
	defer s.Close()
	fmt.Fprintf(a.out, "A simulated cluster of %d nodes behind real SSH servers, in this process. Time runs x%.0f.\n\n", len(inv.Nodes()), 1/demoScale)
	if err := own.carryOut(ctx, inv, s, false, controller.Order{}); err != nil {
		return err
	}
	if bad := append(c.Violations(), c.Drift()...); len(bad) > 0 {
		return fmt.Errorf("the cluster's own watch saw: %v", bad)
	}
	scripts := 0
	for _, n := range inv.Nodes() {
		scripts += len(c.Launches(string(n.Name)))
	}
	fmt.Fprintf(a.out, "\nSeen by the cluster itself: %d nodes, %d scripts started, no safety rule broken. Took %s. It is gone now, with all that was on it.\n", len(inv.Nodes()), scripts, time.Since(start).Round(time.Second))
	return nil
}
