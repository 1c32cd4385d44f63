package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// activation makes a set of packages the active one: everything is built
// beside the old under names with ".new", and then swapped.
type activation struct {
	lab     lab
	ids     []string
	noBlock bool
}

// swapped is what a swap moves, in pkgpanda's order. Unit files live apart.
func swapped() []string {
	return []string{"bin", "etc", "include", "lib", "active", "environment", "environment.export"}
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
	for _, name := range swapped() {
		for _, suffix := range []string{".new", ".old"} {
			if err := os.RemoveAll(filepath.Join(base, name+suffix)); err != nil {
				return err
			}
		}
	}
	if err := errors.Join(os.RemoveAll(wantsDir+".new"), os.RemoveAll(wantsDir+".old")); err != nil {
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
	env := "LD_LIBRARY_PATH=/opt/mesosphere/lib\nPATH=/opt/mesosphere/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
	if err := writeFile(base+"/environment.new", env, 0o644); err != nil {
		return err
	}
	return writeFile(base+"/environment.export.new", "export LD_LIBRARY_PATH=/opt/mesosphere/lib\nexport PATH=\"/opt/mesosphere/bin:$PATH\"\n", 0o644)
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

// swap stops what runs and moves the new set into place. Whoever is killed in
// here leaves a node with nothing running and parts of either set.
func (a activation) swap(ctx context.Context) error {
	if err := writeFile(dcos.InstallProgress, `{"extension": ".new", "stage": "archive"}`, 0o644); err != nil {
		return err
	}
	if err := a.stopUnits(ctx); err != nil {
		return err
	}
	for _, name := range swapped() {
		if err := os.Rename(filepath.Join(base, name), filepath.Join(base, name+".old")); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if err := writeFile(dcos.InstallProgress, `{"extension": ".new", "stage": "move_new"}`, 0o644); err != nil {
		return err
	}
	for _, name := range swapped() {
		if err := os.Rename(filepath.Join(base, name+".new"), filepath.Join(base, name)); err != nil {
			return err
		}
	}
	if err := errors.Join(os.Rename(wantsDir+".new", wantsDir), linkAll(wantsDir, unitDir)); err != nil {
		return err
	}
	return os.Remove(dcos.InstallProgress)
}

// stopUnits stops every unit of dcos.target, one at a time as up to 2.1.1, and
// takes their files away.
func (a activation) stopUnits(ctx context.Context) error {
	entries, err := os.ReadDir(wantsDir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		args := []string{"stop", e.Name()}
		if a.noBlock {
			args = append(args, "--no-block")
		}
		if _, err := systemctl(ctx, args...); err != nil {
			event("stop %s: %v", e.Name(), err)
		}
	}
	for _, e := range entries {
		if err := os.Remove(filepath.Join(unitDir, e.Name())); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return os.Rename(wantsDir, wantsDir+".old")
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
