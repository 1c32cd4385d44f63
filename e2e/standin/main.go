package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

// tool is one of the programs that the stand-in can be. Its error is printed
// to standard error and makes the exit status 1, unless it is an exitStatus.
type tool func(ctx context.Context, lab lab, args []string) error

func tools() map[string]tool {
	return map[string]tool{
		"reset":             runReset,
		"serve":             runServe,
		"task":              runTask,
		"exhibitor":         runExhibitor,
		"mesos-master":      runMaster,
		"mesos-agent":       runAgent,
		"cockroach":         runCockroach,
		"dcos-net":          runIdle,
		"telegraf":          runIdle,
		"bootstrap":         runBootstrap,
		"pkgpanda":          runPkgpanda,
		"dcos-check-runner": runChecks,
		"healthy":           runHealthy,
	}
}

func main() {
	args := append([]string{filepath.Base(os.Args[0])}, os.Args[1:]...)
	if args[0] == "standin" {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "standin: want the name of a tool")
		os.Exit(2)
	}
	run, known := tools()[args[0]]
	if !known {
		fmt.Fprintf(os.Stderr, "standin: no tool is called %q\n", args[0])
		os.Exit(2)
	}
	lab, err := readLab()
	if err == nil {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
		defer stop()
		err = run(ctx, lab, args[1:])
	}
	os.Exit(report(args[0], err))
}

// exitStatus is an error that has been reported and only sets the exit status.
type exitStatus int

func (e exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

func report(name string, err error) int {
	if err == nil {
		return 0
	}
	if status, ok := err.(exitStatus); ok {
		return int(status)
	}
	fmt.Fprintf(os.Stderr, "%s: %s\n", name, strings.TrimSpace(err.Error()))
	return 1
}

// runIdle is a daemon of which only the unit matters.
func runIdle(ctx context.Context, _ lab, _ []string) error {
	<-ctx.Done()
	return nil
}
