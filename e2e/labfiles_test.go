//go:build e2e

package e2e

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

func (l *lab) keyFile() string    { return filepath.Join(l.dir, "id_ed25519") }
func (l *lab) knownHosts() string { return filepath.Join(l.dir, "known_hosts") }
func (l *lab) repository() string { return "http://" + l.bootstrap.IP }

func (l *lab) masterIPs() []string {
	var out []string
	for _, m := range l.masters() {
		out = append(out, m.IP)
	}
	return out
}

// writeInventory writes the file that an operator would, and gives its path.
func (l *lab) writeInventory() (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "version: 1\ncluster: {name: lab, id: %s}\n", clusterID)
	fmt.Fprintf(&b, "target: {url: %q, from: %s, to: %s}\n", l.scriptURL, fromVersion, toVersion)
	fmt.Fprintf(&b, "ssh: {user: ops, identity: %s, known_hosts: %s}\n", l.keyFile(), l.knownHosts())
	fmt.Fprintf(&b, "bootstrap: {address: %s, url: %q}\n", l.bootstrap.IP, l.repository())
	b.WriteString("masters:\n")
	for _, n := range l.masters() {
		fmt.Fprintf(&b, "  - {name: %s, address: %s}\n", n.Name, n.IP)
	}
	b.WriteString("agents:\n")
	for _, g := range []struct {
		name  string
		role  dcos.Role
		width int
	}{{"general", dcos.PrivateAgent, 2}, {"edge", dcos.PublicAgent, 1}} {
		fmt.Fprintf(&b, "  %s:\n    role: %s\n    policy: {width: %d}\n    nodes:\n", g.name, g.role, g.width)
		for _, n := range l.agents() {
			if n.Role == g.role {
				fmt.Fprintf(&b, "      - {name: %s, address: %s}\n", n.Name, n.IP)
			}
		}
	}
	// Shorter than the defaults, besides being scaled: what is left of them in
	// a tenth of the time would still be most of the test's.
	b.WriteString("policy: {settle: 30s, settle_leading: 30s, bake: 1m, timeouts: {exhibitor: 5m}}\n")
	fmt.Fprintf(&b, "rehearsal: {time_scale: %g}\n", timeScale)
	path := filepath.Join(l.dir, "inventory.yaml")
	return path, os.WriteFile(path, []byte(b.String()), 0o600)
}

// sortNodes orders masters, private and public agents, each by name.
func sortNodes(nodes []node) {
	slices.SortFunc(nodes, func(a, b node) int {
		return cmp.Or(cmp.Compare(a.Role, b.Role), strings.Compare(a.Name, b.Name))
	})
}

// roleName is the role for the stand-in; the bootstrap node has none.
func roleName(r dcos.Role) any {
	if r == dcos.RoleUnknown {
		return nil
	}
	return r.String()
}

// run runs a program on the controller and gives its standard output.
func run(ctx context.Context, name string, args ...string) (string, error) {
	c := exec.CommandContext(ctx, name, args...)
	var errs strings.Builder
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil {
		return string(out), fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, errs.String())
	}
	return string(out), nil
}

// until asks again and again, and gives up with the last answer.
func until(ctx context.Context, limit time.Duration, what string, ask func() error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		err := ask()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited %s until %s: %w", limit, what, err)
		case <-time.After(300 * time.Millisecond):
		}
	}
}
