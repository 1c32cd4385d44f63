package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
)

// systemctl runs a verb; what it prints is part of the error.
func systemctl(ctx context.Context, args ...string) (string, error) {
	return command(ctx, "systemctl", args...)
}

func command(ctx context.Context, name string, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return string(out), nil
}

// notifyReady tells systemd that a service of Type=notify has started.
func notifyReady() {
	socket := os.Getenv("NOTIFY_SOCKET")
	if socket == "" {
		return
	}
	conn, err := net.Dial("unixgram", socket)
	if err != nil {
		return
	}
	defer conn.Close()
	_, _ = conn.Write([]byte("READY=1")) // systemd's start timeout tells of a failure
}
