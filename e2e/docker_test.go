//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// docker runs one docker command and gives its standard output.
func docker(ctx context.Context, args ...string) (string, error) {
	return dockerIn(ctx, nil, args...)
}

func dockerIn(ctx context.Context, stdin []byte, args ...string) (string, error) {
	c := exec.CommandContext(ctx, "docker", args...)
	var out, errs bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(stdin), &out, &errs
	if err := c.Run(); err != nil {
		return out.String(), fmt.Errorf("docker %s: %w: %s%s", strings.Join(args, " "), err, out.String(), errs.String())
	}
	return out.String(), nil
}

// container is one machine of the lab.
type container struct {
	Name string // in the inventory: "m1"
	ID   string // of docker, a name with the run's prefix
	IP   string
}

// sh runs a shell text on the machine as root, past SSH.
func (c container) sh(ctx context.Context, text string) (string, error) {
	return docker(ctx, "exec", c.ID, "bash", "-c", text)
}

// put writes a file on the machine.
func (c container) put(ctx context.Context, path string, content []byte) error {
	_, err := dockerIn(ctx, content, "exec", "-i", c.ID, "sh", "-c", `mkdir -p "${1%/*}" && cat >"$1"`, "sh", path)
	return err
}
