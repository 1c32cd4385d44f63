package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/dcos-patch/dcos-patch/internal/answers"
)

const (
	agentDir = "/var/lib/mesos/slave"
	tasksDir = agentDir + "/standin-tasks"
)

// seedTasks has the agent begin with the lab's number of tasks.
func seedTasks(l lab) error {
	for i := range l.Tasks {
		id := fmt.Sprintf("sleep-%s-%d", l.Name, i+1)
		path := filepath.Join(tasksDir, id)
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			if err := writeFile(path, "", 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// runTask is a task's executor: it writes down its process and becomes sleep.
func runTask(ctx context.Context, _ lab, args []string) error {
	if len(args) != 1 {
		return errors.New("want the task's id")
	}
	path := filepath.Join(tasksDir, args[0])
	if err := writeFile(path, strconv.Itoa(os.Getpid()), 0o644); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// readTasks lists the tasks and how they are: a process that has gone has
// failed; one that was never started is started in a unit of its own, outside
// of the agent's cgroup, so that it survives the agent.
func readTasks(ctx context.Context, agent string) ([]*answers.Task, error) {
	entries, err := os.ReadDir(tasksDir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []*answers.Task
	for _, e := range entries {
		t := &answers.Task{ID: e.Name(), Name: e.Name(), Framework: marathonID, Agent: agent, State: answers.TaskStaging}
		text, err := os.ReadFile(filepath.Join(tasksDir, t.ID))
		if err != nil {
			return nil, err
		}
		switch pid := strings.TrimSpace(string(text)); {
		case pid == "":
			if err := startTask(ctx, t.ID); err != nil {
				return nil, err
			}
		case isTask(pid, t.ID):
			t.State = answers.TaskRunning
		default:
			t.State = answers.TaskFailed
		}
		out = append(out, t)
	}
	return out, nil
}

// startTask starts a task, unless it is just starting.
func startTask(ctx context.Context, id string) error {
	unit := "mesos-task-" + id
	if _, err := systemctl(ctx, "is-active", unit); err == nil {
		return nil
	}
	_, err := command(ctx, "systemd-run", "--unit="+unit, "--slice=mesos_executors.slice", program, "task", id)
	return err
}

// isTask reports whether the process still is that task.
func isTask(pid, id string) bool {
	line, err := os.ReadFile("/proc/" + pid + "/cmdline")
	return err == nil && strings.Contains(string(line), "task\x00"+id)
}
