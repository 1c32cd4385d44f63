package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	base     = "/opt/mesosphere"
	unitDir  = "/etc/systemd/system" // holds a link to each unit, as systemd wants it
	wantsDir = unitDir + "/dcos.target.wants"
)

// runPkgpanda is DC/OS's package manager, as far as a patch uses it.
func runPkgpanda(ctx context.Context, l lab, args []string) error {
	if len(args) == 0 {
		return errors.New("want fetch, activate, active, list or setup")
	}
	verb, args := args[0], args[1:]
	var flags []string
	for len(args) > 0 && strings.HasPrefix(args[0], "--") {
		flags, args = append(flags, args[0]), args[1:]
	}
	switch verb {
	case "list":
		return printNames(base+"/packages", func(name string) bool { return !strings.HasSuffix(name, "_tmp") })
	case "active":
		return printActive()
	case "fetch":
		if len(flags) != 1 || !strings.HasPrefix(flags[0], "--repository-url=") {
			return errors.New("fetch: want --repository-url=URL")
		}
		event("pkgpanda fetch %d packages", len(args))
		return fetchAll(ctx, strings.TrimPrefix(flags[0], "--repository-url="), args)
	case "setup":
		err := activation{lab: l, noBlock: true}.setUp(ctx)
		event("pkgpanda setup: %v", err)
		return err
	case "activate":
		a := activation{lab: l, ids: args, noBlock: slices.ContainsFunc(flags, func(f string) bool { return strings.HasPrefix(f, "--no-b") })}
		event("pkgpanda activate %s", strings.Join(args, " "))
		err := a.run(ctx)
		event("pkgpanda activated: %v", err)
		return err
	}
	return fmt.Errorf("unknown command %q", verb)
}

// printActive lists the targets of the links in active, sorted.
func printActive() error {
	if _, err := os.Stat(base + "/install_progress"); err == nil {
		return fmt.Errorf("ERROR: Broken past deploy. See %s/active.new for what the (potentially incomplete) new state shuold be", base)
	}
	links, err := os.ReadDir(base + "/active")
	if err != nil {
		return err
	}
	var ids []string
	for _, e := range links {
		to, err := os.Readlink(filepath.Join(base, "active", e.Name()))
		if err != nil {
			return err
		}
		ids = append(ids, filepath.Base(to))
	}
	slices.Sort(ids)
	fmt.Println(strings.Join(ids, "\n"))
	return nil
}

func printNames(dir string, want func(string) bool) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if want(e.Name()) {
			fmt.Println(e.Name())
		}
	}
	return nil
}
