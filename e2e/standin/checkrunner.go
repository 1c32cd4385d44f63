package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// checkResult is one check's answer: 0 ok, 1 warning, 2 critical, 3 unknown.
type checkResult struct {
	Output string `json:"output"`
	Status int    `json:"status"`
}

// checkReport is the runner's output. With Error set the exit status is 0 all
// the same, which is the trap that the real one sets.
type checkReport struct {
	Status *int                   `json:"status,omitempty"`
	Checks map[string]checkResult `json:"checks"`
}

// runChecks is "dcos-check-runner check TYPE [NAME...]".
func runChecks(ctx context.Context, l lab, args []string) error {
	if len(args) < 2 || args[0] != "check" {
		fmt.Println("Usage: dcos-check-runner check <node-prestart|node-poststart|cluster> [name...]")
		return nil
	}
	checks := map[string]func(context.Context, lab) checkResult{}
	if args[1] == "node-poststart" {
		checks = poststart(l)
	}
	if named := args[2:]; len(named) > 0 {
		for _, name := range named {
			if checks[name] == nil {
				return printJSON(object{
					"error":  "One or more requested checks could not be found on this node.",
					"checks": []string{name + ": Check not found"},
				})
			}
		}
		for name := range checks {
			if !slices.Contains(named, name) {
				delete(checks, name)
			}
		}
	}
	worst, results := 0, map[string]checkResult{}
	for name, check := range checks {
		r := check(ctx, l)
		results[name] = r
		worst = max(worst, r.Status)
	}
	if err := printJSON(checkReport{Status: &worst, Checks: results}); err != nil || worst == 0 {
		return err
	}
	return exitStatus(worst)
}

func printJSON(v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err == nil {
		fmt.Println(string(b))
	}
	return err
}

// poststart is the checks of a node, by its role.
func poststart(l lab) map[string]func(context.Context, lab) checkResult {
	if l.Role.IsAgent() {
		return map[string]func(context.Context, lab) checkResult{
			"components_agent": checkUnits, "ip_detect_script": checkIP, "xz": checkTool("xz"), "tar": checkTool("tar"), "curl": checkTool("curl"),
			"mesos_agent_registered_with_masters": checkMetric("slave/registered", 5051),
		}
	}
	return map[string]func(context.Context, lab) checkResult{
		"components_master": checkUnits, "ip_detect_script": checkIP, "xz": checkTool("xz"), "tar": checkTool("tar"), "curl": checkTool("curl"),
		"mesos_master_replog_synchronized": checkMetric("registrar/log/recovered", 5050),
		"cockroachdb_replication":          checkRanges,
	}
}

func failing(format string, args ...any) checkResult {
	return checkResult{Output: fmt.Sprintf(format, args...) + "\n", Status: 2}
}

func checkTool(name string) func(context.Context, lab) checkResult {
	return func(context.Context, lab) checkResult {
		if _, err := exec.LookPath(name); err != nil {
			return failing("%v", err)
		}
		return checkResult{}
	}
}

// checkUnits asks systemd for every daemon of DC/OS.
func checkUnits(ctx context.Context, _ lab) checkResult {
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
	return checkResult{}
}

func checkIP(ctx context.Context, l lab) checkResult {
	out, err := command(ctx, base+"/bin/detect_ip")
	if err != nil || strings.TrimSpace(out) != l.IP {
		return failing("detect_ip says %q: %v", out, err)
	}
	return checkResult{Output: out}
}

func checkMetric(name string, port int) func(context.Context, lab) checkResult {
	return func(ctx context.Context, l lab) checkResult {
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		var metrics map[string]float64
		if err := fetchJSON(ctx, fmt.Sprintf("http://%s:%d/metrics/snapshot", l.IP, port), &metrics); err != nil {
			return failing("%v", err)
		}
		if metrics[name] != 1 {
			return failing("%s is %v", name, metrics[name])
		}
		return checkResult{}
	}
}

// checkRanges passes when nothing answers an empty list: like the real check.
func checkRanges(ctx context.Context, l lab) checkResult {
	var rows []cockroachRow
	if err := fetchJSON(ctx, fmt.Sprintf("http://%s:%d/rows", l.IP, cockroachPort), &rows); err != nil {
		return failing("%v", err)
	}
	for _, r := range rows {
		if r.Under > 0 {
			return failing("node %d counts %d under-replicated ranges", r.ID, r.Under)
		}
	}
	return checkResult{}
}
