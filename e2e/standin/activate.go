package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/swap"
)

// activation makes a set of packages the active one: everything is built
// beside the old under names with ".new", and then swapped.
type activation struct {
	lab     lab
	ids     []string
	noBlock bool
}

func (a activation) run(ctx context.Context) error {
	for _, step := range []func(context.Context) error{a.check, a.build, a.wait, a.swap, a.start} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (a activation) check(context.Context) error {
	for _, id := range a.ids {
		if _, err := os.Stat(filepath.Join(base, "packages", id)); err != nil {
			//lint:ignore ST1005 pkgpanda's words
			return fmt.Errorf("Package Error: Package %s is not in the repository", id)
		}
	}
	return nil
}

// wait lets a test do something while the script runs and nothing is stopped.
func (a activation) wait(ctx context.Context) error {
	d, ok := switched("slow-activate")
	if !ok {
		return nil
	}
	wait, err := time.ParseDuration(d)
	if err == nil && !pause(ctx, wait) {
		err = ctx.Err()
	}
	return err
}

// build makes everything with the suffix ".new" out of the packages.
func (a activation) build(context.Context) error {
	if err := clearStale(); err != nil {
		return err
	}
	for _, dir := range []string{base + "/bin.new", base + "/etc.new", base + "/include.new", base + "/lib.new", base + "/active.new", wantsDir + ".new"} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	for _, id := range a.ids {
		if err := a.link(id); err != nil {
			return err
		}
	}
	if err := newUnitFiles(); err != nil {
		return err
	}
	if err := writeFile(base+"/active.buildinfo.full.json.new", "{}\n", 0o644); err != nil {
		return err
	}
	env := "LD_LIBRARY_PATH=/opt/mesosphere/lib\nPATH=/opt/mesosphere/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
	if err := writeFile(base+"/environment.new", env, 0o644); err != nil {
		return err
	}
	return writeFile(base+"/environment.export.new", "export LD_LIBRARY_PATH=/opt/mesosphere/lib\nexport PATH=\"/opt/mesosphere/bin:$PATH\"\n", 0o644)
}

// clearStale removes what earlier activations have left beside the active set.
func clearStale() error {
	files := swap.Dir("")
	for _, name := range dcos.SwapNames() {
		for _, suffix := range []string{swap.New, swap.Old} {
			if err := files.Remove(dcos.SwapPath(name) + suffix); err != nil {
				return err
			}
		}
	}
	stale, err := filepath.Glob(unitDir + "/*" + swap.UnitNew)
	for _, path := range stale {
		err = errors.Join(err, files.Remove(path))
	}
	return err
}

// newUnitFiles puts the unit files of the new target beside the old ones.
func newUnitFiles() error {
	files := swap.Dir("")
	for _, u := range files.Names(wantsDir + swap.New) {
		target, err := filepath.EvalSymlinks(filepath.Join(wantsDir+swap.New, u))
		if err == nil {
			err = files.Link(filepath.Join(unitDir, u+swap.UnitNew), target)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// link makes one package part of the new set.
func (a activation) link(id string) error {
	dir := filepath.Join(base, "packages", id)
	name, _, _ := strings.Cut(id, "--")
	if err := os.Symlink(dir, filepath.Join(base, "active.new", name)); err != nil {
		return err
	}
	for _, part := range []string{"bin", "etc", "lib"} {
		if err := linkAll(filepath.Join(dir, part), filepath.Join(base, part+".new")); err != nil {
			return err
		}
	}
	for _, part := range []string{"dcos.target.wants", "dcos.target.wants_" + a.lab.Role.File()} {
		if err := linkAll(filepath.Join(dir, part), wantsDir+".new"); err != nil {
			return err
		}
	}
	return nil
}

// linkAll makes links in to for the files of from, which need not exist.
func linkAll(from, to string) error {
	entries, err := os.ReadDir(from)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		target, err := filepath.EvalSymlinks(filepath.Join(from, e.Name()))
		if err != nil {
			return err
		}
		if err := os.Symlink(target, filepath.Join(to, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// swap stops what runs and moves the new set into place, by the operations of
// the real pkgpanda. Killed in here (switch "cut-at": before which operation, by
// the positions of package swap), it leaves what the real one does.
func (a activation) swap(ctx context.Context) error {
	files := swap.Dir("")
	old, next := files.Names(wantsDir), files.Names(wantsDir+swap.New)
	ops := swap.Ops(old, next)
	at, cut := switched("cut-at")
	if cut {
		position, err := strconv.Atoi(at)
		if err != nil {
			return err
		}
		ops = swap.Cut(old, next, position)
	}
	if err := swap.Do(files, ops, func(units []string) error { a.stopUnits(ctx, units); return nil }); err != nil {
		return err
	}
	if cut {
		event("pkgpanda is killed at position %s", at)
		return syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	return nil
}

// stopUnits stops units one at a time, as up to 2.1.1.
func (a activation) stopUnits(ctx context.Context, units []string) {
	for _, u := range units {
		args := []string{"stop", u}
		if a.noBlock {
			args = append(args, "--no-block")
		}
		if _, err := systemctl(ctx, args...); err != nil {
			event("stop %s: %v", u, err)
		}
	}
}

// setUp is what dcos-setup.service runs at boot: it begins the recorded stage of
// a swap that was cut again.
func (a activation) setUp(ctx context.Context) error {
	files := swap.Dir("")
	if !files.Exists(dcos.InstallProgress) {
		return nil
	}
	if err := swap.Setup(files, func(units []string) error { a.stopUnits(ctx, units); return nil }); err != nil {
		return err
	}
	return a.start(ctx)
}

// start has systemd read the new units and start the target.
func (a activation) start(ctx context.Context) error {
	if _, err := systemctl(ctx, "daemon-reload"); err != nil {
		return err
	}
	if _, err := systemctl(ctx, "enable", "dcos.target", "--no-reload"); err != nil {
		return err
	}
	args := []string{"start", "dcos.target"}
	if a.noBlock {
		args = append(args, "--no-block")
	}
	_, err := systemctl(ctx, args...)
	return err
}
