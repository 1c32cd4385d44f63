package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/answers"
)

// runChecks is "dcos-check-runner check TYPE [NAME...]".
func runChecks(ctx context.Context, l lab, args []string) error {
	if len(args) < 2 || args[0] != "check" {
		fmt.Println("Usage: dcos-check-runner check <node-prestart|node-poststart|cluster> [name...]")
		return nil
	}
	checks := map[string]func(context.Context, lab) answers.Check{}
	if args[1] == "node-poststart" {
		checks = poststart(l)
	}
	if named := args[2:]; len(named) > 0 {
		for _, name := range named {
			if checks[name] == nil {
				fmt.Print(answers.ChecksNotFound(name))
				return nil
			}
		}
		for name := range checks {
			if !slices.Contains(named, name) {
				delete(checks, name)
			}
		}
	}
	results := map[string]answers.Check{}
	for name, check := range checks {
		results[name] = check(ctx, l)
	}
	text, code := answers.Checks(results)
	fmt.Print(text)
	if code == 0 {
		return nil
	}
	return exitStatus(code)
}

// poststart is the checks of a node, by its role.
func poststart(l lab) map[string]func(context.Context, lab) answers.Check {
	if l.Role.IsAgent() {
		return map[string]func(context.Context, lab) answers.Check{
			"components_agent": checkUnits, "ip_detect_script": checkIP, "xz": checkTool("xz"), "tar": checkTool("tar"), "curl": checkTool("curl"),
			"mesos_agent_registered_with_masters": checkMetric("slave/registered", 5051),
		}
	}
	return map[string]func(context.Context, lab) answers.Check{
		"components_master": checkUnits, "ip_detect_script": checkIP, "xz": checkTool("xz"), "tar": checkTool("tar"), "curl": checkTool("curl"),
		"mesos_master_replog_synchronized": checkMetric("registrar/log/recovered", 5050),
		"cockroachdb_replication":          checkRanges,
	}
}

func failing(format string, args ...any) answers.Check {
	return answers.Check{Output: fmt.Sprintf(format, args...) + "\n", Status: 2}
}

func checkTool(name string) func(context.Context, lab) answers.Check {
	return func(context.Context, lab) answers.Check {
		if _, err := exec.LookPath(name); err != nil {
			return failing("%v", err)
		}
		return answers.Check{}
	}
}

// checkUnits asks systemd for every daemon of DC/OS.
func checkUnits(ctx context.Context, _ lab) answers.Check {
	entries, err := os.ReadDir(wantsDir)
	if err != nil {
		return failing("%v", err)
	}
	var red []string
	for _, e := range entries {
		if e.Name() == "dcos-checks-poststart.service" || e.Name() == "dcos-telegraf.service" {
			continue // a timer starts the one, a socket the other
		}
		if state, _ := systemctl(ctx, "is-active", e.Name()); strings.TrimSpace(state) != "active" {
			red = append(red, e.Name()+": "+strings.TrimSpace(state))
		}
	}
	if len(red) > 0 {
		return failing("%s", strings.Join(red, "\n"))
	}
	return answers.Check{}
}

func checkIP(ctx context.Context, l lab) answers.Check {
	out, err := command(ctx, base+"/bin/detect_ip")
	if err != nil || strings.TrimSpace(out) != l.IP {
		return failing("detect_ip says %q: %v", out, err)
	}
	return answers.Check{Output: out}
}

func checkMetric(name string, port int) func(context.Context, lab) answers.Check {
	return func(ctx context.Context, l lab) answers.Check {
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		var metrics map[string]float64
		if err := fetchJSON(ctx, fmt.Sprintf("http://%s:%d/metrics/snapshot", l.IP, port), &metrics); err != nil {
			return failing("%v", err)
		}
		if metrics[name] != 1 {
			return failing("%s is %v", name, metrics[name])
		}
		return answers.Check{}
	}
}

// checkRanges passes when nothing answers an empty list: like the real check.
func checkRanges(ctx context.Context, l lab) answers.Check {
	var rows []answers.CockroachNode
	if err := fetchJSON(ctx, fmt.Sprintf("http://%s:%d/rows", l.IP, cockroachPort), &rows); err != nil {
		return failing("%v", err)
	}
	for _, r := range rows {
		if r.Under > 0 {
			return failing("node %d counts %d under-replicated ranges", r.ID, r.Under)
		}
	}
	return answers.Check{}
}
